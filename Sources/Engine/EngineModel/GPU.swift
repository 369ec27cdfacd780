/// The accelerators that the step-time table knows.
package enum GPU: String, NamedChoice {
    /// Scaled from the 80 GB card by memory bandwidth, not measured.
    case a100x40 = "A100-40"
    case a100x80 = "A100-80"
    case h100 = "H100"
    case h200 = "H200"

    package static let noun = "GPU"
}

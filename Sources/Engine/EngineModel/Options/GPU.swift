/// The accelerators that the step-time table knows.
package enum GPU: String, NamedChoice {
    /// Scaled from the 80 GB card by memory bandwidth, not measured.
    case a100x40 = "A100-40"
    case a100x80 = "A100-80"
    case h100 = "H100"
    case h200 = "H200"

    package static let noun = "GPU"

    /// Bytes a second of copies to the host, each way: PCIe of the fourth and fifth generation.
    package var hostBytesPerSecond: Double {
        switch self {
        case .a100x40, .a100x80: 32e9
        case .h100, .h200: 64e9
        }
    }
}

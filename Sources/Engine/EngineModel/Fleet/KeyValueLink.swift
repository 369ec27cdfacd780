/// The way of keys and values from one engine to another.
struct KeyValueLink: Sendable {
    /// The time of a transfer whatever its size, ns.
    static let setupNs: Int64 = 2_000_000

    private let bytesPerToken: Double
    private let bytesPerSecond: Double

    init(_ options: EngineOptions) {
        bytesPerToken = Double(options.model.keyValueBytesPerToken)
        bytesPerSecond = options.transferGBps * 1e9
    }

    /// The stall of a stream that moves between engines with the keys and values of `tokens`
    /// tokens, ns.
    func migrationNs(_ tokens: Int) -> Int64 {
        Int64((Double(tokens) * bytesPerToken / bytesPerSecond * 1e9).rounded())
    }

    /// From the end of a prefill until a decode engine has its keys and values, ns.
    func handOverNs(_ tokens: Int) -> Int64 { Self.setupNs + migrationNs(tokens) }
}

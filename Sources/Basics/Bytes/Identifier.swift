/// A name of 16 random bytes for one kind of thing; names of different kinds do not mix.
public struct Identifier<Kind>: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// The name of these sixteen bytes.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random name.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next())
    }

    /// The name whose ``description`` is `text`; nil unless `text` is 32 lowercase hexadecimal
    /// digits.
    public init?(_ text: some StringProtocol) {
        let digits = text.utf8
        guard digits.count == 32,
            digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lowercase hexadecimal digits.
    public var description: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    /// Appends the 16 bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.fixed(high.byteSwapped)
        writer.fixed(low.byteSwapped)
    }

    /// Reads 16 bytes.
    public init(from reader: inout ByteReader, _ field: StaticString) throws(DecodeError) {
        let high: UInt64 = try reader.fixed(field)
        let low: UInt64 = try reader.fixed(field)
        self.init(high: high.byteSwapped, low: low.byteSwapped)
    }
}

/// The mark of identifiers that name runs: see ``RunID``.
public enum RunKind {}

/// The mark of identifiers that name agents: see ``AgentIdentity``.
public enum AgentKind {}

/// The name of one run: every batch, spool and journal carries it.
public typealias RunID = Identifier<RunKind>

/// The name of one agent's spool folder: made once, it survives the agent's restarts.
public typealias AgentIdentity = Identifier<AgentKind>

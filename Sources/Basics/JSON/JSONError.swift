// Public, as is the scanner that throws it.

/// Why bytes are not the JSON that was expected.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, in bytes from the beginning of the text.
    public var offset: Int
    /// The mistake there, in words without any of the text.
    public var reason: String

    /// The mistake at `offset` bytes.
    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    /// Both in a sentence.
    public var description: String { "not valid JSON at byte \(offset): \(reason)" }
}

/// Why bytes of a peer or of a file could not be decoded: names the field, where it starts, and
/// what is wrong with it.
public struct DecodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The ways in which a field can be wrong.
    public enum Problem: Hashable, Sendable {
        /// The bytes end before the field does.
        case truncated
        /// A number outside its range; `limit` is the largest value allowed.
        case overLimit(value: UInt64, limit: UInt64)
        /// A variable-length number of more than 64 bits, or with needless trailing zero groups.
        case notMinimal
        /// A code without a meaning in this version.
        case unknownCode(UInt64)
        /// A layout of another version of this program.
        case otherVersion(theirs: UInt16, own: UInt16)
        /// Text that is not UTF-8.
        case notUTF8
        /// Bytes remain after the last field.
        case trailingBytes(Int)
        /// The stored checksum is not that of the bytes.
        case checksum(stored: UInt32, computed: UInt32)
        /// Fields that are each allowed but contradict one another.
        case contradiction(String)
    }

    /// The field's name, as the format's description calls it.
    public var field: String
    /// Where the field begins, in bytes from the start of what was decoded.
    public var offset: Int
    /// The way in which it is wrong.
    public var problem: Problem

    /// An error in `field`, which begins at `offset`.
    public init(_ field: String, at offset: Int, _ problem: Problem) {
        self.field = field
        self.offset = offset
        self.problem = problem
    }

    /// Field, offset and problem in one sentence.
    public var description: String { "\(field) at byte \(offset): \(reason)" }

    /// The problem alone, as a clause.
    public var reason: String {
        switch problem {
        case .truncated: "the bytes end before it is complete"
        case .overLimit(let value, let limit): "\(value) is over the limit of \(limit)"
        case .notMinimal: "not a minimal variable-length number of at most 64 bits"
        case .unknownCode(let code): "code \(code) has no meaning in this version"
        case .otherVersion(let theirs, let own):
            "the other side writes version \(theirs) of it, this one version \(own): install the "
                + "same legato on both"
        case .notUTF8: "not valid UTF-8"
        case .trailingBytes(let count): "\(count) bytes follow where the end was due"
        case .checksum(let stored, let computed):
            "checksum \(hexadecimal(stored)) is stored, \(hexadecimal(computed)) computed: "
                + "the bytes were damaged on the way"
        case .contradiction(let sentence): sentence
        }
    }

    private func hexadecimal(_ value: UInt32) -> String { String(value, radix: 16) }
}

/// Why bytes are not the JSON that was expected.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, in bytes from the beginning of the text.
    package var offset: Int
    /// The mistake there, in words without any of the text.
    package var reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "not valid JSON at byte \(offset): \(reason)" }
}

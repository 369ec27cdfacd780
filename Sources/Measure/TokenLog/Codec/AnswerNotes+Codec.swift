import Bytes

/// Ending, reason and marks, a byte each, then two numbers and two words.
extension AnswerNotes {
    /// Fewest bytes that notes take.
    static let leastBytes = 7

    func encode(into writer: inout ByteWriter) {
        writer.code(ending)
        writer.optionalCode(finishReason)
        writer.byte(marks.rawValue)
        writer.varint(UInt64(hiddenTokens))
        writer.varint(UInt64(strayLines))
        writer.sentence(otherReason, limit: Self.wordLimit)
        writer.sentence(unknownField, limit: Self.wordLimit)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        self.init()
        ending = try reader.code("answer ending")
        finishReason = try reader.optionalCode("finish reason")
        marks = AnswerMarks(rawValue: try reader.byte("answer marks"))
        guard marks.isSubset(of: .all) else {
            throw reader.error("answer marks", back: 1, .unknownCode(UInt64(marks.rawValue)))
        }
        hiddenTokens = try reader.number("hidden tokens")
        strayLines = try reader.number("stray lines")
        otherReason = try reader.text("other finish reason", limit: Self.wordLimit)
        unknownField = try reader.text("unknown field", limit: Self.wordLimit)
    }

    /// Cuts the words as the codec does.
    mutating func cutWords() {
        otherReason = otherReason.cut(toUTF8Bytes: Self.wordLimit)
        unknownField = unknownField.cut(toUTF8Bytes: Self.wordLimit)
    }
}

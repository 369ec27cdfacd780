/// Kind, stamp source and count of a batch's tokens, in canonical order: a byte for each run of
/// equal ones, or a byte for each token where they alternate too much for that.
enum TokenKinds {
    private static let counted: UInt8 = 0x80

    /// Bits 0-1 the kind, bits 2-3 the source, bit 7 set where the count is not 1 and follows.
    private static func code(_ token: TokenRecord) -> UInt8 {
        token.kind.rawValue | token.source.rawValue << 2 | (token.count == 1 ? 0 : counted)
    }

    private static func isSame(_ a: TokenRecord, _ b: TokenRecord) -> Bool {
        a.kind == b.kind && a.source == b.source && a.count == b.count
    }

    static func encode(_ tokens: [TokenRecord], into writer: inout ByteWriter) {
        var runs = 1
        for place in tokens.indices.dropFirst()
        where !isSame(tokens[place], tokens[place - 1]) { runs += 1 }
        let inRuns = 3 * runs < tokens.count
        writer.flag(inRuns)
        guard inRuns else {
            for token in tokens { writer.byte(code(token)) }
            for token in tokens where token.count != 1 { writer.varint(UInt64(token.count)) }
            return
        }
        var start = 0
        while start < tokens.count {
            var end = start + 1
            while end < tokens.count, isSame(tokens[end], tokens[start]) { end += 1 }
            writer.varint(UInt64(end - start))
            writer.byte(code(tokens[start]))
            if tokens[start].count != 1 { writer.varint(UInt64(tokens[start].count)) }
            start = end
        }
    }

    /// Fills in the fields of `tokens`, whose number is known to have its bytes.
    static func decode(
        into tokens: inout [TokenRecord], from reader: inout ByteReader
    ) throws(DecodeError) {
        if try reader.flag("token kind runs") {
            var start = 0
            while start < tokens.count {
                let length = try reader.varint(
                    "token kind run", limit: UInt64(tokens.count - start))
                guard length > 0 else {
                    throw reader.error("token kind run", back: 1, .contradiction("it is empty"))
                }
                let (kind, source, isCounted) = try decodeCode(
                    try reader.byte("token kind"), reader)
                let count = isCounted ? try decodeCount(from: &reader) : 1
                for place in start..<(start + Int(length)) {
                    tokens[place].kind = kind
                    tokens[place].source = source
                    tokens[place].count = count
                }
                start += Int(length)
            }
        } else {
            var counted: [Int] = []
            for place in tokens.indices {
                let (kind, source, isCounted) = try decodeCode(
                    try reader.byte("token kind"), reader)
                tokens[place].kind = kind
                tokens[place].source = source
                if isCounted { counted.append(place) }
            }
            for place in counted { tokens[place].count = try decodeCount(from: &reader) }
        }
    }

    private static func decodeCode(
        _ code: UInt8, _ reader: ByteReader
    ) throws(DecodeError) -> (TokenKind, StampSource, isCounted: Bool) {
        guard code & 0x70 == 0, let kind = TokenKind(rawValue: code & 3),
            let source = StampSource(rawValue: code >> 2 & 3)
        else { throw reader.error("token kind", back: 1, .unknownCode(UInt64(code))) }
        return (kind, source, code & counted != 0)
    }

    private static func decodeCount(
        from reader: inout ByteReader
    ) throws(DecodeError) -> UInt16 {
        let count: UInt16 = try reader.number("tokens of an event")
        guard count > 0 else {
            throw reader.error("tokens of an event", back: 1, .contradiction("there are none"))
        }
        return count
    }
}

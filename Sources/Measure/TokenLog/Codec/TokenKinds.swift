import Bytes

/// Kind, stamp source, tokens and events of a batch's records, in canonical order: a byte for each
/// run of equal ones, or a byte for each record where they alternate too much for that.
enum TokenKinds {
    private static let counted: UInt8 = 0x80
    private static let grouped: UInt8 = 0x40

    /// Bits 0-1 the kind, bits 2-3 the source, bit 7 set where the count is not 1 and follows, bit
    /// 6 where the number of events is not the usual one and follows the count.
    private static func code(_ token: TokenRecord) -> UInt8 {
        token.kind.rawValue | token.source.rawValue << 2 | (token.count == 1 ? 0 : counted)
            | (token.events == usualEvents(token.count, token.source) ? 0 : grouped)
    }

    /// One event a token where events were joined, else one event.
    private static func usualEvents(_ count: UInt16, _ source: StampSource) -> UInt16 {
        source.isJoined ? min(count, TokenRecord.eventLimit) : 1
    }

    private static func isSame(_ a: TokenRecord, _ b: TokenRecord) -> Bool {
        a.kind == b.kind && a.source == b.source && a.count == b.count && a.events == b.events
    }

    private static func encodeNumbers(of token: TokenRecord, into writer: inout ByteWriter) {
        if token.count != 1 { writer.varint(UInt64(token.count)) }
        if token.events != usualEvents(token.count, token.source) {
            writer.varint(UInt64(token.events))
        }
    }

    static func encode(_ tokens: [TokenRecord], into writer: inout ByteWriter) {
        var runs = 1
        for index in tokens.indices.dropFirst()
        where !isSame(tokens[index], tokens[index - 1]) { runs += 1 }
        let inRuns = 3 * runs < tokens.count
        writer.flag(inRuns)
        guard inRuns else {
            for token in tokens { writer.byte(code(token)) }
            for token in tokens { encodeNumbers(of: token, into: &writer) }
            return
        }
        var start = 0
        while start < tokens.count {
            var end = start + 1
            while end < tokens.count, isSame(tokens[end], tokens[start]) { end += 1 }
            writer.varint(UInt64(end - start))
            writer.byte(code(tokens[start]))
            encodeNumbers(of: tokens[start], into: &writer)
            start = end
        }
    }

    /// Fills in the fields of `tokens`, whose number is known to have its bytes, and which are all
    /// of one kind, source, count and number of events.
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
                var record = tokens[start]
                let code = try decodeCode(into: &record, from: &reader)
                try decodeNumbers(into: &record, code, from: &reader)
                // Most are what they are already.
                if record != tokens[start] {
                    for index in start..<(start + Int(length)) {
                        tokens[index].kind = record.kind
                        tokens[index].source = record.source
                        tokens[index].count = record.count
                        tokens[index].events = record.events
                    }
                }
                start += Int(length)
            }
        } else {
            var numbered: [(index: Int, code: UInt8)] = []
            for index in tokens.indices {
                let code = try decodeCode(into: &tokens[index], from: &reader)
                if code & (counted | grouped) != 0 || tokens[index].source.isJoined {
                    numbered.append((index, code))
                }
            }
            for (index, code) in numbered {
                try decodeNumbers(into: &tokens[index], code, from: &reader)
            }
        }
    }

    private static func decodeCode(
        into token: inout TokenRecord, from reader: inout ByteReader
    ) throws(DecodeError) -> UInt8 {
        let code = try reader.byte("token kind")
        guard code & 0x30 == 0, let kind = TokenKind(rawValue: code & 3),
            let source = StampSource(rawValue: code >> 2 & 3)
        else { throw reader.error("token kind", back: 1, .unknownCode(UInt64(code))) }
        token.kind = kind
        token.source = source
        return code
    }

    private static func decodeNumbers(
        into token: inout TokenRecord, _ code: UInt8, from reader: inout ByteReader
    ) throws(DecodeError) {
        token.count = 1
        if code & counted != 0 {
            token.count = try reader.number("tokens of a record")
            guard token.count > 0 else {
                throw reader.error("tokens of a record", back: 1, .contradiction("there are none"))
            }
        }
        token.events = usualEvents(token.count, token.source)
        if code & grouped != 0 {
            let events: UInt16 = try reader.number("events of a record")
            guard events > 0, events <= min(token.count, TokenRecord.eventLimit) else {
                throw reader.error(
                    "events of a record", back: 1,
                    .contradiction("they are not 1 to the record's tokens"))
            }
            token.events = events
        }
    }
}

/// The start and the needed fields of a response.
package struct HTTPResponseHead: Hashable, Sendable {
    package var status: UInt16
    package var framing: HTTPFraming
    /// Whether the connection may carry another request after this response.
    package var keepAlive: Bool
    /// The media type in lower case without parameters, empty where none was stated.
    package var mediaType: String
    /// The content coding in lower case, nil for none or `identity`.
    package var contentCoding: String?
    /// The Retry-After field as sent.
    package var retryAfter: String?
    /// The Date field as sent, where there is a Retry-After that may count from it.
    package var date: String?
}

/// An incremental HTTP/1.1 response parser (RFC 9112): any split, no copy of the body.
///
/// Feed it slices of what was received and call ``next(_:)`` until it returns nil; when the
/// connection ends call ``inputEnded()``. One parser reads one final response.
package struct HTTPResponseParser {
    package enum Event {
        /// A 1xx response, skipped.
        case interim(UInt16)
        case head(HTTPResponseHead)
        /// The next bytes of the body: a view into the input, valid as long as the input is.
        case body(UnsafeRawBufferPointer)
        case end
    }

    /// The meaning of the connection's end for the response.
    package enum InputEnd: Hashable, Sendable {
        /// The body was delimited by it: the response is complete.
        case complete
        /// Not one byte of a response had come.
        case beforeResponse
        /// The response broke off; the words say where.
        case truncated(String)
        /// The response had ended before.
        case afterResponse
    }

    private enum Phase {
        case head
        case body
        case ended
        case failed
    }

    private var phase = Phase.head
    private var block: HTTPHeadBlock
    /// Takes the body out of its framing; meaningful in the body alone.
    var decoder: HTTPBodyDecoder
    private let limits: HTTPLimits
    private let memory: HeadMemory?
    private var interimResponses = 0

    /// - Parameter memory: the memory that parsers of one server share.
    package init(limits: HTTPLimits = HTTPLimits(), memory: HeadMemory? = nil) {
        self.limits = limits
        self.memory = memory
        block = HTTPHeadBlock(limits: limits)
        decoder = HTTPBodyDecoder(.none, limits: limits)
    }

    /// Whether any byte of a response came before its final head.
    package var hasBegun: Bool { !block.isEmpty || interimResponses > 0 }

    /// Whether it met what is no HTTP, and accepts nothing further.
    package var hasFailed: Bool { phase == .failed }

    /// Whether the body is delimited by the end of the connection.
    package var endsWithConnection: Bool { phase == .body && decoder.endsWithConnection }

    /// Whether the next byte is in a chunked body, where a chunk begins or ends.
    package var isBetweenChunks: Bool { phase == .body && decoder.isBetweenChunks }

    /// Goes on as if ``next(_:)`` had given all bytes of whole chunks, from between two chunks on.
    ///
    /// - Parameter left: The bytes that are left of the last of them.
    package mutating func skippedChunks(leaving left: Int) {
        precondition(isBetweenChunks, "a chunk has begun")
        decoder.skippedChunks()
        if left > 0 { decoder.skipped(leaving: left) }
    }

    /// Whether the next bytes are the line end behind a chunk's data.
    package var isAtChunkEnd: Bool { phase == .body && decoder.phase == .chunkEnd }

    /// The next event, nil when `input` is used up or the response has ended; `input` loses the
    /// bytes that were used, and keeps what follows the response.
    ///
    /// - Throws: ``HTTPError``; the parser then accepts nothing further.
    package mutating func next(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPError) -> Event? {
        do {
            switch phase {
            case .body: return try nextOfBody(&input)
            case .head: return try nextOfHead(&input)
            case .ended, .failed: return nil
            }
        } catch {
            phase = .failed
            throw error
        }
    }

    private mutating func nextOfBody(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPError) -> Event? {
        switch try decoder.next(&input) {
        case .needsInput: return nil
        case .bytes(let bytes): return .body(bytes)
        case .end:
            phase = .ended
            return .end
        }
    }

    private mutating func nextOfHead(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPError) -> Event? {
        // RFC 8446, section 5.1: an alert, with which a server of TLS answers what is none.
        guard !block.isEmpty || input.first != 0x15 else {
            throw HTTPError(.malformed, "the server speaks TLS; write https:// in its URL")
        }
        guard try block.take(&input) else { return nil }
        let head =
            if let memory { try memory.head(of: block, Self.head) } else {
                try Self.head(block)
            }
        block = HTTPHeadBlock(limits: limits)
        guard head.status < 200 else {
            decoder = HTTPBodyDecoder(head.framing, limits: limits)
            phase = .body
            return .head(head)
        }
        interimResponses += 1
        guard interimResponses <= limits.interimResponses, head.status != 101 else {
            throw HTTPError(.malformed, "the server never sends its final response")
        }
        return .interim(head.status)
    }

    /// The connection has ended: what that means for the response.
    package mutating func inputEnded() -> InputEnd {
        defer { phase = .ended }
        switch phase {
        case .head:
            return block.isEmpty && interimResponses == 0
                ? .beforeResponse : .truncated("in the response's head")
        case .body:
            return decoder.endsWithConnection ? .complete : .truncated(decoder.position)
        case .ended, .failed:
            return .afterResponse
        }
    }

    private static func head(_ block: HTTPHeadBlock) throws(HTTPError) -> HTTPResponseHead {
        let (start, fields) = try block.parsed(allowsFolding: true)
        let (status, minor) = try statusLine(start)
        let stated = try HTTPFraming.stated(by: fields)
        let framing: HTTPFraming =
            status < 200 || status == 204 || status == 304 ? .none : stated ?? .untilClose
        let connection = fields.elements(named: "connection")
        let persists =
            minor >= 1 ? !connection.contains("close") : connection.contains("keep-alive")
        let media = fields.first(named: "content-type") ?? ""
        let mediaType = media.utf8.prefix { $0 != UInt8(ascii: ";") }
        let coding = fields.first(named: "content-encoding")?.lowercased()
        let retryAfter = fields.first(named: "retry-after")
        return HTTPResponseHead(
            status: status, framing: framing, keepAlive: persists && framing != .untilClose,
            mediaType: String(
                decoding: HTTPHeadBlock.trimmed(Array(mediaType)[...]), as: UTF8.self
            ).lowercased(),
            contentCoding: coding == "identity" || coding == "" ? nil : coding,
            retryAfter: retryAfter,
            date: retryAfter == nil ? nil : fields.first(named: "date"))
    }

    /// `HTTP/1.x NNN words` (RFC 9112, section 4); the words may be missing.
    private static func statusLine(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPError) -> (status: UInt16, minor: UInt8) {
        let bytes = Array(line)
        guard bytes.starts(with: "HTTP/".utf8) else {
            throw HTTPError(.malformed, "the answer does not begin with HTTP/1.1")
        }
        guard bytes.count >= 12, bytes[5] == 0x31, bytes[6] == 0x2E,
            bytes[7] >= 0x30, bytes[7] <= 0x39, bytes[8] == 0x20
        else { throw HTTPError(.unsupported, "the status line is not of HTTP/1.0 or HTTP/1.1") }
        var status: UInt16 = 0
        for digit in bytes[9..<12] {
            guard digit >= 0x30, digit <= 0x39 else {
                throw HTTPError(.malformed, "the status is not three digits")
            }
            status = status * 10 + UInt16(digit - 0x30)
        }
        guard status >= 100, bytes.count == 12 || bytes[12] == 0x20 else {
            throw HTTPError(.malformed, "the status is not three digits from 100 on")
        }
        return (status, bytes[7] - 0x30)
    }
}

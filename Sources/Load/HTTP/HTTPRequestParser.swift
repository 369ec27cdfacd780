/// A complete request, as a server sees it.
package struct HTTPRequest: Hashable, Sendable {
    /// The method as sent: methods are case-sensitive.
    package var method: String
    /// The request target as sent: path and query, percent-encoded.
    package var path: String
    package var headers: [HTTPField]
    package var body: [UInt8]
    /// Whether the connection may carry another request after this one's answer.
    package var keepAlive: Bool
    /// Whether the client speaks HTTP/1.1, and so understands chunked answers.
    package var isHTTP11: Bool

    package init(
        method: String, path: String, headers: [HTTPField] = [], body: [UInt8] = [],
        keepAlive: Bool = true, isHTTP11: Bool = true
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.keepAlive = keepAlive
        self.isHTTP11 = isHTTP11
    }
}

/// An incremental HTTP/1.1 request parser (RFC 9112) for servers: any split, pipelining, bounded.
///
/// Call ``next(_:)`` with each received slice until it returns nil. The body grows with what
/// arrives, never with what Content-Length claims.
package struct HTTPRequestParser {
    package enum Event: Hashable, Sendable {
        /// The client waits for `HTTP/1.1 100 Continue` before it sends the body.
        case continueExpected
        case request(HTTPRequest)
    }

    private enum State {
        case head(HTTPHeadBlock)
        case body(HTTPBodyDecoder, HTTPRequest)
        case failed
    }

    private var state: State
    private let limits: HTTPLimits

    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        state = .head(HTTPHeadBlock(limits: limits))
    }

    /// Whether a request has begun and is not complete: an end of the connection now cuts it.
    package var isInsideRequest: Bool {
        switch state {
        case .head(let block): !block.isEmpty
        case .body: true
        case .failed: false
        }
    }

    /// The next event, nil when `input` is used up; `input` loses the bytes that were used.
    ///
    /// - Throws: ``HTTPError``, whose ``HTTPError/responseStatus`` is the answer to give before
    ///   closing; the parser then accepts nothing further.
    package mutating func next(
        _ input: inout UnsafeRawBufferPointer
    ) throws(HTTPError) -> Event? {
        do {
            return try step(&input)
        } catch {
            state = .failed
            throw error
        }
    }

    private mutating func step(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Event? {
        while true {
            let previous = state
            // The old value goes first: the body must stay uniquely referenced while it grows.
            state = .failed
            switch previous {
            case .failed:
                input = UnsafeRawBufferPointer(rebasing: input[input.count...])
                return nil
            case .head(var block):
                guard try block.take(&input) else {
                    state = .head(block)
                    return nil
                }
                let (request, framing, expectsContinue) = try Self.head(block)
                if case .length(let length) = framing, length > limits.bodyBytes {
                    throw tooLarge
                }
                state = .body(HTTPBodyDecoder(framing, limits: limits), request)
                if expectsContinue && framing != .none { return .continueExpected }
            case .body(var decoder, var request):
                switch try decoder.next(&input) {
                case .needsInput:
                    state = .body(decoder, request)
                    return nil
                case .bytes(let bytes):
                    guard request.body.count + bytes.count <= limits.bodyBytes else {
                        throw tooLarge
                    }
                    request.body.append(contentsOf: bytes)
                    state = .body(decoder, request)
                case .end:
                    state = .head(HTTPHeadBlock(limits: limits))
                    return .request(request)
                }
            }
        }
    }

    private var tooLarge: HTTPError {
        HTTPError(.bodyTooLarge, "the body is longer than \(limits.bodyBytes) bytes")
    }

    private static func head(
        _ block: HTTPHeadBlock
    ) throws(HTTPError) -> (HTTPRequest, HTTPFraming, expectsContinue: Bool) {
        let (start, fields) = try block.parsed(allowsFolding: false)
        let words = start.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(HTTPHeadBlock.isTokenByte)
        else { throw HTTPError(.malformed, "the request line is not METHOD TARGET HTTP/1.1") }
        guard !words[1].isEmpty, words[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPError(.malformed, "the request target holds bytes that must be encoded")
        }
        let isHTTP11 = words[2].elementsEqual("HTTP/1.1".utf8)
        guard isHTTP11 || words[2].elementsEqual("HTTP/1.0".utf8) else {
            throw HTTPError(.unsupported, "the request is not of HTTP/1.0 or HTTP/1.1")
        }
        let framing = try HTTPFraming.stated(by: fields) ?? .none
        guard !isHTTP11 || fields.first(named: "host") != nil else {
            throw HTTPError(.malformed, "an HTTP/1.1 request has no Host field")
        }
        let expectations = fields.elements(named: "expect")
        guard expectations.allSatisfy({ $0 == "100-continue" }) else {
            throw HTTPError(.unsupported, "the Expect field asks for more than 100-continue")
        }
        let connection = fields.elements(named: "connection")
        let request = HTTPRequest(
            method: String(decoding: words[0], as: UTF8.self),
            path: String(decoding: words[1], as: UTF8.self), headers: fields,
            keepAlive: isHTTP11
                ? !connection.contains("close") : connection.contains("keep-alive"),
            isHTTP11: isHTTP11)
        return (request, framing, isHTTP11 && !expectations.isEmpty)
    }
}

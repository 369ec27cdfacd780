/// How the length of a body is known (RFC 9112, section 6.3).
package enum HTTPFraming: Hashable, Sendable {
    /// No body at all.
    case none
    /// Content-Length, in bytes.
    case length(Int)
    /// Transfer-Encoding: chunked.
    case chunked
    /// A response whose body ends when the connection does.
    case untilClose
}

extension HTTPFraming {
    /// The framing that `fields` state; nil where they state none.
    ///
    /// - Throws: ``HTTPError/Kind/malformed`` for lengths that contradict each other or a transfer
    ///   coding, ``HTTPError/Kind/unsupported`` for a coding other than chunked.
    static func stated(by fields: [HTTPField]) throws(HTTPError) -> HTTPFraming? {
        let codings = fields.elements(named: "transfer-encoding")
        let lengths = fields.elements(named: "content-length")
        if !codings.isEmpty {
            guard codings == ["chunked"] else {
                throw HTTPError(.unsupported, "the transfer coding is not chunked alone")
            }
            guard lengths.isEmpty else {
                throw HTTPError(.malformed, "both Transfer-Encoding and Content-Length are given")
            }
            return .chunked
        }
        guard let first = lengths.first else {
            guard fields.first(named: "content-length") == nil else {
                throw HTTPError(.malformed, "Content-Length is empty")
            }
            return nil
        }
        guard lengths.allSatisfy({ $0 == first }) else {
            throw HTTPError(.malformed, "two Content-Length fields differ")
        }
        guard !first.isEmpty, first.utf8.count <= 18,
            first.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(first)
        else { throw HTTPError(.malformed, "Content-Length is not a number of at most 18 digits") }
        return .length(length)
    }
}

/// Takes a body out of its framing, over any split, without copying.
struct HTTPBodyDecoder {
    enum Step {
        /// All input is used up.
        case needsInput
        /// The next bytes of the body, a view into the input.
        case bytes(UnsafeRawBufferPointer)
        /// The body is complete; input behind it is left alone.
        case end
    }

    private enum State {
        case length(left: Int)
        case untilClose
        case chunkSize(value: Int, digits: Int)
        case chunkExtension(value: Int, length: Int)
        case chunkData(left: Int)
        case chunkEnd(sawReturn: Bool)
        case trailer(line: Int, total: Int, sawReturn: Bool)
        case done
    }

    private var state: State
    private let trailerBytes: Int

    init(_ framing: HTTPFraming, limits: HTTPLimits) {
        trailerBytes = limits.headBytes
        state =
            switch framing {
            case .none, .length(0): .done
            case .length(let length): .length(left: length)
            case .chunked: .chunkSize(value: 0, digits: 0)
            case .untilClose: .untilClose
            }
    }

    /// Whether the end of the connection ends this body properly.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// Where in the framing the decoder stands, for a sentence about a body that broke off.
    var place: String {
        switch state {
        case .length(let left): "\(left) bytes before the stated Content-Length"
        case .untilClose: "in a body that ends with the connection"
        case .chunkSize, .chunkExtension: "before the last chunk"
        case .chunkData, .chunkEnd: "inside a chunk"
        case .trailer: "in the trailers"
        case .done: "after the body"
        }
    }

    /// The next step; `input` loses what was used.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Step {
        while true {
            switch state {
            case .done:
                return .end
            case .untilClose:
                guard !input.isEmpty else { return .needsInput }
                return .bytes(Self.take(input.count, from: &input))
            case .length(let left):
                guard !input.isEmpty else { return .needsInput }
                let taken = min(left, input.count)
                state = taken == left ? .done : .length(left: left - taken)
                return .bytes(Self.take(taken, from: &input))
            case .chunkData(let left):
                guard !input.isEmpty else { return .needsInput }
                let taken = min(left, input.count)
                state = taken == left ? .chunkEnd(sawReturn: false) : .chunkData(left: left - taken)
                return .bytes(Self.take(taken, from: &input))
            case .chunkSize, .chunkExtension, .chunkEnd, .trailer:
                guard let byte = input.first else { return .needsInput }
                input = UnsafeRawBufferPointer(rebasing: input.dropFirst())
                try framingByte(byte)
            }
        }
    }

    private static func take(
        _ count: Int, from input: inout UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let taken = UnsafeRawBufferPointer(rebasing: input[..<count])
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return taken
    }

    /// One byte of chunk header, chunk end or trailer (RFC 9112, section 7.1).
    private mutating func framingByte(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .chunkSize(let value, let digits):
            if let digit = Self.hexDigit(byte) {
                guard digits < HTTPLimits.chunkSizeDigits else {
                    throw HTTPError(
                        .malformed,
                        "a chunk size has more than \(HTTPLimits.chunkSizeDigits) digits")
                }
                state = .chunkSize(value: value << 4 | digit, digits: digits + 1)
            } else if digits == 0 {
                throw HTTPError(.malformed, "a chunk size begins with byte \(byte), not a digit")
            } else if byte == 0x0A {
                beginChunk(value)
            } else if byte == 0x0D || byte == 0x3B || byte == 0x20 || byte == 0x09 {
                state = .chunkExtension(value: value, length: 0)
            } else {
                throw HTTPError(.malformed, "a chunk size holds byte \(byte), not a digit")
            }
        case .chunkExtension(let value, let length):
            guard byte != 0x0A else { return beginChunk(value) }
            guard length < HTTPLimits.chunkExtensionBytes else {
                throw HTTPError(
                    .malformed,
                    "a chunk extension is longer than \(HTTPLimits.chunkExtensionBytes) bytes")
            }
            state = .chunkExtension(value: value, length: length + 1)
        case .chunkEnd(let sawReturn):
            if byte == 0x0A {
                state = .chunkSize(value: 0, digits: 0)
            } else if byte == 0x0D && !sawReturn {
                state = .chunkEnd(sawReturn: true)
            } else {
                throw HTTPError(.malformed, "a chunk is not followed by a line end")
            }
        case .trailer(let line, let total, let sawReturn):
            guard total < trailerBytes else {
                throw HTTPError(
                    .headTooLarge, "the trailers are longer than \(trailerBytes) bytes")
            }
            if byte == 0x0A {
                let isBlank = line == 0 || (line == 1 && sawReturn)
                state = isBlank ? .done : .trailer(line: 0, total: total + 1, sawReturn: false)
            } else {
                state = .trailer(line: line + 1, total: total + 1, sawReturn: byte == 0x0D)
            }
        case .length, .untilClose, .chunkData, .done:
            preconditionFailure("framing bytes belong to the chunked coding alone")
        }
    }

    private mutating func beginChunk(_ size: Int) {
        state =
            size == 0
            ? .trailer(line: 0, total: 0, sawReturn: false) : .chunkData(left: size)
    }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}

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

    /// Where in the framing the decoder stands. The meaning of the counts is said at each case: one
    /// flat value, because an enum with payloads would be taken apart and put together for every
    /// byte.
    enum Phase: UInt8 {
        /// `left` bytes of the stated length.
        case length
        case untilClose
        /// `left` is the size so far, `count` its digits.
        case chunkSize
        /// `left` is the size, `count` the bytes of the extension so far.
        case chunkExtension
        /// `left` bytes of this chunk.
        case chunkData
        /// Before the line end that closes a chunk.
        case chunkEnd
        /// Before the line feed of that line end.
        case chunkEndFeed
        /// `left` is the length of the line so far, `count` that of all trailers.
        case trailer
        /// The same, and the last byte was a carriage return.
        case trailerReturn
        case done
    }

    private(set) var phase: Phase
    private(set) var left = 0
    private var count = 0
    private let trailerBytes: Int

    init(_ framing: HTTPFraming, limits: HTTPLimits) {
        trailerBytes = limits.headBytes
        switch framing {
        case .none, .length(0): phase = .done
        case .length(let length):
            phase = .length
            left = length
        case .chunked: phase = .chunkSize
        case .untilClose: phase = .untilClose
        }
    }

    /// Whether the end of the connection ends this body properly.
    var endsWithConnection: Bool { phase == .untilClose }

    /// Where in the framing the decoder stands, for a sentence about a body that broke off.
    var position: String {
        switch phase {
        case .length: "\(left) bytes before the stated Content-Length"
        case .untilClose: "in a body that ends with the connection"
        case .chunkSize, .chunkExtension: "before the last chunk"
        case .chunkData, .chunkEnd, .chunkEndFeed: "inside a chunk"
        case .trailer, .trailerReturn: "in the trailers"
        case .done: "after the body"
        }
    }

    /// The next step; `input` loses what was used.
    mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPError) -> Step {
        while true {
            switch phase {
            case .done:
                return .end
            case .untilClose:
                guard !input.isEmpty else { return .needsInput }
                return .bytes(Self.take(input.count, from: &input))
            case .length, .chunkData:
                guard !input.isEmpty else { return .needsInput }
                let taken = min(left, input.count)
                left -= taken
                if left == 0 { phase = phase == .length ? .done : .chunkEnd }
                return .bytes(Self.take(taken, from: &input))
            case .chunkSize, .chunkExtension, .chunkEnd, .chunkEndFeed, .trailer, .trailerReturn:
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
        switch phase {
        case .chunkSize:
            if let digit = Self.hexDigit(byte) {
                guard count < HTTPLimits.chunkSizeDigits else {
                    throw HTTPError(
                        .malformed,
                        "a chunk size has more than \(HTTPLimits.chunkSizeDigits) digits")
                }
                left = left << 4 | digit
                count += 1
            } else if count == 0 {
                throw HTTPError(.malformed, "a chunk size begins with byte \(byte), not a digit")
            } else if byte == 0x0A {
                beginChunk()
            } else if byte == 0x0D || byte == 0x3B || byte == 0x20 || byte == 0x09 {
                phase = .chunkExtension
                count = 0
            } else {
                throw HTTPError(.malformed, "a chunk size holds byte \(byte), not a digit")
            }
        case .chunkExtension:
            guard byte != 0x0A else { return beginChunk() }
            guard count < HTTPLimits.chunkExtensionBytes else {
                throw HTTPError(
                    .malformed,
                    "a chunk extension is longer than \(HTTPLimits.chunkExtensionBytes) bytes")
            }
            count += 1
        case .chunkEnd, .chunkEndFeed:
            if byte == 0x0A {
                expectChunk()
            } else if byte == 0x0D && phase == .chunkEnd {
                phase = .chunkEndFeed
            } else {
                throw HTTPError(.malformed, "a chunk is not followed by a line end")
            }
        case .trailer, .trailerReturn:
            try trailerByte(byte)
        case .length, .untilClose, .chunkData, .done:
            preconditionFailure("framing bytes belong to the chunked coding alone")
        }
    }

    private mutating func trailerByte(_ byte: UInt8) throws(HTTPError) {
        guard count < trailerBytes else {
            throw HTTPError(.headTooLarge, "the trailers are longer than \(trailerBytes) bytes")
        }
        count += 1
        guard byte == 0x0A else {
            left += 1
            phase = byte == 0x0D ? .trailerReturn : .trailer
            return
        }
        let isBlank = left == 0 || (left == 1 && phase == .trailerReturn)
        left = 0
        phase = isBlank ? .done : .trailer
    }

    private mutating func expectChunk() {
        phase = .chunkSize
        left = 0
        count = 0
    }

    private mutating func beginChunk() {
        phase = left == 0 ? .trailer : .chunkData
        count = 0
    }

    static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}

// MARK: - Whole chunks

extension HTTPBodyDecoder {
    /// Whether the next byte of the input begins a chunk, or closes the one before.
    var isBetweenChunks: Bool { (phase == .chunkSize && count == 0) || phase == .chunkEnd }

    /// Goes on as if ``next(_:)`` had given all bytes of whole chunks.
    mutating func skippedChunks() { expectChunk() }

    /// Goes on as if ``next(_:)`` had given all but the last `left` bytes of a chunk.
    mutating func skipped(leaving left: Int) {
        precondition(left > 0, "a chunk that is used up has ended")
        phase = .chunkData
        self.left = left
        count = 0
    }
}

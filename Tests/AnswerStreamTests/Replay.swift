import ByteCuts
import Randomness
import Testing
import TokenLog

@testable import AnswerStream

/// The tokens and the result of a replayed answer.
struct Replay: Equatable {
    var tokens: [AnswerTokens] = []
    var result: AnswerResult
    var leftOver = 0

    /// Feeds `pieces` to an answer stream; where it has not ended by then, its connection breaks.
    ///
    /// Every replay reads four times, event by event without any memory, in one pass with every
    /// event scanned, and twice in one pass as a client does, with what the server's answers before
    /// it left: all must say the same.
    init(
        _ pieces: [[UInt8]], expecting expectation: AnswerStream.Expectation = .stream,
        closes: Bool = false, memory: ServerMemory = ServerMemory()
    ) {
        self.init(pieces, expecting: expectation, closes: closes, memory: nil, onePass: false)
        for memory in [ServerMemory(recognisesEvents: false), memory, memory] {
            var onePass = Replay(
                pieces, expecting: expectation, closes: closes, memory: memory, onePass: true)
            #expect(onePass.joined == joined, "the two ways of reading differ")
            onePass.tokens = tokens
            #expect(onePass == self, "the two ways of reading differ")
        }
    }

    /// The tokens with those of one kind that follow each other as one element.
    private var joined: [AnswerTokens] {
        tokens.reduce(into: []) { joined, found in
            guard joined.last?.kind == found.kind else { return joined.append(found) }
            joined[joined.count - 1].count += found.count
            joined[joined.count - 1].events += found.events
        }
    }

    private init(
        _ pieces: [[UInt8]], expecting expectation: AnswerStream.Expectation, closes: Bool,
        memory: ServerMemory?, onePass: Bool
    ) {
        var stream = AnswerStream(expecting: expectation, memory: memory)
        var tokens: [AnswerTokens] = []
        var leftOver = 0
        for piece in pieces {
            piece.withUnsafeBytes { bytes in
                var input = bytes
                if onePass {
                    _ = stream.read(&input, into: &tokens)
                } else {
                    while let event = stream.next(&input) {
                        if case .tokens(let found) = event { tokens.append(found) }
                    }
                }
                if stream.result != nil { _ = stream.readRest(&input) }
                leftOver += input.count
            }
        }
        var event =
            closes ? stream.connectionEnded() : stream.broken(.closedEarly, "the capture ends here")
        while case .tokens(let found) = event {
            tokens.append(found)
            event = stream.connectionEnded()
        }
        self.tokens = tokens
        self.leftOver = leftOver
        result = stream.result!
    }

    init(
        _ text: String, _ cut: Cut = .whole,
        expecting expectation: AnswerStream.Expectation = .stream, closes: Bool = false
    ) {
        self.init(cut.pieces(Array(text.utf8)), expecting: expectation, closes: closes)
    }

    var tokenSum: Int { tokens.reduce(0) { $0 + Int($1.count) } }
}

/// A stream of events as a server frames it: one chunk an event.
func streamed(_ events: [String], status: String = "200 OK", ends: Bool = true) -> String {
    var text =
        "HTTP/1.1 \(status)\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n"
    for event in events {
        let line = "data: \(event)\n\n"
        text += String(line.utf8.count, radix: 16) + "\r\n" + line + "\r\n"
    }
    return ends ? text + "0\r\n\r\n" : text
}

/// The same events in chunks of random lengths, with random line ends.
func streamed(_ events: [String], using rng: inout SplitMix64) -> String {
    var body = ""
    let end = ["\n", "\r\n"].randomElement(using: &rng)!
    for event in events {
        body += (Bool.random(using: &rng) ? "data: " : "data:") + event + end + end
    }
    var text =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    var left = Array(body.utf8)[...]
    while !left.isEmpty {
        let chunk = left.prefix(Int.random(in: 1...400, using: &rng))
        left = left.dropFirst(chunk.count)
        text += String(chunk.count, radix: 16, uppercase: Bool.random(using: &rng)) + "\r\n"
        text += String(decoding: chunk, as: UTF8.self) + "\r\n"
    }
    return text + "0\r\n\r\n"
}

/// A chat event of one delta.
func chat(
    _ delta: String, finish: String = "null", index: Int = 0, more: String = ""
) -> String {
    #"{"id":"c","object":"chat.completion.chunk","choices":[{"index":\#(index),"#
        + #""delta":{\#(delta)},"finish_reason":\#(finish)\#(more)}]}"#
}

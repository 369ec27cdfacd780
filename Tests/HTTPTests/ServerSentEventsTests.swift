import ByteCuts
import Randomness
import Testing

@testable import HTTP

/// The events of `pieces`: data, with `!` in front of those named error.
private func events(_ pieces: [[UInt8]]) throws -> (events: [String], comments: Int) {
    var splitter = ServerSentEvents()
    var found: [String] = []
    for piece in pieces {
        try piece.withUnsafeBytes { bytes in
            var input = bytes
            while let event = try splitter.next(&input) {
                let text = String(decoding: event.data, as: UTF8.self)
                found.append((event.isNamedError ? "!" : "") + text)
            }
            #expect(input.isEmpty)
        }
    }
    #expect(splitter.events == found.count)
    return (found, splitter.comments)
}

@Suite struct ServerSentEventsTests {
    @Test(arguments: [
        ("data: a\n\ndata: b\n\n", ["a", "b"]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        ("data: a\r\rdata: b\r\r", ["a", "b"]),
        ("data: a\r\n\ndata: b\n\r", ["a", "b"]),
        ("data:a\n\ndata:  b\n\n", ["a", " b"]),
        ("data: one\ndata: two\ndata\ndata: four\n\n", ["one\ntwo\n\nfour"]),
        (": ping\n\ndata: a\n: inside\n\n", ["a"]),
        ("event: error\ndata: a\n\ndata: b\n\n", ["!a", "b"]),
        ("event:error\r\ndata: a\r\n\r\n", ["!a"]),
        ("id: 1\nretry: 5\nunknown\ndata: a\n\n", ["a"]),
        ("\u{FEFF}data: a\n\ndata: \u{FEFF}\n\n", ["a", "\u{FEFF}"]),
        ("\u{FEFF}\u{FEFF}data: a\n\ndata: b\n\n", ["b"]),
        ("data: cut", []), ("data: cut\n", []), ("data: a\n\ndata: cut\n", ["a"]),
        ("\n\n\ndata\n\n\n", [""]), ("database: x\n\n", []),
    ])
    func followsTheStandard(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        for cut in Cut.allCases {
            #expect(try events(cut.pieces(bytes)).events == expected, "\(cut)")
        }
        for offset in bytes.indices {
            let halves = [Array(bytes[..<offset]), Array(bytes[offset...])]
            #expect(try events(halves).events == expected, "split at \(offset)")
        }
    }

    @Test func commentsAreCounted() throws {
        #expect(try events([Array(": ping\n\n: ping\r\n:\n\n".utf8)]).comments == 3)
    }

    @Test(arguments: ["data: ", ": ", "x"])
    func anEndlessLineIsAnErrorAndHoldsNoMemory(start: String) throws {
        let piece = [UInt8](repeating: 0x61, count: 64 << 10)
        var fed = 0
        #expect(throws: ServerSentEventTooLong.self) {
            var splitter = ServerSentEvents()
            func feed(_ bytes: [UInt8]) throws {
                try bytes.withUnsafeBytes { bytes in
                    var input = bytes
                    while try splitter.next(&input) != nil {}
                }
                fed += bytes.count
            }
            try feed(Array(start.utf8))
            while fed < 1 << 30 { try feed(piece) }
        }
        #expect(fed <= ServerSentEvents.eventBytes + piece.count)
    }

    @Test func endlessDataLinesAreAnErrorToo() {
        let lines = Array(
            String(repeating: "data: " + String(repeating: "y", count: 1_000) + "\n", count: 1_100)
                .utf8)
        #expect(throws: ServerSentEventTooLong.self) { _ = try events([lines]) }
    }

    @Test(arguments: 0..<8)
    func anySplitGivesTheSame(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        let alphabet = [
            "data: x", "data", "\n", "\r", "\r\n", ":c", "event: error", "{\"a\":1}", "",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 1..<14, using: &rng))
                .map { _ in alphabet.randomElement(using: &rng)! }.joined()
            let bytes = Array(text.utf8)
            let whole = try events([bytes])
            var pieces: [[UInt8]] = []
            var index = 0
            while index < bytes.count {
                let end = min(bytes.count, index + Int.random(in: 1..<5, using: &rng))
                pieces.append(Array(bytes[index..<end]))
                index = end
            }
            #expect(try events(pieces) == whole)
        }
    }
}

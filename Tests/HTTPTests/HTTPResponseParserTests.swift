import ByteCuts
import Testing

@testable import HTTP

/// The output of a response parser, with the body joined.
private struct Reading: Equatable {
    var interim: [UInt16] = []
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    var ended = false
    var error: HTTPError?
    var inputEnd: HTTPResponseParser.InputEnd?
    var leftOver = 0
}

private func read(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) -> Reading {
    var parser = HTTPResponseParser(limits: limits)
    var reading = Reading()
    for piece in pieces {
        piece.withUnsafeBytes { bytes in
            var input = bytes
            do throws(HTTPError) {
                while let event = try parser.next(&input) {
                    switch event {
                    case .interim(let status): reading.interim.append(status)
                    case .head(let head): reading.head = head
                    case .body(let bytes): reading.body.append(contentsOf: bytes)
                    case .end: reading.ended = true
                    }
                }
                reading.leftOver += input.count
            } catch {
                reading.error = error
            }
        }
        if reading.error != nil { return reading }
    }
    reading.inputEnd = parser.inputEnded()
    return reading
}

private func read(_ text: String, _ cut: Cut = .whole) -> Reading {
    read(cut.pieces(Array(text.utf8)))
}

@Suite struct HTTPResponseParserTests {
    @Test(arguments: Cut.allCases)
    func readsAContentLengthBody(cut: Cut) throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
            + "X-Empty:\r\nContent-Length: 5\r\n\r\nhello"
        let reading = read(text, cut)
        let head = try #require(reading.head)
        #expect(head.status == 200 && head.keepAlive && head.mediaType == "application/json")
        #expect(head.framing == .length(5))
        #expect(reading.body == Array("hello".utf8) && reading.ended)
    }

    @Test(arguments: Cut.allCases)
    func readsChunksTrailersAndLeavesWhatFollows(cut: Cut) {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ntransfer-encoding: chunked\r\n"
            + "Connection: Close\r\n\r\n5;name=\"v\"\r\nhello\r\n1A\nabcdefghijklmnopqrstuvwxyz\n"
            + "0\r\nTrailer: x\r\n\r\nHTTP"
        let reading = read(text, cut)
        #expect(reading.interim == [100])
        #expect(reading.head?.keepAlive == false)
        #expect(reading.body == Array("helloabcdefghijklmnopqrstuvwxyz".utf8))
        #expect(reading.ended && reading.leftOver == 4 && reading.error == nil)
    }

    @Test func aBodyWithoutLengthEndsWithTheConnection() {
        let reading = read("HTTP/1.0 200 OK\r\n\r\nrest of it")
        #expect(reading.inputEnd == .complete && reading.body == Array("rest of it".utf8))
        #expect(reading.head?.keepAlive == false)
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", UInt16(204)),
        ("HTTP/1.1 304 Not Modified\r\n\r\n", UInt16(304)),
    ])
    func someStatusesHaveNoBody(text: String, status: UInt16) {
        let reading = read(text)
        #expect(reading.head?.status == status && reading.ended)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH\r\n\r\n", HTTPError.Kind.malformed),
        ("HTTP/2 200\r\n\r\n", .unsupported),
        ("HTTP/1.1 2x0 OK\r\n\r\n", .malformed),
        ("HTTP/1.1 099 OK\r\n\r\n", .malformed),
        ("HTTP/1.1 2000\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\na b: c\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\na: c\u{1}\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupported),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
            .malformed
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .malformed),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n",
            .malformed
        ),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .malformed),
    ])
    func refusesWhatIsNotHTTP(text: String, kind: HTTPError.Kind) {
        for cut in Cut.allCases {
            #expect(read(text, cut).error?.kind == kind, "\(cut)")
        }
    }

    @Test func obsoleteFoldingContinuesTheValue() {
        let reading = read(
            "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\t4\r\nContent-Length: 0\r\n\r\n")
        #expect(reading.head?.retryAfter == "3 4" && reading.ended)
    }

    @Test func endlessHeadersAndInterimsAreCutOff() {
        let line = Array("a: b\r\n".utf8)
        var parser = HTTPResponseParser()
        var taken = 0
        let error = #expect(throws: HTTPError.self) {
            try feed(&parser, Array("HTTP/1.1 200 OK\r\n".utf8))
            while taken < 10 << 20 {
                try feed(&parser, line)
                taken += line.count
            }
        }
        #expect(error?.kind == .headTooLarge && taken <= 64 << 10)
        let interims = String(repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: 20)
        #expect(read(interims).error?.kind == .malformed)
        let long = "HTTP/1.1 200 " + String(repeating: "x", count: 20_000)
        #expect(read(long).error?.kind == .lineTooLong)
    }

    @Test func everyTruncationIsNoticed() {
        let text = Array(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8)
        for length in 0..<text.count {
            let reading = read([Array(text[..<length])])
            #expect(reading.error == nil && !reading.ended)
            switch reading.inputEnd {
            case .beforeResponse: #expect(length == 0)
            case .truncated: #expect(length > 0)
            case .complete, .afterResponse, nil: Issue.record("cut at \(length) unnoticed")
            }
        }
    }

    @Test func flippedBytesNeverTrapAndSplitsAgree() {
        let text = Array(
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nRetry-After: 1\r\n\r\n"
                + "5\r\nhello\r\n1a;x\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nt: u\r\n\r\n").utf8)
        for index in text.indices {
            for bit in 0..<8 {
                var flipped = text
                flipped[index] ^= 1 << UInt8(bit)
                let whole = read(Cut.whole.pieces(flipped))
                let dripped = read(Cut.everyByte.pieces(flipped))
                #expect(whole == dripped, "byte \(index), bit \(bit)")
            }
        }
    }

    private func feed(_ parser: inout HTTPResponseParser, _ bytes: [UInt8]) throws(HTTPError) {
        var failure: HTTPError?
        bytes.withUnsafeBytes { buffer in
            var input = buffer
            do throws(HTTPError) {
                while try parser.next(&input) != nil {}
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

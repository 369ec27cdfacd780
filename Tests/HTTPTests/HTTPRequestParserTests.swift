import ByteCuts
import Testing

@testable import HTTP

private struct Reading: Equatable {
    var events: [HTTPRequestParser.Event] = []
    var error: HTTPError?
    var isInside = false

    var requests: [HTTPRequest] {
        events.compactMap { if case .request(let request) = $0 { request } else { nil } }
    }
}

private func read(_ bytes: [UInt8], _ cut: Cut, limits: HTTPLimits = HTTPLimits()) -> Reading {
    var parser = HTTPRequestParser(limits: limits)
    var reading = Reading()
    for piece in cut.pieces(bytes) {
        piece.withUnsafeBytes { buffer in
            var input = buffer
            do throws(HTTPError) {
                while let event = try parser.next(&input) { reading.events.append(event) }
            } catch {
                reading.error = error
            }
        }
        if reading.error != nil { break }
    }
    reading.isInside = parser.isInsideRequest
    return reading
}

private func read(_ text: String, _ cut: Cut = .whole) -> Reading { read(Array(text.utf8), cut) }

@Suite struct HTTPRequestParserTests {
    @Test(arguments: Cut.allCases)
    func readsPipelinedRequests(cut: Cut) throws {
        let text =
            "\r\nPOST /v1/completions?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n{..}"
            + "GET /health HTTP/1.0\r\n\r\n"
            + "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: Chunked\r\n"
            + "Connection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        let requests = read(text, cut).requests
        try #require(requests.count == 3)
        #expect(requests[0].path == "/v1/completions?x=1" && requests[0].body == Array("{..}".utf8))
        #expect(requests[0].keepAlive && requests[0].isHTTP11)
        #expect(requests[1].method == "GET" && !requests[1].keepAlive && !requests[1].isHTTP11)
        #expect(requests[2].body == Array("{}".utf8) && !requests[2].keepAlive)
        #expect(requests[2].headers.first(named: "host") == "a")
    }

    @Test(arguments: Cut.allCases)
    func expectationsAreReportedBeforeTheBody(cut: Cut) {
        let reading = read(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx", cut)
        #expect(reading.events.first == .continueExpected && reading.requests.count == 1)
    }

    @Test(arguments: [
        ("GET\r\n\r\n", UInt16(400)),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 501),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 501),
    ])
    func refusesWithTheFittingStatus(text: String, status: UInt16) {
        for cut in Cut.allCases {
            let reading = read(text, cut)
            #expect(reading.error?.responseStatus == status && reading.requests.isEmpty, "\(cut)")
        }
    }

    @Test func chunkedBodiesAreBoundedToo() {
        var limits = HTTPLimits()
        limits.bodyBytes = 10
        let text =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"
        #expect(read(Array(text.utf8), .whole, limits: limits).error?.kind == .bodyTooLarge)
    }

    @Test func truncatedAndFlippedRequestsNeverTrapAndSplitsAgree() {
        let text = Array(
            ("POST /v1/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2;e\r\n{}\r\n0\r\n\r\n").utf8)
        for length in 1..<text.count {
            let reading = read(Array(text[..<length]), .everyByte)
            #expect(reading.requests.isEmpty && reading.isInside)
        }
        for index in text.indices {
            for bit in 0..<8 {
                var flipped = text
                flipped[index] ^= 1 << UInt8(bit)
                #expect(read(flipped, .whole) == read(flipped, .everyByte))
            }
        }
    }
}

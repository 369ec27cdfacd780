import Testing

@testable import HTTP

@Suite struct HeadMemoryTests {
    /// Heads that differ in one thing each from the first: in one that decides how the answer is
    /// read, in one that does not, or only in how they are written.
    private static let heads = [
        ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"],
        ["HTTP/1.0 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"],
        ["HTTP/1.1 429 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"],
        ["HTTP/1.1 200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked"],
        ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Content-Length: 7"],
        ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Content-Length: 8"],
        ["HTTP/1.1 200 OK", "Content-Type: text/event-stream"],
        base + ["Connection: close"], base + ["connection: keep-alive"],
        base + ["Content-Encoding: gzip"], base + ["Retry-After: 3"], base + ["Retry-After: 4"],
        base + ["Date: Sun, 28 Feb 2027 23:59:55 GMT"], base + ["X-Request: 17"],
        ["HTTP/1.1 200 OK", "transfer-encoding: chunked", "content-type: text/event-stream"],
        ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", " x", "Transfer-Encoding: chunked"],
    ]
    private static let base = [
        "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked",
    ]

    private func head(_ lines: [String], _ memory: HeadMemory?) throws -> HTTPResponseHead? {
        var parser = HTTPResponseParser(memory: memory)
        let bytes = Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
        return try bytes.withUnsafeBytes { bytes in
            var input = bytes
            guard case .head(let head)? = try parser.next(&input) else { return nil }
            return head
        }
    }

    @Test("A head that is like the one before but for one line is read as if by itself")
    func whateverCameBefore() throws {
        for before in Self.heads {
            for lines in Self.heads {
                let memory = HeadMemory()
                _ = try head(before, memory)
                let alone = try #require(try head(lines, nil))
                #expect(try head(lines, memory) == alone, "\(lines) after \(before)")
                #expect(try head(lines, memory) == alone, "\(lines) again after \(before)")
            }
        }
    }

    @Test("A head that is refused leaves the one before in mind, and no other")
    func refused() throws {
        let memory = HeadMemory()
        let known = try head(Self.base, memory)
        for line in ["Content-Length: 1", "no colon", "Content-Length: x"] {
            #expect(throws: HTTPError.self) { try head(Self.base + [line], memory) }
            #expect(throws: HTTPError.self) { try head(Self.base + [line], memory) }
            #expect(try head(Self.base, memory) == known)
        }
    }
}

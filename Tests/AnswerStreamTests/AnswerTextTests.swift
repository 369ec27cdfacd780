import Testing

@testable import AnswerStream

@Suite("An answer's text, read again") struct AnswerTextTests {
    private static let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    private func chunked(_ parts: [String]) -> [UInt8] {
        let chunks = parts.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return Array((Self.head + chunks + "0\r\n\r\n").utf8)
    }

    @Test("The deltas of a stream are joined, whatever else its events hold")
    func stream() {
        let parts = [
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n",
            #"data: {"choices":[{"delta":{"content":"He said \"\u00e9\""}}]}\#n\#ndata: {"cho"#,
            "ices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n: ping\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\" twice\"}}]}\n\n",
            "data: {\"choices\":[],\"usage\":{\"completion_tokens\":3}}\n\ndata: [DONE]\n\n",
        ]
        #expect(AnswerText.text(ofResponse: chunked(parts)) == "He said \"é\" twice")
    }

    @Test("Completions have their text elsewhere, and a whole answer another")
    func others() {
        let part = "data: {\"choices\":[{\"text\":\"a\"}]}\n\n"
        #expect(AnswerText.text(ofResponse: chunked([part, part])) == "aa")
        let body = "{\"choices\":[{\"message\":{\"content\":\"whole\"}}]}"
        let whole = "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        #expect(AnswerText.text(ofResponse: Array(whole.utf8)) == "whole")
    }

    @Test("A response that breaks off gives what came; no bytes trap")
    func broken() {
        let part = "data: {\"choices\":[{\"delta\":{\"content\":\"ab\"}}]}\n\n"
        let whole = chunked([part, part, part])
        var longest = ""
        for count in 0...whole.count {
            let text = AnswerText.text(ofResponse: Array(whole[..<count]))
            #expect(text.hasPrefix(longest))
            longest = text
        }
        #expect(longest == "ababab")
        for offset in whole.indices {
            var damaged = whole
            damaged[offset] ^= 0x10
            _ = AnswerText.text(ofResponse: damaged)
        }
    }
}

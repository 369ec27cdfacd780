import JSON
import SampleRuns
import Testing
import TokenLog

@testable import Results

/// An error as `requests.jsonl` has it.
@Suite("Errors in the file of requests")
struct RequestErrorLineTests {
    private func line(_ error: RequestError) -> String {
        var request = SampleRun.requests[2]
        request.error = error
        var writer = JSONWriter()
        request.writeLine(to: &writer, run: "r", withTokens: true)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func parsed(_ text: String) throws -> RequestError? {
        try Array(text.utf8).withUnsafeBytes {
            try MeasuredRequest(parsing: $0, path: "requests.jsonl", line: 1)
        }.error
    }

    @Test(
        "The server's words stand alone, and files that have ours before them are read the same",
        arguments: [
            (.httpStatus, 400, "too long", "the server answered 400: too long"),
            (.httpStatus, 503, "", "the server answered 503"),
            (.streamError, 200, "boom", "the stream reported an error: boom"),
            (.streamError, 200, "", "the stream reported an error"),
            (.reset, 200, "reset by peer", "reset by peer"),
        ] as [(ErrorClass, UInt16, String, String)])
    func detail(kind: ErrorClass, status: UInt16, detail: String, before: String) throws {
        let error = RequestError(kind: kind, status: status, detail: detail)
        let text = line(error)
        #expect(text.contains(#""detail":"\#(detail)""#))
        #expect(try parsed(text) == error)
        let old = line(RequestError(kind: kind, status: status, detail: before))
        #expect(try parsed(old) == error)
    }
}

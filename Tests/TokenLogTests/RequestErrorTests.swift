import Testing

@testable import TokenLog

@Suite("What an error says")
struct RequestErrorTests {
    private func error(_ kind: ErrorClass, _ status: UInt16, _ detail: String) -> RequestError {
        RequestError(kind: kind, status: status, detail: detail)
    }

    @Test(
        "Class, status and the server's words make one sentence, and one reason beside a label",
        arguments: [
            (.httpStatus, 400, "too long", "the server answered 400: too long", "too long"),
            (.httpStatus, 503, "", "the server answered 503", "the server gave no reason"),
            (
                .httpStatus, 307, "",
                "the server answered 307, a redirect; redirects are never followed",
                "a redirect; redirects are never followed"
            ),
            (.streamError, 200, "boom", "the stream reported an error: boom", "boom"),
            (.streamError, 200, "", "the stream reported an error", "the server gave no reason"),
            (.reset, 0, "reset by peer", "reset by peer", "reset by peer"),
            (.reset, 0, "", "", "no reason is known"),
        ] as [(ErrorClass, UInt16, String, String, String)])
    func words(
        kind: ErrorClass, status: UInt16, detail: String, sentence: String, reason: String
    ) {
        let error = error(kind, status, detail)
        #expect(error.sentence == sentence && error.reason == reason)
        #expect(error.isUnexplained == (reason == "the server gave no reason"))
        // Files of before have the sentence for a detail.
        #expect(self.error(kind, status, sentence).withoutLead == error)
    }

    @Test(
        "What only looks like our words stays",
        arguments: [
            (.httpStatus, 400, "the server answered 4000 tokens"),
            (.httpStatus, 400, "the server answered 500: down"),
            (.reset, 400, "the server answered 400: x"),
            (.streamError, 200, "the stream reported an errorless end"),
        ] as [(ErrorClass, UInt16, String)])
    func alike(kind: ErrorClass, status: UInt16, detail: String) {
        #expect(error(kind, status, detail).withoutLead.detail == detail)
    }

    @Test func aFinishReasonThatWasAnErrorHadASentence() {
        let old = error(.streamError, 200, "the server gave the finish reason error")
        #expect(old.withoutLead.detail.isEmpty)
    }
}

import JSON
import SampleRuns
import Testing
import TokenLog

@testable import Console
@testable import Results

/// The console says the status and the server's own sentence, most frequent first.
@Suite struct ErrorGroupTests {
    private func failed(
        _ kind: ErrorClass, _ status: UInt16, _ detail: String, agent: String, times: Int
    ) -> [MeasuredRequest] {
        (0..<times).map { _ in
            var request = SampleRun.requests[2]
            request.agent = agent
            request.error = RequestError(kind: kind, status: status, detail: detail)
            return request
        }
    }

    private static func groups(of requests: [MeasuredRequest]) -> [ErrorGroup] {
        requests.reduce(into: ErrorGroups()) { $0.add($1) }.groups
    }

    @Test func reasonsAreGroupedByStatusAndSentence() {
        let long = "This model's maximum context length is 4096 tokens"
        let requests =
            failed(.httpStatus, 400, long, agent: "node-b", times: 18)
            + failed(.httpStatus, 503, "", agent: "node-a", times: 2)
            + failed(.httpStatus, 400, long, agent: "node-a", times: 20)
            + failed(.streamError, 200, "CUDA out of memory", agent: "node-a", times: 3)
            + failed(.streamError, 200, "", agent: "node-b", times: 1)
            + failed(.reset, 0, "", agent: "node-b", times: 1)
            + failed(.httpStatus, 307, "", agent: "node-b", times: 1)
        let groups = Self.groups(of: requests)
        #expect(
            groups.map(\.line) == [
                """
                38 x 400: This model's maximum context length is 4096 tokens \
                (node-a 20, node-b 18)
                """,
                "3 x stream error: CUDA out of memory (node-a 3)",
                "2 x 503: the server gave no reason (node-a 2)",
                "1 x 307: a redirect; redirects are never followed (node-b 1)",
                "1 x stream error: the server gave no reason (node-b 1)",
                "1 x reset: no reason is known (node-b 1)",
            ])
        #expect(groups[0].json["sentence"]?.string == "the server answered 400: \(long)")
        #expect(groups[0].json["agents"]?["node-b"]?.int64 == 18)
        #expect(Self.groups(of: [SampleRun.requests[1]]).isEmpty)
    }

    @Test(arguments: [401, 403] as [UInt16])
    func aRefusedKeyNamesTheOption(status: UInt16) {
        let groups = Self.groups(
            of: failed(
                .httpStatus, status, "no key", agent: "a", times: 1))
        #expect(groups[0].line.contains("--api-key-file FILE or LEGATO_API_KEY"))
        #expect(groups[0].line.hasPrefix("1 x \(status): no key (a 1)"))
    }

    @Test(
        arguments: [
            ("you asked for 5000 tokens", "you asked for 17 tokens", true),
            ("request cmpl-8f3a failed", "request cmpl-90 failed", true),
            ("waited 1,024.5 ms", "waited 3 ms", true),
            ("id 3f2a-11-0c failed", "id 9-1-2 failed", true),
            ("queue is full", "queue is empty", false), ("error 5 in a", "error 5 in b", false),
        ])
    func sentencesThatDifferInNumbersAreOne(a: String, b: String, isOne: Bool) {
        let requests =
            failed(.httpStatus, 400, a, agent: "n", times: 2)
            + failed(.httpStatus, 400, b, agent: "n", times: 1)
        let groups = Self.groups(of: requests)
        #expect(groups.count == (isOne ? 1 : 2))
        #expect(groups[0].error.detail == a && groups[0].hasVariants == isOne)
        #expect(groups[0].line.hasSuffix(isOne ? "(n 3; numbers vary)" : "(n 2)"))
    }

    /// However many reasons there are, so many lines; however many agents, so many names.
    @Test func linesAreBounded() throws {
        var result = SampleRun.result
        let letters = Array("abcdefghijklmnopqrstuvwxyz").map(String.init)
        result.requests = letters.enumerated().flatMap { index, letter in
            failed(.malformed, 0, "word \(letter)", agent: "node-01", times: 30 - index)
        }
        result.header.agents = (1...5).map { RunAgent(name: "node-0\($0)", targets: []) }
        for index in result.requests.indices {
            result.requests[index].agent = "node-0\(index % 5 + 1)"
        }
        let sentences = try RunSummary(result).errorSentences
        #expect(sentences.count == 9)
        #expect(
            sentences[0].hasPrefix("30 x malformed: word a (node-01 6, node-02 6, node-03 6, ...)"))
        let rest = (8..<26).reduce(0) { $0 + 30 - $1 }
        #expect(sentences[8].hasPrefix("\(rest) requests more ended in 18 other ways"))
    }
}

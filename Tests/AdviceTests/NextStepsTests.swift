import Goodput
import Holding
import RunRecord
import SampleRuns
import Sampling
import Testing
import TimeBase
import TokenLog

@testable import Advice
@testable import Results

/// Steps that are worth doing next, from summaries of runs.
@Suite struct NextStepsTests {
    private static let ms = SampleSummary.ms

    private func step(_ cause: StepCause, _ summary: RunSummary) throws -> NextStep {
        let steps = NextSteps(summary).steps
        return try #require(steps.first { $0.cause == cause }, "\(steps.map(\.text.plain))")
    }

    @Test func aLossNamesTheNodeAndWhatItsServerSaid() throws {
        // Every request of the second agent waits two seconds for its first token.
        let requests = SampleSummary.requests(400) { $0 % 2 == 1 ? 2_000 * Self.ms : 100 * Self.ms }
        let plain = try step(.loss, try SampleSummary.of(requests))
        #expect(
            plain.text.plain
                == "100 % of the loss is waiting for first tokens on node-02: requests queue "
                + "before their first token; compare a lower rate, or more room for sequences "
                + "(vLLM: --max-num-seqs).")
        #expect(plain.text.parts.first == .figure("100 %") && plain.command == .peak)
        let metrics = try SampleSummary.metrics(waiting: 14, cache: 0.5, preemptions: 0)
        let queued = try SampleSummary.of(requests) { $0.agents[1].targets[0].metrics = metrics }
        #expect(
            try step(.loss, queued).text.plain.contains("node-02, whose queue held 14: requests"))
        // The other agent's server has a queue, too, and no part in it.
        let elsewhere = try SampleSummary.of(requests) { $0.agents[0].targets[0].metrics = metrics }
        #expect(try !step(.loss, elsewhere).text.plain.contains("queue held"))
        let full = try SampleSummary.metrics(waiting: 3, cache: 0.97, preemptions: 12)
        let cache = try step(
            .loss, try SampleSummary.of(requests) { $0.agents[1].targets[0].metrics = full })
        #expect(
            cache.text.plain.contains(
                "whose queue held 3, KV cache was 97 % full, scheduler made 12 preemptions: compare"
            ), "\(cache.text.plain)")
        #expect(cache.text.plain.contains("--max-num-seqs") && cache.command == .compare)
        // The node that loses twice what the others do is a step of its own.
        let node = try step(.node, queued)
        #expect(
            node.text.plain.hasPrefix("node-02 takes 50 % of the requests and 100 % of the loss"))
    }

    @Test func failuresAreNamedByKindAndAgent() throws {
        var requests = SampleSummary.requests(200)
        for index in 0..<6 {
            requests[index * 2].outcome = .failed
            requests[index * 2].error = RequestError(kind: .httpStatus, status: 429, detail: "slow")
        }
        let failed = try step(.failures, try SampleSummary.of(requests))
        #expect(
            failed.text.plain
                == "6 of 200 requests were not served, most (6) by 429 on node-01: a gateway "
                + "limits the rate; ask for less, or raise its limit.")
        // One of them is worth a step after all others.
        var one = SampleSummary.requests(200)
        one[0].outcome = .failed
        one[0].error = RequestError(kind: .reset, status: 0, detail: "")
        let few = try step(.fewFailures, try SampleSummary.of(one))
        #expect(few.text.plain.contains("1 of 200 requests") && few.text.plain.contains("by reset"))
    }

    @Test func aClientThatWasTheLimitComesFirst() throws {
        let summary = try SampleSummary.of(SampleSummary.requests(400) { _ in 3_000 * Self.ms }) {
            var audit = ClientAudit()
            audit.sends = 200
            audit.latenessP99Ns = 5 * Self.ms
            $0.agents[0].audit = audit
        }
        let steps = NextSteps(summary).steps
        #expect(steps.first?.cause == .client && steps.first?.command == .headroom)
        #expect(
            steps.first?.text.plain
                == "The client was the limit on node-01, where requests left 5.00 ms late at p99: "
                + "more agents, a lower rate, or an idle node.")
        #expect(steps.contains { $0.cause == .loss } && steps.count <= NextSteps.most)
    }

    @Test func anOverloadSaysWhatIsServed() throws {
        // Each request waits 20 ms longer than the one before: a fifth of the rate is not served.
        let summary = try SampleSummary.of(
            SampleSummary.requests(600) { Int64($0) * 20 * Self.ms })
        let overload = try step(.overload, summary)
        #expect(overload.text.plain.contains("requests/s are not served"), "\(overload.text.plain)")
        #expect(overload.command == .peak)
        #expect(!NextSteps(summary).steps.contains { $0.cause == .loss }, "it is said once")
        let ended = try SampleSummary.of(SampleSummary.requests(600)) {
            $0.overSaturated = OverSaturation(at: ClusterInstant(ns: 9), waiting: 85)
        }
        #expect(
            try step(.overload, ended).text.plain.contains("85 requests waited for a first token"))
    }

    @Test func aShortRunSaysHowLongItWouldHaveToBe() throws {
        let few = try step(.length, try SampleSummary.of(SampleSummary.requests(20)))
        #expect(few.text.plain.hasPrefix("20 requests are too few") && few.command == .repeats)
        // Requests that stay 3 s need more than a run of 20 s.
        let short = try SampleSummary.of(SampleSummary.requests(200) { _ in 3_000 * Self.ms })
        let length = try #require(NextSteps(short).length)
        guard case .longer(let seconds) = try #require(length.command) else {
            Issue.record("\(length)")
            return
        }
        let needs = try #require(short.analyses?.samples?.steady.needs)
        #expect(Double(seconds) >= needs && Double(seconds) < needs + 1)
        #expect(length.text.plain.contains("takes \(seconds) s of this load"))
    }

    @Test func aRunThatLostNothingMayCarryMore() throws {
        let summary = try SampleSummary.of(SampleSummary.requests(400))
        let steps = NextSteps(summary).steps
        #expect(steps.map(\.cause) == [.room], "\(steps.map(\.text.plain))")
        #expect(steps.first?.command?.line() == "legato sweep SCENARIO --peak smooth")
        let virtual = steps.first?.command?.line(isVirtual: true)
        #expect(virtual == "legato sweep SCENARIO --virtual --peak smooth")
    }

    @Test func heldTokensAreNamed() throws {
        var requests = SampleSummary.requests(300)
        for index in requests.indices {
            let begin =
                requests[index].scheduled.ns + 100 * Self.ms + Int64(index * 7_919_000 % 80_000_000)
            requests[index].tokens = (0..<13).map {
                TokenEvent(time: begin + $0 * 80 * Self.ms, count: $0 == 0 ? 1 : 8)
            }
            requests[index].finish = ClusterInstant(ns: begin + 12 * 80 * Self.ms)
        }
        let summary = try SampleSummary.of(requests)
        try #require(summary.analyses?.holding.contains { $0.isHeld == true } == true)
        let held = try step(.heldTokens, summary)
        #expect(held.text.plain.hasPrefix("2 servers of 2 hold tokens back (http://127.0.0.1:8000"))
    }

    @Test func aPenaltyThatRewardsDroppingSaysByHowMuch() throws {
        let summary = try SampleSummary.of(
            SampleSummary.requests(400) { $0 % 9 == 0 ? 30_000 * Self.ms : 100 * Self.ms }
        ) {
            for index in $0.classes.indices {
                $0.classes[index].parameters = ScoringParameters(readingSpeed: 20)
            }
        }
        let gain = summary.run.totals.interval?.rate(of: -summary.run.totals.negativeBenefit)
        try #require(summary.rewardsDropping && (gain ?? 0) > 0)
        #expect(NextSteps(summary).steps.contains { $0.cause == .penalty && $0.command == .robust })
    }

    /// Whatever is proposed rests on a figure, is a sentence, and is one of three at most.
    @Test func everyStepHasAFigure() throws {
        let summaries = [
            try RunSummary(SampleRun.result),
            try SampleSummary.of(SampleSummary.requests(60) { _ in 3_000 * Self.ms }),
            try SampleSummary.of(SampleSummary.requests(300) { Int64($0) * 20 * Self.ms }),
        ]
        for summary in summaries {
            let steps = NextSteps(summary).steps
            #expect(!steps.isEmpty && steps.count <= NextSteps.most)
            #expect(steps.map(\.cause) == steps.map(\.cause).sorted())
            for step in steps {
                let hasFigure = step.text.parts.contains {
                    if case .figure = $0 { true } else { false }
                }
                #expect(hasFigure && step.text.plain.hasSuffix("."), "\(step.text.plain)")
            }
        }
        var nothing = SampleRun.result
        nothing.requests = [SampleRun.requests[0]]
        #expect(NextSteps(try RunSummary(nothing)).steps.isEmpty)
    }

    @Test(
        arguments: [
            ("runs/2026-11-22T1204-chat", "runs/2026-11-22T1204-chat"), ("a b", "'a b'"),
            ("it's", #"'it'\''s'"#), ("", "''"), ("-rf", "./-rf"), ("$HOME", "'$HOME'"),
            ("läufe", "läufe"), ("a;b", "'a;b'"),
        ] as [(String, String)])
    func aFolderIsOneWordOfAShell(text: String, word: String) {
        #expect(text.shellWord == word)
    }
}

import Console
import Goodput
import JSON
import PlainText
import RunRecord
import SampleRuns
import Sampling
import Testing
import TimeBase
import TokenLog

@testable import Results

/// Which runs of a repeated scenario count, when another one is made, and what they come to.
@Suite struct RepeatedRunsTests {
    /// A valid run of `count` requests of `tokens` tokens each over ten seconds.
    private static func run(
        tokens: Int, count: Int = 40, _ change: (inout RunHeader) -> Void = { _ in }
    ) throws -> RunSummary {
        let second: Int64 = 1_000_000_000
        let requests = (0..<count).map { index in
            var request = SampleRun.requests[1]
            request.id = UInt32(index)
            let scheduled = Int64(index) * 10 * second / Int64(count)
            request.scheduled = ClusterInstant(ns: scheduled)
            request.sent = request.scheduled
            request.tokens = (0..<tokens).map {
                TokenEvent(time: scheduled + second / 10 + Int64($0) * 1_000_000)
            }
            request.firstAnswer = nil
            request.finish = ClusterInstant(ns: scheduled + second)
            return request
        }
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.gaps = []
        header.lossless = true
        var load = LoadPlan(
            scored: LoadPlan.Count(planned: count, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 0, notNeeded: 0))
        load.stages = [LoadStage(beginNs: 0, load: .open)]
        header.load = load
        change(&header)
        return try RunSummary(RunResult(header: header, requests: requests))
    }

    @Test func allRunsAreMadeAndJoined() throws {
        var repeats = RepeatedRuns(most: 3, until: nil)
        for (index, tokens) in [20, 22, 24].enumerated() {
            #expect(!repeats.isDone)
            #expect(repeats.add(try Self.run(tokens: tokens), name: "run-\(index + 1)") == nil)
        }
        #expect(repeats.isDone && repeats.isValid && repeats.made == 3)
        let joined = repeats.joined
        #expect(joined.runs == 3 && joined.stopped == nil)
        let smooth = try #require(joined.figures.first { $0.name == "throughput" }).figure
        // 40 requests of 20, 22 and 24 tokens over 10.75 s.
        #expect((smooth.value - 40 * 22 / 10.75).magnitude < 1e-9)
        #expect(smooth.low != nil && smooth.beyondSampling == nil)
    }

    @Test func runsThatDoNotHoldAreLeftOut() throws {
        var repeats = RepeatedRuns(most: 5, until: nil)
        #expect(
            repeats.add(
                try Self.run(tokens: 20) {
                    $0.validity = Validity(verdict: .notValid, intervals: [])
                }, name: "run-1")?.reason == .notValid)
        #expect(!repeats.isDone && !repeats.isValid)
        #expect(
            repeats.add(try Self.run(tokens: 20) { $0.load?.stages = [] }, name: "run-2")?
                .reason == .notValid)
        #expect(repeats.add(try Self.run(tokens: 20), name: "run-3") == nil)
        #expect(
            repeats.add(try Self.run(tokens: 20) { $0.interrupted = true }, name: "run-4")?
                .reason == .interrupted)
        // A person wants no more of them.
        #expect(repeats.isDone && repeats.made == 4)
        #expect(repeats.joined.leftOut.map(\.run) == ["run-1", "run-2", "run-4"])
        let lines = repeats.joined.lines(
            style: .plain, folder: "runs/x", isOfOnePlan: true, isBounded: true)
        #expect(lines[0] == " 1 run joined")
        #expect(lines.contains(" No interval: 3 runs that count are the least."))
        #expect(lines.contains(" run-4 is left out, interrupted."))
        #expect(lines.last == " runs/x")
    }

    @Test("A run that was to be steady and was not is left out with its own sentence")
    func notSteady() throws {
        var repeats = RepeatedRuns(most: 2, until: nil)
        let left = repeats.add(
            try Self.run(tokens: 20, count: 18) { $0.load?.requiresSteady = true }, name: "run-1")
        #expect(left?.reason == .notSteady)
        #expect(
            left?.sentence
                == "The run was to be in a steady state (--require-steady): too short: 18 "
                + "requests, 30 are the least.")
        #expect(
            repeats.joined.lines(
                style: .plain, folder: "", isOfOnePlan: false, isBounded: false
            ).joined(separator: " ").contains("run-1 is left out, not steady: The run was to be"))
        let json = repeats.joined.json["left_out"]?.array?.first
        #expect(json?["sentence"]?.string == left?.sentence)
        // Whoever has another fault, too, is left out for that.
        let both = try Self.run(tokens: 20, count: 18) {
            $0.load?.requiresSteady = true
            $0.load?.scored.planned = 30
            $0.complete = true
        }
        #expect(repeats.add(both, name: "run-2")?.reason == .notValid)
    }

    @Test("Without bounds what is classic is what was answered")
    func answered() throws {
        var repeats = RepeatedRuns(most: 1, until: nil)
        repeats.add(try Self.run(tokens: 20), name: "run-1")
        func has(_ title: String, _ isBounded: Bool) -> Bool {
            repeats.joined.lines(
                style: .plain, folder: "", isOfOnePlan: false, isBounded: isBounded
            ).contains { $0.hasPrefix(" \(title) ") }
        }
        #expect(has("classic", true) && !has("answered", true))
        #expect(has("answered", false) && !has("classic", false))
    }

    /// A run that is partial for want of something else still counts, and the whole is not valid.
    @Test func aPartialRunCounts() throws {
        var repeats = RepeatedRuns(most: 2, until: nil)
        let partial = try Self.run(tokens: 20) { $0.lossless = false }
        #expect(partial.header.validity.verdict == .partial)
        #expect(repeats.add(partial, name: "run-1") == nil)
        #expect(!repeats.isValid && repeats.joined.runs == 1)
    }

    @Test func theRuleEndsThemEarly() throws {
        var repeats = RepeatedRuns(most: nil, until: RepeatUntil(share: 0.05))
        #expect(repeats.most == 20)
        for index in 1...5 {
            repeats.add(try Self.run(tokens: 20), name: "run-\(index)")
            #expect(!repeats.isDone)
        }
        repeats.add(try Self.run(tokens: 20), name: "run-6")
        #expect(repeats.isDone)
        let joined = repeats.joined
        #expect(joined.stopped == RepeatUntil(share: 0.05))
        let lines = joined.lines(
            style: .plain, folder: "runs/x", isOfOnePlan: false, isBounded: true)
        #expect(lines[0] == " 6 runs joined, stopped when half the interval was 5 % or less")
        #expect(lines.allSatisfy { $0.count <= consoleWidth })
    }

    @Test("An aim that was missed is told")
    func missedAim() throws {
        let until = RepeatUntil(share: 0.005)
        var repeats = RepeatedRuns(most: 6, until: until)
        for index in 1...6 {
            repeats.add(try Self.run(tokens: 20 + index % 2 * 4), name: "run-\(index)")
        }
        #expect(repeats.isDone && repeats.joined.stopped == nil)
        let lines = repeats.joined.lines(
            style: .plain, folder: "", isOfOnePlan: false, isBounded: false, aim: until)
        #expect(lines.contains { $0.contains("0.5 % was wanted (--until)") }, "\(lines)")
        #expect(
            !repeats.joined.lines(
                style: .plain, folder: "", isOfOnePlan: false, isBounded: false
            ).contains { $0.contains("--until") })
    }

    @Test func onePlanIsSaid() throws {
        var repeats = RepeatedRuns(most: 3, until: nil)
        for index in 1...3 { repeats.add(try Self.run(tokens: 20), name: "run-\(index)") }
        func says(_ isOfOnePlan: Bool) -> Bool {
            repeats.joined.lines(
                style: .plain, folder: "", isOfOnePlan: isOfOnePlan, isBounded: false
            )
            .contains { $0.hasPrefix(" All runs had one plan") }
        }
        #expect(says(true) && !says(false))
    }
}

import Randomness
import Testing

@testable import Workload

@Suite struct TraceReplayTests {
    private let plain = ClassSpec(name: "c", lengths: nil)

    private func plan(_ replay: TraceReplay, _ spec: ClassSpec) throws -> WorkloadPlan {
        try WorkloadPlan.make(
            WorkloadSpec(stages: [StageSpec(load: .open(.replay(replay)))], classes: [spec]),
            seed: 9)
    }

    @Test func `a replay sends the rows at their instants with their lengths`() throws {
        let rows = try readTrace(azureText)
        let plan = try plan(TraceReplay(rows: rows), plain)
        #expect(plan.requests.map(\.scheduledNs) == rows.map(\.arrivalNs))
        #expect(plan.requests.map(\.inputTokens) == rows.map(\.input))
        #expect(plan.requests.map(\.outputTokens) == rows.map(\.output))
    }

    @Test func `scale and window move the instants`() throws {
        let rows = (0..<10).map { TraceRow(arrivalNs: $0 * second, input: 4, output: 4) }
        let replay = TraceReplay(
            rows: rows.reversed(), fromNs: 2 * second, durationNs: 4 * second, scale: 2)
        let plan = try plan(replay, plain)
        #expect(plan.requests.map(\.scheduledNs) == (0..<4).map { $0 * second / 2 })
        #expect(plan.stages[0].endNs == 2 * second)
        let faster = try #require(replay.scaled(toRate: 10))
        #expect(abs(faster.scale - 10) < 1e-9)
        #expect(TraceReplay(rows: [rows[0]]).scaled(toRate: 1) == nil)
    }

    @Test func `spread arrivals stay within their tick and in file order`() throws {
        let ticks: [Int64] = [0, 0, 0, 3, 3, 9, 9, 9, 9]
        let rows = ticks.enumerated().map {
            TraceRow(arrivalNs: $1 * second, input: UInt32($0 + 1), output: 1)
        }
        var random = RandomStream(seed: 5)
        let moved = TraceReplay(rows: rows, spread: true).arrivals(using: &random)
        #expect(moved.map(\.input) == rows.map(\.input))
        for (row, tick) in zip(moved, ticks) {
            let end: Int64 = tick == 0 ? 3 : tick == 3 ? 9 : 15
            #expect((row.arrivalNs ?? -1) >= tick * second)
            #expect((row.arrivalNs ?? .max) < end * second)
        }
        #expect(Set(moved.map(\.arrivalNs)).count == moved.count)
    }

    @Test func `prefix blocks become segments that requests share`() throws {
        let plan = try plan(TraceReplay(rows: try readTrace(mooncakeText)), plain)
        let prompts = plan.requests.map(\.prompt)
        #expect(prompts[0].map(\.tokens) == [512, 512, 76])
        #expect(prompts[1] == [prompts[0][0]])
        #expect(Set(prompts[0].map(\.seed)).count == 3)
        #expect(prompts[2].map(\.tokens) == [600])
        for request in plan.requests {
            #expect(request.prompt.reduce(0) { $0 + $1.tokens } == request.inputTokens)
        }
    }

    @Test func `a class's prefix is the begin of a row's prompt`() throws {
        var spec = plain
        spec.prefixTokens = 1_000
        let plan = try plan(TraceReplay(rows: try readTrace(azureText)), spec)
        #expect(
            plan.requests.map { $0.prompt.map(\.tokens) } == [
                [1_000, 3_808], [1_000, 2_180], [110],
            ])
    }

    @Test func `a class's own lengths win over the row's`() throws {
        var spec = plain
        spec.lengths = .independent(input: .fixed(11), output: .fixed(12))
        let plan = try plan(TraceReplay(rows: try readTrace(azureText)), spec)
        #expect(plan.requests.allSatisfy { $0.inputTokens == 11 && $0.outputTokens == 12 })
    }
}

import Testing

@testable import EngineModel

/// Options with round numbers.
/// Schedulers under which requests join and leave at every step.
private let continuous: [SchedulerKind] = [.chunked, .prefillFirst]

private func options(
    _ scheduler: SchedulerKind, budget: Int = 512, capacity: Int? = nil, sequences: Int = 256,
    maxModelLen: Int = 2048
) -> EngineOptions {
    var options = EngineOptions()
    options.scheduler = scheduler
    options.chunkBudget = budget
    options.keyValueTokens = capacity
    options.maxSequences = sequences
    options.maxModelLen = maxModelLen
    return options
}

/// A core that macros can call: they do not take a type that cannot be copied.
private final class TestEngine {
    private var core: EngineCore

    init(_ options: EngineOptions) { core = EngineCore(options: options) }

    var load: EngineLoad { core.load }
    var isIdle: Bool { core.isIdle }

    func submit(
        _ id: EngineRequest.ID, prompt: Int, output: Int, ending: AnswerEnding = .length
    ) throws(SubmitError) {
        try core.submit(
            .init(id: id, promptTokens: prompt, outputTokens: output, ending: ending), now: 0)
        core.checkInvariants()
    }

    func cancel(_ id: EngineRequest.ID) -> Bool {
        defer { core.checkInvariants() }
        return core.cancel(id, now: 0)
    }

    func begin(_ now: Int64 = 0) -> StepPlan? {
        defer { core.checkInvariants() }
        return core.nextStep(now: now)
    }

    func end(_ plan: StepPlan) -> [Emission] {
        defer { core.checkInvariants() }
        var tokens: [Emission] = []
        let ended = core.completeStep(now: plan.endNs, into: &tokens)
        #expect(ended == plan)
        return tokens
    }

    /// Runs one step from `now` and gives its plan and tokens.
    func runStep(_ now: Int64 = 0) -> (plan: StepPlan, tokens: [Emission])? {
        begin(now).map { ($0, end($0)) }
    }

    /// Runs steps until nothing is left and gives all tokens.
    func drain() -> [Emission] {
        var all: [Emission] = []
        var now: Int64 = 0
        while let (plan, tokens) = runStep(now) {
            all += tokens
            now = plan.endNs
        }
        return all
    }
}

@Suite("Engine core")
struct EngineCoreTests {
    @Test(
        "A lone request: one prefill step, then one token a step", arguments: continuous
    )
    func loneRequest(kind: SchedulerKind) throws {
        let core = TestEngine(options(kind))
        #expect(core.begin() == nil)
        try core.submit(7, prompt: 100, output: 3, ending: .stop)
        let first = try #require(core.runStep(1_000))
        #expect(first.plan.startNs == 1_000)
        #expect(first.plan.deliveryNs == first.plan.endNs + 22_000_000)
        #expect(first.plan.newTokens == 100)
        #expect(first.tokens == [Emission(request: 7, index: 0, finish: nil, end: nil)])
        #expect(core.load.usedBlocks == 7)
        let second = try #require(core.runStep(first.plan.endNs))
        #expect(second.plan.decodes == 1)
        #expect(second.tokens == [Emission(request: 7, index: 1, finish: nil, end: 1)])
        let third = try #require(core.runStep(second.plan.endNs))
        #expect(third.tokens == [Emission(request: 7, index: 2, finish: .stop, end: 2)])
        #expect(core.isIdle)
        #expect(core.load.usedBlocks == 0)
        #expect(core.begin(third.plan.endNs) == nil)
    }

    @Test("Chunked: a prompt runs in pieces of the budget, decodes go first")
    func chunks() throws {
        let core = TestEngine(options(.chunked, budget: 256))
        try core.submit(0, prompt: 10, output: 9)
        #expect(core.runStep()?.plan.newTokens == 10)
        try core.submit(1, prompt: 600, output: 1)
        try core.submit(2, prompt: 100, output: 1)
        // 255 of 600 beside one decode, twice; then the last 90, 100 of the next request, and room.
        for _ in 0..<2 {
            let step = try #require(core.runStep())
            #expect(step.plan.newTokens == 256 && step.plan.decodes == 1)
            #expect(step.tokens.map(\.request) == [0])
        }
        let step = try #require(core.runStep())
        #expect(step.plan.newTokens == 1 + 90 + 100)
        #expect(step.tokens.map(\.request) == [0, 1, 2])
        #expect(step.tokens.map(\.finish) == [nil, .length, .length])
    }

    @Test("Prefill-first: prompts stop the decodes, as many as fit a step")
    func prefillFirst() throws {
        let core = TestEngine(options(.prefillFirst))
        try core.submit(0, prompt: 10, output: 9)
        _ = core.runStep()
        for id in 1...3 as ClosedRange<UInt64> {
            try core.submit(id, prompt: 1000, output: 2)
        }
        let first = try #require(core.runStep())
        #expect(first.plan.newTokens == 2000 && first.plan.decodes == 0)
        #expect(first.tokens.map(\.request) == [1, 2])
        #expect(try #require(core.runStep()).tokens.map(\.request) == [3])
        #expect(try #require(core.runStep()).tokens.map(\.request) == [0, 1, 2, 3])
    }

    @Test("No more sequences run than may", arguments: continuous)
    func sequenceLimit(kind: SchedulerKind) throws {
        let core = TestEngine(options(kind, sequences: 4))
        for id in 0..<6 as Range<UInt64> {
            try core.submit(id, prompt: 5, output: 2)
        }
        #expect(try #require(core.runStep()).tokens.map(\.request) == [0, 1, 2, 3])
        #expect(core.load.running == 4 && core.load.waiting == 2)
        _ = core.runStep()
        #expect(try #require(core.runStep()).tokens.map(\.request) == [4, 5])
    }

    @Test(
        "The last arrived is preempted, and resumes where it stopped",
        arguments: continuous)
    func preemption(kind: SchedulerKind) throws {
        // 100 blocks; both prompts take 49 blocks less one token, so that growth meets the end.
        let core = TestEngine(
            options(kind, budget: 2000, capacity: 1600, maxModelLen: 1584))
        try core.submit(0, prompt: 783, output: 100)
        try core.submit(1, prompt: 783, output: 100)
        var indices: [UInt64: [Int]] = [:]
        var now: Int64 = 0
        var sawPreemption = false
        while let (plan, tokens) = core.runStep(now) {
            now = plan.endNs
            for token in tokens { indices[token.request, default: []].append(token.index) }
            if core.load.preemptions == 1, !sawPreemption {
                sawPreemption = true
                #expect(core.load.waiting == 1 && core.load.running == 1)
                #expect(tokens.map(\.request) == [0])
            }
        }
        #expect(sawPreemption)
        #expect(core.load.preemptions >= 1)
        #expect(indices == [0: Array(0..<100), 1: Array(0..<100)])
        // The second prompt was computed again, with what had been generated.
        #expect(core.load.prefillTokens > 3 * 783)
        #expect(core.isIdle && core.load.usedBlocks == 0)
    }

    @Test(
        "A preempted request goes before those that arrived after it",
        arguments: continuous)
    func preemptedIsHead(kind: SchedulerKind) throws {
        let core = TestEngine(
            options(kind, budget: 2000, capacity: 1600, maxModelLen: 1584))
        for id in 0..<3 as Range<UInt64> {
            try core.submit(id, prompt: 783, output: 60)
        }
        let finished = core.drain().filter { $0.finish != nil }.map(\.request)
        #expect(finished == [0, 1, 2])
        #expect(core.load.preemptions >= 1)
    }

    @Test("Cancelling frees blocks at once, in every stage", arguments: continuous)
    func cancel(kind: SchedulerKind) throws {
        let core = TestEngine(options(kind, sequences: 2))
        for id in 0..<4 as Range<UInt64> {
            try core.submit(id, prompt: 64, output: 4)
        }
        _ = core.runStep()
        #expect(core.load.usedBlocks == 8)
        // Running between steps, waiting, and unknown.
        #expect(core.cancel(0))
        #expect(core.cancel(2))
        #expect(!core.cancel(2))
        #expect(!core.cancel(99))
        #expect(core.load.usedBlocks == 4)
        // In the step in flight.
        let plan = try #require(core.begin())
        #expect(core.cancel(1))
        // A slot that leaves is not given to a newcomer while its step runs.
        try core.submit(1, prompt: 10, output: 1)
        let tokens = core.end(plan)
        #expect(!tokens.contains { $0.request == 1 })
        #expect(core.drain().filter { $0.request == 1 }.count == 1)
        #expect(core.load.cancelled == 3)
        #expect(core.load.finished == 2)
        #expect(core.isIdle && core.load.usedBlocks == 0)
    }

    @Test("Requests that can never run are refused with a reason")
    func refusals() throws {
        let core = TestEngine(options(.chunked))
        #expect(throws: SubmitError.empty(promptTokens: 0, outputTokens: 1)) {
            try core.submit(0, prompt: 0, output: 1)
        }
        #expect(throws: SubmitError.empty(promptTokens: 1, outputTokens: 0)) {
            try core.submit(0, prompt: 1, output: 0)
        }
        let tooLong = SubmitError.tooLong(
            promptTokens: 2000, outputTokens: 49, maxModelLen: 2048)
        #expect(throws: tooLong) {
            try core.submit(0, prompt: 2000, output: 49)
        }
        #expect(throws: SubmitError.self) {
            try core.submit(0, prompt: .max, output: .max)
        }
        try core.submit(0, prompt: 2000, output: 48)
        #expect(throws: SubmitError.duplicate(0)) {
            try core.submit(0, prompt: 1, output: 1)
        }
        #expect(tooLong.description.contains("2048"))
        #expect(core.load.waiting == 1)
    }
}

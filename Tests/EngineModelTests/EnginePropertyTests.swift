import Randomness
import Testing

@testable import EngineModel

/// A tight engine, so that preemption and queueing are the rule.
private func tightOptions(_ kind: SchedulerKind, seed: UInt64) -> EngineOptions {
    var random = SplitMix64(seed: seed ^ 0x5EED)
    var options = EngineOptions()
    options.scheduler = kind
    options.gpu = GPU.allCases.randomElement(using: &random) ?? .h100
    options.model = ServedModel.allCases.randomElement(using: &random) ?? .llama8B
    options.maxSequences = Int.random(in: 1...40, using: &random)
    options.chunkBudget = Int.random(in: options.maxSequences...600, using: &random)
    options.keyValueTokens = Int.random(in: 1_000...6_000, using: &random)
    options.maxModelLen = 900
    if kind == .disaggregated {
        options.engines = 3
        options.prefillEngines = 1
    }
    return options
}

private func arrivals(_ count: Int, seed: UInt64) -> [VirtualArrival] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        VirtualArrival(
            atNs: Int64.random(in: 0...8_000_000_000, using: &random),
            promptTokens: Int.random(in: 1...500, using: &random),
            outputTokens: Int.random(in: 1...400, using: &random))
    }
}

@Suite("Engine properties")
struct EnginePropertyTests {
    @Test(
        "No token is lost or out of order, and nothing is left behind",
        arguments: SchedulerKind.allCases)
    func complete(kind: SchedulerKind) {
        var preemptions = 0
        for seed in 0..<6 as Range<UInt64> {
            let work = arrivals(80, seed: seed)
            var run = VirtualRun(options: tightOptions(kind, seed: seed))
            run.checksInvariants = true
            let outcome = run(work)
            #expect(outcome.refused.isEmpty)
            for (arrival, times) in zip(work, outcome.tokenNs) {
                #expect(times.count == arrival.outputTokens)
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
                #expect(times[0] > arrival.atNs + EngineCore.frontEndNs)
            }
            #expect(outcome.load.finished == work.count)
            #expect(outcome.load.usedBlocks == 0)
            #expect(outcome.peakKeyValueUse <= 1)
            #expect(outcome.load.generatedTokens == work.reduce(0) { $0 + $1.outputTokens })
            preemptions += outcome.load.preemptions
        }
        // A batch that keeps its memory to the end preempts nobody.
        #expect(kind == .static ? preemptions == 0 : preemptions > 30, "\(preemptions)")
    }

    @Test(
        "Equal runs leave equal traces, and another seed another", arguments: SchedulerKind.allCases
    )
    func deterministic(kind: SchedulerKind) {
        let options = tightOptions(kind, seed: 3)
        let first = VirtualRun(options: options)(arrivals(80, seed: 3))
        let again = VirtualRun(options: options)(arrivals(80, seed: 3))
        let other = VirtualRun(options: options)(arrivals(80, seed: 4))
        #expect(first.tokenNs == again.tokenNs)
        #expect(first.tokenNs != other.tokenNs)
    }

    @Test("First tokens come in the order of arrival", arguments: SchedulerKind.ofOneEngine)
    func firstComeFirstServed(kind: SchedulerKind) {
        for seed in 0..<6 as Range<UInt64> {
            let work = arrivals(100, seed: seed).sorted { $0.atNs < $1.atNs }
            let outcome = VirtualRun(options: tightOptions(kind, seed: seed))(work)
            let firsts = outcome.tokenNs.map { $0[0] }
            #expect(zip(firsts, firsts.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }

    @Test("Cancellations at random leave the others whole", arguments: SchedulerKind.ofOneEngine)
    func cancellations(kind: SchedulerKind) throws {
        for seed in 0..<8 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var core = EngineCore(options: tightOptions(kind, seed: seed))
            var left: [EngineRequest.ID: Int] = [:]
            var cancelled: Set<EngineRequest.ID> = []
            var emissions: [Emission] = []
            var now: Int64 = 0
            var next: EngineRequest.ID = 0
            while next < 150 || !left.isEmpty {
                if next < 150, Bool.random(using: &random) {
                    let output = Int.random(in: 1...60, using: &random)
                    try core.submit(
                        .init(
                            id: next, promptTokens: Int.random(in: 1...400, using: &random),
                            outputTokens: output), now: now)
                    left[next] = output
                    next += 1
                }
                let step = core.nextStep(now: max(now, core.wakeNs ?? now))
                if Int.random(in: 0..<10, using: &random) == 0,
                    let victim = left.keys.sorted().randomElement(using: &random)
                {
                    let held = core.cancel(victim, now: now)
                    #expect(held)
                    left[victim] = nil
                    cancelled.insert(victim)
                }
                core.checkInvariants()
                guard let step else { continue }
                now = step.endNs
                emissions.removeAll()
                core.completeStep(now: now, into: &emissions)
                core.checkInvariants()
                for token in emissions {
                    let remaining = try #require(left[token.request])
                    left[token.request] = token.finish == nil ? remaining - 1 : nil
                    #expect((token.finish != nil) == (remaining == 1))
                }
            }
            #expect(core.isIdle && core.load.usedBlocks == 0)
            #expect(core.load.finished + cancelled.count == 150)
        }
    }

    @Test(
        "More key/value memory never preempts more",
        arguments: [SchedulerKind.chunked, .prefillFirst])
    func memory(kind: SchedulerKind) {
        var options = tightOptions(kind, seed: 1)
        options.maxSequences = 40
        options.chunkBudget = 512
        let work = arrivals(150, seed: 1)
        options.keyValueTokens = 2_000
        let tight = VirtualRun(options: options)(work)
        options.keyValueTokens = 1_000_000
        let roomy = VirtualRun(options: options)(work)
        #expect(tight.load.preemptions > 0)
        #expect(roomy.load.preemptions == 0)
        #expect(roomy.lastTokenNs < tight.lastTokenNs)
    }
}

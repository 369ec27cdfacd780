import Randomness
import Testing

@testable import EngineModel

private func options(_ count: Int) -> EngineOptions {
    var options = EngineOptions()
    options.gpu = .a100x80
    options.engines = count
    return options
}

private func arrivals(_ count: Int, rate: Double, seed: UInt64) -> [VirtualArrival] {
    var random = RandomStream(seed: seed)
    var at = 0.0
    return (0..<count).map { _ in
        at += random.nextExponential() / rate
        return VirtualArrival(
            atNs: Int64(at * 1e9), promptTokens: Int.random(in: 10...2_000, using: &random),
            outputTokens: Int.random(in: 1...200, using: &random))
    }
}

@Suite("Several engines")
struct FleetTests {
    @Test("Round robin gives each as many, and one engine of several is as one alone")
    func roundRobin() {
        let work = arrivals(60, rate: 2, seed: 1)
        let pair = VirtualRun(options: options(2))(work)
        let even = VirtualRun(options: options(1))(
            work.indices.filter { $0 % 2 == 0 }.map { work[$0] })
        let odd = VirtualRun(options: options(1))(
            work.indices.filter { $0 % 2 == 1 }.map { work[$0] })
        for index in work.indices {
            #expect(pair.tokenNs[index] == (index % 2 == 0 ? even : odd).tokenNs[index / 2])
        }
        #expect(pair.load.generatedTokens == even.load.generatedTokens + odd.load.generatedTokens)
        #expect(pair.load.totalBlocks == 2 * even.load.totalBlocks)
    }

    @Test("The least loaded engine is chosen, and beats turns where requests differ")
    func leastLoaded() {
        var options = options(3)
        options.maxSequences = 4
        let work = arrivals(100, rate: 6, seed: 2)
        let turns = VirtualRun(options: options)(work)
        options.routing = .leastLoaded
        let least = VirtualRun(options: options)(work)
        func meanWait(_ outcome: VirtualRun.Outcome) -> Double {
            zip(work, outcome.tokenNs).reduce(0) { $0 + Double($1.1[0] - $1.0.atNs) } / 100
        }
        #expect(meanWait(least) < meanWait(turns))
    }

    @Test("Prefix-aware routing finds the cache that holds a prompt, unless it is far busier")
    func prefixAware() {
        var options = options(4)
        options.prefixCache = true
        let work = (0..<80 as Range<UInt64>).map { index in
            let pieces = [
                TextPiece(seed: index % 5, tokens: 1_600), TextPiece(seed: 50 + index, tokens: 100),
            ]
            return VirtualArrival(
                atNs: Int64(index) * 300_000_000, promptTokens: 1_700, outputTokens: 20,
                contents: BlockContents(of: pieces).hashes)
        }
        let turns = VirtualRun(options: options)(work)
        options.routing = .prefixAware
        let aware = VirtualRun(options: options)(work)
        #expect(aware.load.cachedTokens == 75 * 1_600)
        #expect(turns.load.cachedTokens < aware.load.cachedTokens)
        // Each cache for itself would hold less than one for all.
        #expect(turns.load.cacheableTokens < aware.load.cacheableTokens)

        // All of one prefix at one instant: the busy engine is not given everything.
        let burst = (0..<40 as Range<UInt64>).map { index in
            let pieces = [
                TextPiece(seed: 1, tokens: 1_600), TextPiece(seed: 50 + index, tokens: 100),
            ]
            return VirtualArrival(
                atNs: index == 0 ? 0 : 5_000_000_000, promptTokens: 1_700, outputTokens: 20,
                contents: BlockContents(of: pieces).hashes)
        }
        var fleet = EngineFleet(options: options)
        for (index, arrival) in burst.enumerated().dropFirst() {
            var request = EngineRequest(
                id: UInt64(index), promptTokens: arrival.promptTokens,
                outputTokens: arrival.outputTokens)
            request.contents = arrival.contents
            try? fleet.submit(request, now: 0)
        }
        let held = fleet.members.map(\.held)
        #expect(held.reduce(0, +) == 39 && held.max()! - held.min()! <= 1 + Router.slack, "\(held)")
    }
}

@Suite("Disaggregated engines")
struct DisaggregatedTests {
    private func disaggregated() -> EngineOptions {
        var options = options(2)
        options.scheduler = .disaggregated
        return options
    }

    @Test("The first token comes from one engine, the others from another, after the transfer")
    func lone() {
        let outcome = VirtualRun(options: disaggregated())([
            VirtualArrival(atNs: 0, promptTokens: 1_000, outputTokens: 3)
        ])
        let model = disaggregated().stepTimes
        var prefill = StepShape()
        prefill.addChunk(.init(new: 1_000, cached: 0))
        let first = model.nanoseconds(prefill) + EngineCore.frontEndNs
        #expect(outcome.tokenNs[0][0] == first)
        var decode = StepShape()
        decode.addDecode(context: 1_001)
        // 2 ms and 131 MB at 50 GB/s.
        let transfer = 2_000_000 + Int64((1_000.0 * 131_072 / 50e9 * 1e9).rounded())
        #expect(outcome.tokenNs[0][1] == first + transfer + model.nanoseconds(decode))
        #expect(outcome.load.finished == 1 && outcome.load.prefillTokens == 1_000)
        #expect(outcome.load.generatedTokens == 3)
    }

    @Test("Prompts stall nobody's tokens")
    func tails() {
        func tail(_ options: EngineOptions) -> Int64 {
            let run = VirtualRun(options: options)
            let gaps = run(arrivals(150, rate: 3, seed: 3)).tokenNs.flatMap { times in
                zip(times.dropFirst(2), times.dropFirst()).map { $0 - $1 }
            }.sorted()
            return gaps[gaps.count * 99 / 100]
        }
        var together = options(2)
        together.scheduler = .prefillFirst
        #expect(tail(disaggregated()) * 2 < tail(together))
    }

    @Test("An answer of one token needs no second engine")
    func oneToken() {
        let outcome = VirtualRun(options: disaggregated())([
            VirtualArrival(atNs: 0, promptTokens: 100, outputTokens: 1)
        ])
        #expect(outcome.tokenNs[0].count == 1 && outcome.load.finished == 1)
    }

    @Test("A request cancelled on any of its ways leaves nothing behind")
    func cancelled() throws {
        for step in 0..<12 {
            var fleet = EngineFleet(options: disaggregated())
            var deliveries: [Delivery] = []
            try fleet.submit(EngineRequest(id: 1, promptTokens: 500, outputTokens: 8), now: 0)
            fleet.plan(at: 0, into: &deliveries)
            var now: Int64 = 0
            for _ in 0..<step {
                guard let next = fleet.nextEventNs else { break }
                now = next
                fleet.advance(to: next, into: &deliveries)
            }
            let wasHeld = fleet.cancel(1, now: now)
            fleet.plan(at: now, into: &deliveries)
            fleet.advance(to: .max - 1, into: &deliveries)
            fleet.checkInvariants()
            #expect(fleet.load.usedBlocks == 0 && fleet.isIdle)
            #expect(fleet.load.finished + fleet.load.cancelled == 1, "\(step) \(wasHeld)")
        }
    }
}

@Suite("Migration")
struct MigrationTests {
    @Test("A stream that lacks memory moves to an engine that has it, and stalls for the copy")
    func moves() {
        var options = options(2)
        options.keyValueTokens = 1_600
        options.maxModelLen = 1_500
        options.preemption = .migrate
        options.routing = .roundRobin
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        // Two long ones on the first engine, a short one on the second.
        let work = zip([700, 50, 700], [300, 5, 300]).enumerated().map { index, lengths in
            VirtualArrival(
                atNs: Int64(index), promptTokens: lengths.0, outputTokens: lengths.1)
        }
        let outcome = run(work)
        #expect(outcome.migrations == 1 && outcome.load.preemptions == 1)
        #expect(outcome.load.prefillTokens == 1_450, "nothing is computed again")
        #expect(outcome.tokenNs.map(\.count) == [300, 5, 300])
        for times in outcome.tokenNs {
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        }

        // Without room elsewhere it is computed again where it was.
        options.engines = 1
        let alone = VirtualRun(options: options)([work[0], work[2]])
        #expect(alone.migrations == 0 && alone.load.preemptions > 0)
        #expect(alone.tokenNs.map(\.count) == [300, 300])
    }
}

@Suite("Every kind of engine, under loads drawn at random")
struct DrawnFleetTests {
    @Test(
        "Tokens, blocks and requests are conserved at every step",
        arguments: 0..<30 as Range<UInt64>)
    func conserved(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var options = EngineOptions()
        options.scheduler = SchedulerKind.allCases.randomElement(using: &random)!
        options.engines = Int.random(
            in: options.scheduler == .disaggregated ? 2...4 : 1...3, using: &random)
        options.routing = Routing.allCases.randomElement(using: &random)!
        options.maxSequences = Int.random(in: 1...20, using: &random)
        options.chunkBudget = Int.random(in: 100...600, using: &random)
        options.keyValueTokens = Int.random(in: 1_000...3_000, using: &random)
        options.maxModelLen = 900
        options.prefixCache = Bool.random(using: &random)
        if options.scheduler != .static {
            options.order = PromptOrder.allCases.randomElement(using: &random)!
            options.preemption = PreemptionKind.allCases.randomElement(using: &random)!
            if Bool.random(using: &random) {
                options.speculation = Speculation(
                    proposed: Int.random(in: 1...30, using: &random), acceptance: 0.6)
                // Full decodes leave room for a prefill.
                let least = options.maxSequences * (1 + (options.speculation?.proposed ?? 0))
                options.chunkBudget = max(options.chunkBudget, least)
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            options.abandonFor = ToldReader(speed: 20, ttftBudgetNs: 500_000_000)
        }
        options.seed = seed
        try options.validate()
        let work = (0..<40).map { _ in
            let shared = Int.random(in: 0...300, using: &random)
            let own = Int.random(in: 1...200, using: &random)
            let output = Int.random(in: 1...300, using: &random)
            let pieces = [
                TextPiece(seed: UInt64.random(in: 0..<4, using: &random), tokens: shared),
                TextPiece(seed: random.next(), tokens: own + output),
            ]
            return VirtualArrival(
                atNs: Int64.random(in: 0...6_000_000_000, using: &random),
                promptTokens: shared + own, outputTokens: output,
                contents: BlockContents(of: pieces).hashes)
        }
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        let outcome = run(work)
        #expect(outcome.refused.isEmpty)
        for (index, times) in outcome.tokenNs.enumerated() {
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
            if outcome.abandoned.contains(index) {
                #expect(times.count < work[index].outputTokens)
            } else {
                #expect(times.count == work[index].outputTokens)
            }
        }
        let load = outcome.load
        #expect(load.finished + load.abandoned == work.count)
        #expect(load.usedBlocks == 0 && load.running == 0 && load.waiting == 0)
        #expect(load.generatedTokens == outcome.tokenNs.reduce(0) { $0 + $1.count })
        #expect(load.promptTokens == work.reduce(0) { $0 + $1.promptTokens })
        #expect(outcome.peakKeyValueUse <= 1)
        run.checksInvariants = false
        #expect(run(work).tokenNs == outcome.tokenNs, "equal seeds, equal traces")
        run.tellsEachStep = true
        let told = run(work)
        #expect(told.tokenNs == outcome.tokenNs, "counted or visited, the same tokens")
        #expect(told.finishNs == outcome.finishNs && told.abandoned == outcome.abandoned)
        #expect(told.load == load && told.migrations == outcome.migrations)
        #expect(told.peakKeyValueUse == outcome.peakKeyValueUse)
    }
}

import Testing

@testable import EngineModel

private func options(_ kind: SchedulerKind) -> EngineOptions {
    var options = EngineOptions()
    options.scheduler = kind
    options.maxSequences = 4
    options.gpu = .a100x80
    return options
}

@Suite("Static batching")
struct StaticSchedulerTests {
    @Test("A batch starts when it is full, or a second after the oldest came")
    func begin() {
        let full = VirtualRun(options: options(.static))(
            (0..<4).map {
                VirtualArrival(atNs: Int64($0) * 1_000_000, promptTokens: 100, outputTokens: 10)
            })
        #expect(full.tokenNs[0][0] < 200_000_000)

        let patient = VirtualRun(options: options(.static))(
            (0..<2).map {
                VirtualArrival(atNs: Int64($0) * 1_000_000, promptTokens: 100, outputTokens: 10)
            })
        let wait = patient.tokenNs[0][0] - StaticScheduler.patienceNs
        #expect(wait > 0 && wait < 100_000_000, "\(wait)")
    }

    @Test("Nobody joins a batch before its longest answer is whole")
    func nobodyJoins() {
        let arrivals = [5, 40, 5, 5, 5].enumerated().map { index, output in
            VirtualArrival(atNs: Int64(index), promptTokens: 50, outputTokens: output)
        }
        let outcome = VirtualRun(options: options(.static))(arrivals)
        #expect(outcome.tokenNs[4][0] > outcome.tokenNs[1][39])
        #expect(outcome.tokenNs[0][4] < outcome.tokenNs[1][39])
    }

    @Test("Padding and held places cost as much as tokens")
    func padding() {
        let model = options(.static).stepTimes
        let outcome = VirtualRun(options: options(.static))(
            zip([1_000, 10, 10, 10], [3, 1, 1, 1]).map {
                VirtualArrival(atNs: 0, promptTokens: $0, outputTokens: $1)
            })
        var prefill = StepShape()
        for _ in 0..<4 { prefill.addChunk(.init(new: 1_000, cached: 0)) }
        #expect(outcome.tokenNs[1][0] == model.nanoseconds(prefill) + EngineCore.frontEndNs)
        var decode = StepShape()
        for _ in 0..<4 { decode.addDecode(context: 1_001) }
        #expect(outcome.tokenNs[0][1] - outcome.tokenNs[0][0] == model.nanoseconds(decode))
    }

    @Test("A batch is no larger than its answers' memory")
    func memory() {
        var options = options(.static)
        options.keyValueTokens = 2_000
        options.maxModelLen = 1_000
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        let outcome = run(
            (0..<4).map { _ in
                VirtualArrival(atNs: 0, promptTokens: 400, outputTokens: 200)
            })
        #expect(outcome.load.preemptions == 0)
        #expect(outcome.tokenNs[3][0] > outcome.tokenNs[2][199], "three fit, the fourth waits")
    }
}

@Suite("The order of those that wait")
struct PromptOrderTests {
    @Test(
        "The shortest prompt goes first, equal ones as they came; else first come, first served",
        arguments: [
            (PromptOrder.firstCome, [0, 1, 2, 3, 4]), (.shortestPrompt, [0, 3, 2, 4, 1]),
        ])
    func order(order: PromptOrder, expected: [Int]) {
        var options = options(.chunked)
        options.maxSequences = 1
        options.order = order
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        let prompts = [500, 900, 200, 50, 200]
        let outcome = run(
            prompts.enumerated().map { index, prompt in
                VirtualArrival(atNs: Int64(index), promptTokens: prompt, outputTokens: 3)
            })
        let firsts = outcome.tokenNs.map { $0[0] }
        #expect(firsts.indices.sorted { firsts[$0] < firsts[$1] } == expected)
    }

    @Test("In overload short prompts wait less and long ones more, and none is lost")
    func overload() {
        func waits(_ order: PromptOrder) -> (short: Int64, long: Int64) {
            var options = options(.prefillFirst)
            options.order = order
            let work = (0..<120).map { index in
                VirtualArrival(
                    atNs: Int64(index) * 20_000_000, promptTokens: index % 2 == 0 ? 40 : 3_000,
                    outputTokens: 30)
            }
            let outcome = VirtualRun(options: options)(work)
            #expect(outcome.load.finished == 120)
            var waits: [Int64] = [0, 0]
            for (index, times) in outcome.tokenNs.enumerated() {
                waits[index % 2] += times[0] - work[index].atNs
            }
            return (waits[0], waits[1])
        }
        let (fair, short) = (waits(.firstCome), waits(.shortestPrompt))
        #expect(short.short < fair.short / 2, "\(fair), \(short)")
        #expect(short.long > fair.long)
    }
}

@Suite("Swapping")
struct SwapTests {
    /// Two sequences that grow into the same memory.
    private func outcome(_ preemption: PreemptionKind) -> VirtualRun.Outcome {
        var options = options(.chunked)
        options.keyValueTokens = 1_600
        options.maxModelLen = 1_500
        options.chunkBudget = 2_000
        options.preemption = preemption
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        return run(
            (0..<2).map {
                VirtualArrival(atNs: Int64($0), promptTokens: 700, outputTokens: 300)
            })
    }

    @Test("Keys and values are copied there and back instead of computed again")
    func copies() {
        let swapped = outcome(.swap)
        let recomputed = outcome(.recompute)
        #expect(swapped.load.preemptions == 1 && swapped.load.swaps == 1)
        #expect(swapped.load.prefillTokens == 1_400)
        #expect(recomputed.load.prefillTokens > 2_000)
        // There and back, each all that was computed.
        let bytes = Int64(ServedModel.llama8B.keyValueBytesPerToken)
        #expect(swapped.load.swappedBytes % (2 * bytes) == 0)
        #expect(swapped.load.swappedBytes / (2 * bytes) > 700)
        #expect(swapped.tokenNs.allSatisfy { $0.count == 300 })
        #expect(swapped.load.usedBlocks == 0)
    }

    @Test("One channel each way, first come first served")
    func channels() {
        var channels = SwapChannels(bytesPerSecond: 1e9)
        channels.copyOut(1, bytes: 2_000, blocks: 3, now: 100)
        channels.copyOut(2, bytes: 1_000, blocks: 4, now: 150)
        channels.copyBack(3, bytes: 500, now: 150)
        #expect(channels.leavingBlocks == 7)
        #expect(channels.nextEndNs == 650)
        #expect(channels.endedBack(by: 649) == nil)
        #expect(channels.endedBack(by: 650) == 3)
        #expect(channels.endedOut(by: 2_099) == nil)
        #expect(channels.endedOut(by: 3_100) == 1)
        #expect(channels.leavingBlocks == 4)
        #expect(channels.endedOut(by: 3_099) == nil)
        channels.forget(2)
        #expect(channels.leavingBlocks == 0 && channels.nextEndNs == nil)
    }

    @Test("A sequence cancelled on its way frees its blocks")
    func cancelled() throws {
        var options = options(.chunked)
        options.keyValueTokens = 1_600
        options.maxModelLen = 1_500
        options.preemption = .swap
        var core = EngineCore(options: options)
        try core.submit(EngineRequest(id: 0, promptTokens: 700, outputTokens: 300), now: 0)
        try core.submit(EngineRequest(id: 1, promptTokens: 700, outputTokens: 300), now: 0)
        var emissions: [Emission] = []
        var now: Int64 = 0
        while true {
            let step = core.nextStep(now: now)
            // The one that stays has no block before the other's are copied.
            if core.load.swaps > 0 { break }
            now = try #require(step).endNs
            core.completeStep(now: now, into: &emissions)
        }
        let end = try #require(core.wakeNs)
        #expect(core.step == nil && end > now)
        core.cancel(1, now: now)
        core.checkInvariants()
        #expect(core.nextStep(now: now) != nil, "its blocks are free at once")
        core.cancel(0, now: now)
        core.checkInvariants()
        core.completeStep(now: core.step?.endNs ?? now, into: &emissions)
        #expect(core.load.usedBlocks == 0 && core.isIdle)
    }
}

@Suite("Prefix cache")
struct PrefixCacheTests {
    private func outcome(cache: Bool, apart ns: Int64) -> VirtualRun.Outcome {
        var options = options(.chunked)
        options.prefixCache = cache
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        return run(
            (0..<3 as Range<UInt64>).map { index in
                let pieces = [
                    TextPiece(seed: 7, tokens: 320), TextPiece(seed: 100 + index, tokens: 80),
                ]
                return VirtualArrival(
                    atNs: Int64(index) * ns, promptTokens: 400, outputTokens: 20,
                    contents: BlockContents(of: pieces).hashes)
            })
    }

    @Test("A prefix that is there costs no prefill, and is counted")
    func hits() {
        let cached = outcome(cache: true, apart: 1_000_000_000)
        let plain = outcome(cache: false, apart: 1_000_000_000)
        #expect(plain.load.prefillTokens == 1_200 && plain.load.cachedTokens == 0)
        #expect(cached.load.cachedTokens == 640 && cached.load.prefillTokens == 560)
        #expect(cached.load.cacheableTokens == 640 && cached.load.promptTokens == 1_200)
        #expect(cached.tokenNs[1][0] < plain.tokenNs[1][0])
        #expect(cached.load.usedBlocks == 0)
    }

    @Test("What is not computed yet is not found, though a cache without end would have it")
    func atOnce() {
        let cached = outcome(cache: true, apart: 0)
        #expect(cached.load.cachedTokens == 0 && cached.load.cacheableTokens == 640)
    }

    @Test("An equal prompt still runs one token")
    func wholePrompt() {
        var options = options(.chunked)
        options.prefixCache = true
        let contents = BlockContents(of: [TextPiece(seed: 1, tokens: 64)]).hashes
        let outcome = VirtualRun(options: options)(
            (0..<2).map {
                VirtualArrival(
                    atNs: Int64($0) * 1_000_000_000, promptTokens: 64, outputTokens: 2,
                    contents: contents)
            })
        #expect(outcome.load.cachedTokens == 48 && outcome.load.prefillTokens == 64 + 16)
    }

    @Test("A conversation's next turn finds prompt and answer of the turn before")
    func turns() {
        var options = options(.prefillFirst)
        options.prefixCache = true
        let first = [TextPiece(seed: 1, tokens: 100), TextPiece(seed: 2, tokens: 60)]
        let second = first + [TextPiece(seed: 3, tokens: 40)]
        let outcome = VirtualRun(options: options)([
            VirtualArrival(
                atNs: 0, promptTokens: 100, outputTokens: 60,
                contents: BlockContents(of: first).hashes),
            VirtualArrival(
                atNs: 5_000_000_000, promptTokens: 200, outputTokens: 5,
                contents: BlockContents(of: second).hashes),
        ])
        // The answer's last token was never computed, so its block is not full.
        #expect(outcome.load.cachedTokens == 144)
    }
}

@Suite("Speculation")
struct SpeculationTests {
    private func outcome(_ acceptance: Double) -> VirtualRun.Outcome {
        var options = options(.chunked)
        options.speculation = Speculation(proposed: 3, acceptance: acceptance)
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        return run([VirtualArrival(atNs: 0, promptTokens: 100, outputTokens: 401)])
    }

    @Test("Right proposals come with the step, wrong ones cost their run", arguments: [0, 0.5, 1])
    func steps(acceptance: Double) {
        let outcome = outcome(acceptance)
        #expect(outcome.tokenNs[0].count == 401)
        // a + a^2 + a^3 more tokens a step.
        let each = 1 + acceptance + acceptance * acceptance + acceptance * acceptance * acceptance
        let expected = 400 / each + 1
        #expect(abs(Double(outcome.load.steps) - expected) <= 0.1 * expected, "\(outcome.load)")
        #expect(outcome.load.usedBlocks == 0)
    }

    @Test("No more is proposed than an answer may still have")
    func end() {
        var shape = StepShape()
        shape.addDecode(context: 10, new: 4)
        #expect(shape.newTokens == 4 && shape.sequences == 1 && shape.decodes == 1)
        let times = outcome(1).tokenNs[0]
        #expect(Set(times).count == 101)
    }
}

@Suite("Abandonment")
struct AbandonTests {
    @Test("Answers are given up when a token is late, or the next one is overdue")
    func late() {
        var options = options(.prefillFirst)
        options.maxSequences = 1
        options.abandonFor = ToldReader(speed: 5, ttftBudgetNs: 300_000_000)
        var run = VirtualRun(options: options)
        run.checksInvariants = true
        let outcome = run(
            (0..<3).map {
                VirtualArrival(atNs: Int64($0), promptTokens: 100, outputTokens: 200)
            })
        // One at a time: the others wait longer than their readers.
        #expect(outcome.abandoned == [1, 2])
        #expect(outcome.tokenNs.map(\.count) == [200, 0, 0])
        #expect(outcome.load.abandoned == 2 && outcome.load.finished == 1)
        #expect(outcome.load.usedBlocks == 0)
        for index in 1...2 {
            let waited = outcome.finishNs[index] - Int64(index) - EngineCore.frontEndNs
            #expect(waited > 300_000_000 && waited < 340_000_000, "\(waited)")
        }
    }

    @Test("A request's own reader goes before the engine's")
    func own() {
        var options = options(.prefillFirst)
        options.maxSequences = 1
        options.abandonFor = ToldReader(speed: 5, ttftBudgetNs: 1)
        let outcome = VirtualRun(options: options)([
            VirtualArrival(
                atNs: 0, promptTokens: 100, outputTokens: 10,
                deadline: ReaderDeadline(firstNs: .max, tokenNs: 1)),
            VirtualArrival(atNs: 0, promptTokens: 100, outputTokens: 10),
        ])
        #expect(outcome.abandoned == [1])
    }
}

import Goodput
import Randomness
import Testing

@testable import Loss

/// Rules that hold for the loss of any run.
@Suite struct LossPropertyTests {
    static let seeds: ClosedRange<UInt64> = 1...120

    @Test(arguments: seeds)
    func everyLossIsThatOfTheDefinition(seed: UInt64) throws {
        let run = try RandomRun(seed: seed)
        let loss = try run.attributed()
        var plain = PlainLoss(start: run.interval.begin)
        for (index, request) in run.requests.enumerated() { plain.add(request, run.reader(index)) }
        for cause in LossCause.allCases {
            #expect(isClose(loss.whole[cause], plain.causes[cause] ?? 0), "\(cause)")
            for (bin, lost) in loss.whole.timeline(of: cause).enumerated() {
                #expect(isClose(lost, plain.bins[bin]?[cause] ?? 0), "\(cause) in bin \(bin)")
            }
        }
        let worst = plain.worst
        #expect(loss.whole.worst.count == worst.count)
        for (a, b) in zip(loss.whole.worst, worst) {
            #expect(isClose(a.tokensLost, b.tokensLost))
            #expect(a.id == b.id && a.token == b.token && a.cause == b.cause)
            #expect(a.from == b.from && a.to == b.to)
        }
    }

    /// Tokens delivered less the benefit, in every partition; and second by second the throughput
    /// less the smooth timeline.
    @Test(arguments: seeds)
    func theCausesAddUpInEveryPartition(seed: UInt64) throws {
        let run = try RandomRun(seed: seed)
        let loss = try run.attributed()
        var scoring = RunScoring(
            over: run.interval, agents: RandomRun.agents, readers: run.readers,
            beside: run.readers[0])
        var byServer = [CompensatedSum](repeating: CompensatedSum(), count: RandomRun.servers)
        for (index, request) in run.requests.enumerated() {
            let parts = run.parts[index]
            try scoring.add(
                request,
                at: RunScoring.Group(agent: parts.agentIndex, classIndex: parts.classIndex))
            let score = try RequestScore(request, for: run.reader(index))
            byServer[parts.serverIndex].add(Double(score.tokens) - score.benefit)
        }
        _ = scoring.close()
        let scores = scoring.figures()
        expect(loss.whole, scores.whole, run) { _ in true }
        for (agent, totals) in scores.agents.enumerated() {
            expect(loss.agents[agent], totals, run) { $0.agentIndex == agent }
        }
        for (index, totals) in scores.classes.enumerated() {
            expect(loss.classes[index], totals, run) { $0.classIndex == index }
        }
        for (server, lost) in byServer.enumerated() where server < loss.servers.count {
            #expect(isClose(loss.servers[server].tokensLost, lost.value))
        }
        for parts in [loss.agents, loss.classes, loss.servers] {
            for cause in LossCause.allCases {
                #expect(isClose(parts.reduce(0) { $0 + $1[cause] }, loss.whole[cause]))
            }
            #expect(
                isClose(parts.reduce(0) { $0 + $1.tokensLost }, loss.whole.tokensLost))
        }
    }

    private func expect(
        _ part: LossPart, _ totals: RunTotals, _ run: RandomRun,
        _ isOfPart: (LossAttribution.Parts) -> Bool
    ) {
        #expect(isClose(part.tokensLost, Double(totals.tokens) - totals.benefit))
        var delivered: [Int: Double] = [:]
        for (request, parts) in zip(run.requests, run.parts) where isOfPart(parts) {
            for event in request.tokens {
                let bin = Int((event.time - run.interval.begin) / Timeline.bin)
                delivered[bin, default: 0] += Double(event.count)
            }
        }
        let smooth = totals.timeline?.smooth ?? []
        let lists = LossCause.allCases.map { part.timeline(of: $0) }
        #expect(part.bins <= smooth.count)
        for (bin, earned) in smooth.enumerated() {
            let lost = lists.reduce(0) { $0 + (bin < $1.count ? $1[bin] : 0) }
            #expect(isClose(lost, (delivered[bin] ?? 0) - earned), "bin \(bin)")
        }
        if let last = (0..<part.bins).last {
            #expect(lists.contains { $0[last] != 0 }, "the list ends with a loss")
        }
    }

    @Test(arguments: seeds)
    func theOrderOfRequestsDoesNotMatter(seed: UInt64) throws {
        let run = try RandomRun(seed: seed)
        var random = SplitMix64(seed: seed)
        var shuffled = LossAttribution(
            over: run.interval, agents: RandomRun.agents, readers: run.readers)
        for index in run.requests.indices.shuffled(using: &random) {
            try shuffled.add(run.requests[index], of: run.parts[index])
        }
        let a = try run.attributed()
        let b = shuffled.figures()
        #expect(a.whole.worst == b.whole.worst)
        #expect(a.stalls?.map(\.shared) == b.stalls?.map(\.shared))
        for cause in LossCause.allCases { #expect(isClose(a.whole[cause], b.whole[cause])) }
    }

    /// A shift of all times, as far as 2^62 ns, changes nothing at all but the stamps of waits.
    @Test(arguments: [1_000_000_000_000_000, 1 << 62, -(1 << 62)] as [Int64])
    func aShiftInTimeChangesNothing(shift: Int64) throws {
        let run = try RandomRun(seed: 5)
        let here = try run.attributed()
        var moved = LossAttribution(
            over: try ServingInterval(
                begin: run.interval.begin + shift, end: run.interval.end + shift),
            agents: RandomRun.agents, readers: run.readers)
        for (request, parts) in zip(run.requests, run.parts) {
            try moved.add(request.moved(by: shift), of: parts)
        }
        let there = moved.figures()
        #expect(here.stalls == there.stalls)
        for cause in LossCause.allCases {
            #expect(here.whole[cause] == there.whole[cause])
            #expect(here.whole.timeline(of: cause) == there.whole.timeline(of: cause))
        }
        for (a, b) in zip(here.whole.worst, there.whole.worst) {
            #expect(a.from + shift == b.from && a.tokensLost == b.tokensLost)
        }
    }

    /// A server that did the same for a request that left in time costs what the causes other than
    /// our own lateness say.
    @Test(arguments: seeds)
    func ourLatenessCostsWhatALaterSendCosts(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(
            ScoringParameters(readingSpeed: 30, ttftBudget: 200_000_000, penalty: .linear))
        let request = RequestTimes.random(id: 0, using: &random)
        let late = max(0, (request.sent ?? request.scheduled) - request.scheduled)
        var inTime = request
        inTime.scheduled += late
        let own = try attribute(request, reader)
        let served = try attribute(inTime, reader)
        #expect(isClose(own.tokensLost - own[.clientLate], served.tokensLost))
        #expect(served[.clientLate] == 0)
    }

    private func attribute(_ request: RequestTimes, _ reader: Reader) throws -> LossPart {
        var loss = LossAttribution(
            over: try #require(try ServingInterval(over: [request])), agents: 1, readers: [reader])
        try loss.add(request, of: .only)
        return loss.figures().whole
    }
}

extension LossAttribution.Parts {
    static let only = LossAttribution.Parts(agentIndex: 0, classIndex: 0, serverIndex: 0)
}

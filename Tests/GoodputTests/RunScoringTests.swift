import Randomness
import Testing

@testable import Goodput

/// A run that is scored as its requests come has the figures of one that is at hand as a whole.
@Suite struct RunScoringTests {
    /// A run of several agents, classes and servers, some answers of which did not stream.
    private struct Run {
        var requests: [RequestTimes] = []
        var groups: [RunScoring.Group] = []
        let readers: [Reader]
        let interval: ServingInterval
        static let agents = 3

        init(_ count: Int, spread: Int, using random: inout SplitMix64) throws {
            readers = try [
                Reader(.random(using: &random)), Reader(.random(using: &random)),
            ]
            for id in 0..<count {
                var request = RequestTimes.random(id: id, using: &random)
                // Few lengths of gaps, so that bins have counters.
                if spread > 0 {
                    var at = request.scheduled
                    for index in request.tokens.indices {
                        at += Int64.random(in: 0...3, using: &random) * Int64(spread)
                        request.tokens[index].time = at
                    }
                    request.finish = at
                }
                request.sent = Bool.random(using: &random) ? request.scheduled + 5 : nil
                request.isStreamed = Int.random(in: 0..<8, using: &random) > 0
                requests.append(request)
                groups.append(
                    RunScoring.Group(
                        agent: Int.random(in: 0..<Self.agents, using: &random),
                        classIndex: Int.random(in: 0...1, using: &random),
                        suspect: Bool.random(using: &random)
                            ? Int.random(in: 0...1, using: &random) : nil))
            }
            interval = try #require(try ServingInterval(over: requests))
        }

        func scores(
            _ ranks: PercentileRanks, tolerance: Double? = nil, without suspects: Set<Int>,
            mostStored: Int, cells: Int = 1
        ) throws -> RunScores {
            var scoring = RunScoring(
                over: interval,
                agents: Self.agents, readers: readers, beside: try Reader(.robust), ranks: ranks,
                tolerance: tolerance, cells: cells, mostStored: mostStored)
            for (request, group) in zip(requests, groups) { try scoring.add(request, at: group) }
            let isAskedAgain = scoring.close(withoutStreams: suspects)
            #expect(isAskedAgain == (mostStored < 100))
            if isAskedAgain { for request in requests { scoring.addGaps(of: request.tokens) } }
            return scoring.figures()
        }

        /// The requests, those that did not stream after all marked as such.
        func known(without suspects: Set<Int>) -> [RequestTimes] {
            zip(requests, groups).map { request, group in
                var request = request
                if let suspect = group.suspect, suspects.contains(suspect) {
                    request.isStreamed = false
                }
                return request
            }
        }
    }

    @Test(arguments: 300...330 as ClosedRange<UInt64>, [0, 1 << 24])
    func figuresAreThoseOfTheWhole(seed: UInt64, mostStored: Int) throws {
        var random = SplitMix64(seed: seed)
        let spread = [0, 0, 7, 40_000_000].randomElement(using: &random) ?? 0
        let run = try Run(80, spread: spread, using: &random)
        let ranks = try PercentileRanks(parsing: "0,2.5,50,95,99.9,100")
        let suspects: Set<Int> = seed % 3 == 0 ? [] : [Int(seed % 2)]
        let scores = try run.scores(
            ranks, without: suspects, mostStored: mostStored, cells: seed % 2 == 0 ? 1 : 9_999)
        let requests = run.known(without: suspects)
        func agree(_ totals: RunTotals, _ readers: [Reader], _ isPart: (Int) -> Bool) throws -> Bool
        {
            let members = requests.indices.filter(isPart)
            let plain = try PlainTotals(
                members.map { requests[$0] }, members.map { readers[$0] },
                start: run.interval.begin)
            return plain.agree(with: totals, ranks)
        }
        let readers = run.groups.map { run.readers[$0.classIndex] }
        #expect(try agree(scores.whole, readers) { _ in true })
        let robust = try requests.map { _ in try Reader(.robust) }
        #expect(try agree(scores.beside, robust) { _ in true })
        for agent in 0..<Run.agents {
            #expect(try agree(scores.agents[agent], readers) { run.groups[$0].agent == agent })
        }
        for each in 0...1 {
            #expect(try agree(scores.classes[each], readers) { run.groups[$0].classIndex == each })
        }
    }

    /// A part without requests has no figures, one with all of them has those of the whole.
    @Test func partsMayBeEmptyOrAll() throws {
        var random = SplitMix64(seed: 4)
        let requests = RequestTimes.random(count: 10, using: &random)
        let reader = try Reader(.default)
        var scoring = RunScoring(
            over: try #require(try ServingInterval(over: requests)), agents: 2,
            readers: [reader, reader], beside: reader)
        for request in requests { try scoring.add(request, at: .only) }
        let isAskedAgain = scoring.close()
        #expect(!isAskedAgain)
        let scores = scoring.figures()
        #expect(scores.agents == [scores.whole, RunTotals()])
        #expect(scores.classes == [scores.whole, RunTotals()] && scores.beside == scores.whole)
    }

    /// Gaps on either side of a limit are counted exactly wherever a percentile's tolerance ends.
    @Test(arguments: 400...430 as ClosedRange<UInt64>, [0, 1 << 24])
    func gapsAreCountedAroundPercentiles(seed: UInt64, mostStored: Int) throws {
        var random = SplitMix64(seed: seed)
        let spread = [0, 0, 7, 40_000_000].randomElement(using: &random) ?? 0
        let run = try Run(Int.random(in: 1...60, using: &random), spread: spread, using: &random)
        guard run.requests.contains(where: { $0.isStreamed && $0.tokens.count > 1 }) else { return }
        let scores = try run.scores(
            .standard, tolerance: 0.05, without: [1], mostStored: mostStored)
        let gaps = run.known(without: [1]).filter(\.isStreamed).flatMap { request in
            zip(request.tokens, request.tokens.dropFirst()).map { $1.time - $0.time }
        }.filter { $0 > 0 }
        for figures in [scores.whole.tbt, scores.whole.interChunk].compactMap({ $0 }) {
            for rank in PercentileRanks.standard.ranks {
                let value = try #require(figures[rank])
                let slack = 0.05 * (value > 0 ? value : figures.mean)
                for limit in [value - slack, value + slack] where limit > 0 {
                    #expect(scores.gaps.below(limit) == gaps.count { Double($0) < limit })
                    #expect(scores.gaps.above(limit) == gaps.count { Double($0) > limit })
                }
            }
        }
    }

    @Test(arguments: [1, 100, 1_000])
    func binsTileAllSpans(cells: Int) {
        let bins = GapBins(cells: cells)
        var next: Int64 = 0
        // The first bin that does not begin where the one ahead ends, or does not hold its spans.
        let wrong = (0..<(50 << bins.bits)).first { bin in
            let spans = bins.spans(of: bin)
            defer { next = spans.upperBound + 1 }
            return spans.lowerBound != next || bins.bin(of: spans.lowerBound) != bin
                || bins.bin(of: spans.upperBound) != bin
        }
        #expect(wrong == nil)
        #expect(next > 1 << 50)
        #expect(bins.spans(of: bins.bin(of: .max)).upperBound == .max)
    }

    /// Each mistake is the one that a single score names.
    @Test func mistakesAreNamed() throws {
        let reader = try Reader(.default)
        for tokens in [
            [TokenEvent(time: 5), TokenEvent(time: 4)], [TokenEvent(time: -1)],
            [TokenEvent(time: 50)], [TokenEvent(time: 5, count: 0)],
            [TokenEvent(time: 1, count: .max), TokenEvent(time: 2, count: .max)],
        ] {
            let request = RequestTimes(id: 7, scheduled: 0, tokens: tokens, finish: 9)
            let expected = #expect(throws: ScoringError.self) {
                try RequestScore(request, for: reader)
            }
            var scoring = RunScoring(
                over: try ServingInterval(begin: 0, end: 9), agents: 1, readers: [reader],
                beside: reader)
            let error = #expect(throws: ScoringError.self) {
                try scoring.add(request, at: .only)
            }
            #expect(error == expected)
        }
    }
}

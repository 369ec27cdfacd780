import Goodput
import Randomness
import Testing

@testable import Sampling

@Suite struct RunSamplingTests {
    private let reader: Reader
    private let robust: Reader

    init() throws {
        reader = try Reader(
            ScoringParameters(
                ttftBudget: 120_000_000, incomplete: .void, reads: .answer,
                objectives: Objectives(
                    ttft: 150_000_000, tpot: 25_000_000, tbt: 38_000_000, e2e: 400_000_000)))
        robust = try Reader(.robust)
    }

    private func samples(
        _ requests: [RequestTimes], _ load: ArrivalLoad = .open,
        mostKept: Int = RunSampling.mostKept
    ) throws -> RunSamples {
        try #require(
            try RunSamples(of: requests, for: reader, load, mostKept: mostKept))
    }

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func figuresAreThoseOfTheDefinitions(seed: UInt64) throws {
        let users = seed % 3 == 0 ? 5 : 0
        let load: ArrivalLoad = users > 0 ? .closed(users: users) : .open
        let requests = DrawnRun(seed: seed, hasChunks: seed % 2 == 0).times()
        let samples = try samples(requests, load, mostKept: seed % 4 == 0 ? 0 : 1 << 20)
        let ordered = requests.sorted { ($0.scheduled, $0.id) < ($1.scheduled, $1.id) }
        let begin = ordered[users].scheduled
        let last = try #require(ordered.last?.scheduled)
        let end = try #require(requests.map(\.finish).max())
        let plain = PlainSampling(steady: samples.steady, reader: reader, robust: robust)
        let run = try plain.scope(
            requests, from: begin, length: Double(last - begin) / 1e9,
            over: Double(end - ordered[0].scheduled) / 1e9,
            fill: Set(ordered[..<users].map(\.id)))
        let wrong = differences(try #require(samples.run).plainFields, run)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
        guard let window = samples.steady.window, let length = samples.steady.length,
            samples.steady.isSteady
        else {
            #expect(samples.window == nil)
            return
        }
        let within = requests.filter { window.contains($0.scheduled) }
        let expected = try plain.scope(
            within, from: window.lowerBound, length: length, over: length)
        let wrongWithin = differences(try #require(samples.window).plainFields, expected)
        #expect(wrongWithin.isEmpty, "\(wrongWithin.joined(separator: "\n"))")
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func timesPerTokenAreExactMedians(seed: UInt64) throws {
        let requests = DrawnRun(seed: seed, hasChunks: seed % 3 > 0).times()
        var survey = ArrivalSurvey()
        for request in requests { survey.add(request) }
        let span = try #require(try survey.span(.open))
        var bins = PaceBins(span)
        let streams = requests.filter(\.isStreamed).map(\.tokens)
        for tokens in streams { bins.count(tokens) }
        let isSearched = bins.beginSearch()
        #expect(isSearched)
        for tokens in streams { bins.search(tokens) }
        bins.beginFractions()
        for tokens in streams { bins.addFractions(of: tokens) }
        let expected = PlainSampling.paces(
            requests, begin: span.begin.scheduled, end: span.end)
        #expect(bins.paces.count == 64)
        for (pace, expected) in zip(bins.paces, expected) {
            #expect((pace - expected).magnitude <= 1e-9 * max(1, expected))
        }
    }

    @Test(arguments: [0, 1, 500, 1 << 20])
    func keptEventsAndFurtherPassesAgree(mostKept: Int) throws {
        let requests = DrawnRun(seed: 3, mostTokens: 30).times()
        let kept = try samples(requests)
        let passed = try samples(requests, mostKept: mostKept)
        #expect(kept.steady == passed.steady)
        #expect(kept.run == passed.run)
        #expect(kept.window == passed.window)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func theOrderOfRequestsDoesNotMatter(seed: UInt64) throws {
        let requests = DrawnRun(seed: seed).times()
        var rng = SplitMix64(seed: seed)
        let first = try samples(requests)
        let second = try samples(requests.shuffled(using: &rng))
        #expect(first.steady.verdict == second.steady.verdict)
        let wrong = differences(
            try #require(first.run).plainFields, try #require(second.run).plainFields)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    @Test(arguments: [-(1 << 62), 0, 1 << 62] as [Int64])
    func nothingIsLostFarFromZero(start: Int64) throws {
        var run = DrawnRun(seed: 12)
        let near = try samples(run.times())
        let origin = run.start
        run.start = start
        let far = try samples(run.times())
        #expect(near.run == far.run)
        #expect(near.window == far.window)
        var steady = far.steady
        steady.window = steady.window.map {
            $0.lowerBound - start + origin..<$0.upperBound - start + origin
        }
        #expect(steady == near.steady)
    }

    /// A longer last arrival would be two windows; a slower server is found out.
    @Test func aServerThatBecomesSlowerDrifts() throws {
        let found = try (1...12 as ClosedRange<UInt64>).map { seed in
            let run = DrawnRun(
                seed: seed, requests: 400, mostTokens: 40, failures: 0, slowdown: 2)
            return try samples(run.times()).steady.verdict
        }
        #expect(found.count { $0 == .drifting(.pace) } >= 10, "\(found)")
    }

    @Test func arrivalsThatBecomeDenserDrift() throws {
        var requests = DrawnRun(seed: 1, requests: 400, failures: 0).times()
        let start = try #require(requests.map(\.scheduled).min())
        let length = try #require(requests.map(\.scheduled).max()) - start
        for index in requests.indices {
            // A square root: twice as dense at the end as on average.
            let place = Double(requests[index].scheduled - start) / Double(length)
            let moved = start + Int64(place.squareRoot() * Double(length))
            let shift = moved - requests[index].scheduled
            requests[index].scheduled += shift
            requests[index].finish += shift
            for event in requests[index].tokens.indices {
                requests[index].tokens[event].time += shift
            }
        }
        let steady = try samples(requests).steady
        #expect([.drifting(.arrivals), .drifting(.late)].contains(steady.verdict))
        #expect(steady.verdict != .drifting(.arrivals) || steady.arrivalsGrew)
    }

    @Test func aPlannedChangeHasNoSteadyState() throws {
        let samples = try samples(DrawnRun(seed: 5).times(), .changing)
        #expect(samples.steady.verdict == .stages)
        #expect(samples.steady.window == nil)
        #expect(samples.window == nil)
        let throughput = try #require(samples.run?[.throughput])
        #expect(throughput.noInterval == .verdict(.stages))
    }
}

import Goodput
import Testing

@testable import Sampling

@Suite struct SamplingEdgeTests {
    private func samples(
        _ requests: [RequestTimes], _ load: ArrivalLoad = .open,
        _ parameters: ScoringParameters = .default
    ) throws -> RunSamples? {
        try RunSamples(of: requests, for: try Reader(parameters), load)
    }

    private func failed(_ id: Int, at scheduled: Int64) -> RequestTimes {
        RequestTimes(
            id: id, scheduled: scheduled, tokens: [], finish: scheduled + 1_000_000,
            outcome: .failed)
    }

    @Test func noRequestHasNoSamples() throws {
        #expect(try samples([]) == nil)
        #expect(SteadyState.ofNothing.verdict == .tooShort(.count))
    }

    @Test(arguments: [1, 40])
    func oneInstantIsTooShort(count: Int) throws {
        let requests = (0..<count).map { id in
            RequestTimes(id: id, scheduled: 5, tokens: [TokenEvent(time: 9)], finish: 9)
        }
        let samples = try #require(try samples(requests))
        #expect(samples.steady.verdict == .tooShort(.count))
        #expect(samples.run == nil)
        #expect(samples.window == nil)
    }

    /// Spans shorter than their 64 bins.
    @Test(arguments: [1, 2, 63, 64, 65] as [Int64])
    func spansOfNanosecondsAreSound(length: Int64) throws {
        let requests = (0..<80).map { id in
            RequestTimes(
                id: id, scheduled: Int64(id) % (length + 1),
                tokens: [TokenEvent(time: 80), TokenEvent(time: 90, count: 3)], finish: 100)
        }
        let samples = try #require(try samples(requests))
        #expect(!samples.steady.isSteady)
        #expect(samples.run?[.throughput].value.isFinite == true)
    }

    @Test func onlyFailuresHaveNoTimePerToken() throws {
        let requests = (0..<100).map { failed($0, at: Int64($0) * 100_000_000) }
        let samples = try #require(try samples(requests))
        #expect(samples.steady.verdict == .tooShort(.count))
        #expect(samples.steady.requests == 99)
        let run = try #require(samples.run)
        #expect(run[.throughput].value == 0)
        #expect(run.tbt[.p50]?.noInterval == .empty)
        #expect(run[.idle][.p50]?.value == 0)
    }

    @Test func requestsThatEndAtOnceHaveNoStay() throws {
        let requests = (0..<100).map { id in
            RequestTimes(
                id: id, scheduled: Int64(id) * 1_000, tokens: [], finish: Int64(id) * 1_000,
                outcome: .failed)
        }
        let steady = try #require(try samples(requests)).steady
        #expect(steady.verdict == .tooShort(.count))
        #expect(steady.residence == 0)
    }

    /// A request a bin, each open for four: the fourth bin is the first with as many as most have.
    @Test func theWindowBeginsWhereTheMedianIsReached() throws {
        var survey = ArrivalSurvey()
        for id in 0...64 {
            let scheduled = 5_000 + Int64(id) * 1_000
            survey.add(
                id: id, scheduled: scheduled, finish: scheduled + 4_000, outcome: .completed)
        }
        let span = try #require(try survey.span(.open))
        #expect(span.levels.prefix(5) == [1, 2, 3, 4, 4])
        #expect(span.firstBin == 3)
        #expect(span.window == 8_000..<69_000)
        #expect(span.windowRequests == 61)
        #expect(span.residence == 4e-6)
    }

    @Test func aFullLoopOfFewRequestsHasNoFill() throws {
        let requests = (0..<40).map { failed($0, at: Int64($0) * 100_000_000) }
        let few = try #require(try samples(requests, .closed(users: 40)))
        #expect(few.arrivals.lowerBound == 0)
        let many = try #require(try samples(requests, .closed(users: 39)))
        #expect(many.arrivals.lowerBound == 3_900_000_000)
        #expect(many.run == nil)
        #expect(many.steady.verdict == .tooShort(.count))
    }

    @Test func aCutRequestEndsWhatIsUsed() throws {
        var requests = DrawnRun(seed: 2).times().sorted { $0.id < $1.id }
        requests[10].outcome = .unfinished
        let samples = try #require(try samples(requests))
        #expect(samples.steady.verdict == .tooShort(.unfinished))
        #expect(samples.arrivals.upperBound == requests[10].scheduled)
        #expect(samples.steady.seen == 11)
    }

    @Test func badTimesNameTheRequest() throws {
        var requests = DrawnRun(seed: 2).times()
        requests[7].finish = requests[7].scheduled - 1
        let id = requests[7].id
        #expect {
            _ = try samples(requests)
        } throws: { error in
            guard case .request(let named, _) = error as? ScoringError else { return false }
            return named == id
        }
        requests[7].scheduled = .min
        requests[7].finish = .max
        #expect(throws: ScoringError.self) { try samples(requests) }
    }

    /// A penalty beyond all measure leaves no number that is none.
    @Test func hugeBenefitsHaveNoInterval() throws {
        var parameters = ScoringParameters.default
        parameters.ttftBudget = 0
        parameters.penalty = .exponential(tau: 0.0005)
        let requests = DrawnRun(seed: 4, failures: 0).times()
        let samples = try #require(try samples(requests, .open, parameters))
        let figure = try #require(samples.run?[.smoothGoodput])
        #expect(figure.steepness.isFinite)
        #expect(figure.low == nil)
        #expect(figure.noInterval != nil)
    }
}

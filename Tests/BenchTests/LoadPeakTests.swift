import Goodput
import Testing
import Workload

@testable import Bench

/// Peaks of small plans that can be counted by hand: a first token after 1 s, then one every 0.1 s.
@Suite struct LoadPeakTests {
    private let pace = ExpectedPace(firstTokenNs: 1_000_000_000, tokenNs: 100_000_000)
    private let open = [StagePlan(kind: .open, beginNs: 0, endNs: nil)]

    private func request(
        _ index: UInt32, at ns: Int64?, tokens: UInt32, session: UInt32? = nil, turn: UInt16 = 0
    ) -> PlannedRequest {
        PlannedRequest(
            index: index, phase: .scored, stage: 0, classIndex: 0, session: session ?? index,
            turn: turn, scheduledNs: ns, thinkNs: 0, inputTokens: 1, outputTokens: tokens,
            prompt: [PromptSegment(seed: UInt64(index), tokens: 1)])
    }

    @Test func oneRequestIsOneStreamAndSpreadsItsTokens() throws {
        let load = PlannedLoad(requests: [request(0, at: 0, tokens: 15)], stages: open)
        // Tokens at 1.0, 1.1, ... 2.4 s: ten in the second second.
        let peak = try #require(load.peak(pace))
        #expect(peak == LoadPeak(streams: 1, requestsPerSecond: 1, tokensPerSecond: 10))
    }

    @Test func streamsOverlapByTheirLengths() throws {
        // Each lasts 1.9 s: of six that come every 0.5 s four are in flight at most.
        let requests = (0..<6).map { request(UInt32($0), at: Int64($0) * 500_000_000, tokens: 10) }
        let peak = try #require(PlannedLoad(requests: requests, stages: open).peak(pace))
        #expect(peak.streams == 4 && peak.requestsPerSecond == 2)
        #expect(peak.tokensPerSecond == 20)
    }

    @Test func aBurstIsAPeak() throws {
        let requests = (0..<50).map { request(UInt32($0), at: 10, tokens: 1) }
        let peak = try #require(PlannedLoad(requests: requests, stages: open).peak(pace))
        #expect(peak == LoadPeak(streams: 50, requestsPerSecond: 50, tokensPerSecond: 50))
    }

    @Test func aClosedLoopHoldsItsSlots() throws {
        let stages = [StagePlan(kind: .closed(concurrency: 3), beginNs: 0, endNs: nil)]
        let requests = (0..<20).map { request(UInt32($0), at: nil, tokens: 11) }
        let peak = try #require(PlannedLoad(requests: requests, stages: stages).peak(pace))
        #expect(peak.streams == 3 && peak.requestsPerSecond == 3)
        #expect(peak.tokensPerSecond <= 33 && peak.tokensPerSecond >= 16)
    }

    @Test func aBoundHoldsBackAnOpenLoop() throws {
        let stages = [StagePlan(kind: .open, beginNs: 0, endNs: nil, maxInFlight: 2)]
        let requests = (0..<8).map { request(UInt32($0), at: 0, tokens: 2) }
        let peak = try #require(PlannedLoad(requests: requests, stages: stages).peak(pace))
        #expect(peak.streams == 2, "the others wait, and all are sent: \(peak)")
        #expect(peak.requestsPerSecond <= 4)
    }

    @Test func laterTurnsFollowTheirAnswers() throws {
        let requests = [
            request(0, at: 0, tokens: 1, session: 0),
            request(1, at: nil, tokens: 1, session: 0, turn: 1),
        ]
        let peak = try #require(PlannedLoad(requests: requests, stages: open).peak(pace))
        #expect(peak == LoadPeak(streams: 1, requestsPerSecond: 1, tokensPerSecond: 1))
    }

    @Test func aPlanOfNothingHasNoPeak() {
        #expect(PlannedLoad(requests: [], stages: open).peak(pace) == nil)
    }

    @Test func boundsOfTheScenarioSetThePace() {
        #expect(ExpectedPace(.init()) == .usual)
        let slow = ExpectedPace(.init(ttft: 2_000_000_000, tpot: 50_000_000))
        #expect(slow == ExpectedPace(firstTokenNs: 2_000_000_000, tokenNs: 50_000_000))
        let odd = ExpectedPace(.init(ttft: -5, tpot: 0))
        #expect(odd == ExpectedPace(firstTokenNs: 0, tokenNs: 1_000_000))
    }

    // MARK: The load that is driven

    private let planned = LoadPeak(streams: 400, requestsPerSecond: 200, tokensPerSecond: 20_000)

    @Test func aTrialIsTwiceThePlan() {
        let load = TrialLoad(planned, promptTokens: 8, ns: 4_000_000_000, bounds: .init())
        #expect(load.peak == planned.times(2))
        let half = TrialLoad(
            planned, promptTokens: 8, ns: 4_000_000_000, bounds: .init(), factor: 0.5)
        #expect(half.peak == planned && half.stepNs == load.stepNs && half.tokensEach == 100)
        #expect(load.tokensEach == 100 && load.stepNs == 20_000_000)
        #expect(load.settlingNs + load.countedNs == 4_000_000_000)
    }

    @Test func aSmallPlanIsDrivenInItsOwnProportions() {
        let small = planned.times(0.001)
        let load = TrialLoad(small, promptTokens: 8, ns: 4_000_000_000, bounds: .init())
        #expect(abs(load.peak.tokensPerSecond - 20_000) < 1e-6)
        #expect(abs(load.peak.streams - 400) < 1e-6 && load.tokensEach == 100)
    }

    @Test func aHugePlanIsDrivenWithinBounds() {
        let load = TrialLoad(
            planned.times(1_000), promptTokens: 8, ns: 4_000_000_000, bounds: .init())
        #expect(load.peak.tokensPerSecond <= 200_000 && load.peak.requestsPerSecond <= 4_000)
        #expect(load.peak.streams <= 16_000 && load.tokensEach == 100)
        var bounds = TrialLoad.Bounds()
        bounds.most.streams = 10
        let few = TrialLoad(planned, promptTokens: 8, ns: 4_000_000_000, bounds: bounds)
        #expect(abs(few.peak.streams - 10) < 1e-9)
    }

    @Test(arguments: [0.001, 0.1, 1, 1_000])
    func itIsNotOverBeforeItsTime(times: Double) {
        for tokens in [1.0, 100, 100_000] {
            var plan = planned.times(times)
            plan.requestsPerSecond = plan.tokensPerSecond / tokens
            let load = TrialLoad(plan, promptTokens: 8, ns: 1_000_000_000, bounds: .init())
            let last = load.requests.last?.scheduledNs ?? 0
            #expect(last >= load.settlingNs + load.countedNs + 500_000_000)
            #expect(load.requests.allSatisfy { $0.outputTokens >= 1 })
        }
    }

    @Test func itsRequestsAreInOrderAndKeepTheStreams() {
        let load = TrialLoad(planned, promptTokens: 8, ns: 4_000_000_000, bounds: .init())
        let requests = load.requests
        #expect(requests.map(\.index) == (0..<UInt32(requests.count)).map { $0 })
        let starts = requests.compactMap(\.scheduledNs)
        #expect(starts.count == requests.count && starts == starts.sorted())
        // Four of five of 800 under way last beyond their begin; then 400 a second for 4.5 s.
        #expect((2_400...2_500).contains(requests.count), "\(requests.count)")
        #expect(requests.allSatisfy { (1...100).contains($0.outputTokens) })
        for second in 1...3 {
            let at = Int64(second) * 1_000_000_000
            let streams = requests.count { request in
                let begin = request.scheduledNs ?? 0
                return begin <= at && at < begin + Int64(request.outputTokens) * load.stepNs
            }
            #expect(abs(streams - 800) < 20, "\(streams) streams at \(second) s")
        }
    }
}

import Goodput
import Randomness
import Testing

@testable import Loss

/// Stalls that others of the same server had at the same time.
@Suite struct SharedStallTests {
    /// Tokens every 10 ms, with a stall that ends at `end` ms.
    private func stalled(id: Int, until end: Int64) -> RequestTimes {
        let ms: Int64 = 1_000_000
        let times = (1...20).map { Int64($0) * 10 } + (0..<5).map { end + $0 * 10 }
        return RequestTimes(
            id: id, scheduled: 0, tokens: times.map { TokenEvent(time: $0 * ms) },
            finish: (end + 100) * ms)
    }

    private func attribute(
        _ requests: [(RequestTimes, server: Int)], mostStalls: Int = LossAttribution.mostStalls
    ) throws -> LossFigures {
        let reader = try Reader(ScoringParameters(readingSpeed: 100, ttftBudget: 0))
        var loss = LossAttribution(
            over: try ServingInterval(begin: 0, end: 4_000_000_000_000_000), agents: 1,
            readers: [reader], servers: 3, mostStalls: mostStalls)
        for (request, server) in requests {
            try loss.add(
                request,
                of: LossAttribution.Parts(agentIndex: 0, classIndex: 0, serverIndex: server))
        }
        return loss.figures()
    }

    @Test func stallsOfOneServerThatEndTogetherAreShared() throws {
        let figures = try attribute([
            (stalled(id: 0, until: 900), 0), (stalled(id: 1, until: 920), 0),
            (stalled(id: 2, until: 900), 1), (stalled(id: 3, until: 941), 0),
        ])
        let stalls = try #require(figures.stalls)
        #expect(stalls.map(\.stalls) == [3, 1, 0])
        #expect(stalls.map(\.shared) == [2, 0, 0])
        let waits = figures.servers[0].worst.filter { $0.cause == .stall && $0.id < 3 }
        #expect(isClose(stalls[0].tokensLostShared, waits.reduce(0) { $0 + $1.tokensLost }))
    }

    @Test func stallsOfOtherServersAreNoCompany() throws {
        let figures = try attribute([
            (stalled(id: 0, until: 900), 0), (stalled(id: 1, until: 900), 1),
            (stalled(id: 2, until: 900), 2),
        ])
        #expect(figures.stalls?.map(\.shared) == [0, 0, 0])
    }

    /// A request has no company in itself, even where it comes twice with one name.
    @Test func requestsAreToldApartByTheirOrder() throws {
        let one = try attribute([(stalled(id: 0, until: 900), 0)])
        #expect(one.stalls?[0].shared == 0)
        let two = try attribute([
            (stalled(id: 0, until: 900), 0), (stalled(id: 0, until: 900), 0),
        ])
        #expect(two.stalls?[0].shared == 2)
    }

    @Test func tooManyStallsAreNotTold() throws {
        let requests = (0..<4).map { (stalled(id: $0, until: 900), server: 0) }
        #expect(try attribute(requests, mostStalls: 4).stalls?[0].shared == 4)
        #expect(try attribute(requests, mostStalls: 3).stalls == nil)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func everyPairIsSeen(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = (0..<30).map { id in
            (
                stalled(id: id, until: Int64.random(in: 300...900, using: &random)),
                server: Int.random(in: 0..<3, using: &random)
            )
        }
        let stalls = try #require(try attribute(requests).stalls)
        for server in 0..<3 {
            let ends = requests.filter { $0.server == server }.map { $0.0.tokens[20].time }
            let shared = ends.indices.filter { index in
                ends.indices.contains {
                    $0 != index && (ends[$0] - ends[index]).magnitude <= 20_000_000
                }
            }
            #expect(stalls[server].stalls == ends.count)
            #expect(stalls[server].shared == shared.count)
        }
    }
}

import Glibc
import Goodput
import Randomness
import Testing

@testable import Loss

/// The hull knows the idle time of every reader.
@Suite struct ReadingHullTests {
    /// l by its definition, token by token.
    private func idle(
        _ request: RequestTimes, tokenTime: Int64, origin: Int64, isWaiting: Bool
    ) -> Int64 {
        var tokens: Int64 = 0
        var idle: Int64 = 0
        for event in request.tokens {
            for _ in 0..<event.count {
                idle = max(idle, event.time - request.scheduled - origin - tokenTime * tokens)
                tokens += 1
            }
        }
        guard isWaiting else { return idle }
        return max(idle, request.finish - request.scheduled - origin - tokenTime * tokens)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everySpeedIsExact(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let request = RequestTimes.random(id: 0, using: &random)
        for incomplete in IncompletePolicy.allCases {
            let hull = ReadingHull(request, incomplete: incomplete)
            for anchor in Anchor.allCases {
                for _ in 0..<1_000 {
                    let digits = Double.random(in: 0...10, using: &random)
                    let tokenTime = max(1, Int64(pow(10, digits)))
                    let budget = Int64.random(in: 0...2_000_000_000, using: &random)
                    let origin = hull.origin(anchor, ttftBudget: budget)
                    #expect(
                        hull.idle(tokenTime: tokenTime, origin: origin)
                            == idle(
                                request, tokenTime: tokenTime, origin: origin,
                                isWaiting: incomplete == .waiting && request.outcome != .completed))
                }
            }
        }
    }

    /// The hull agrees with the score of a reader of that speed.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func theScoreOfAnyReaderHasTheSameIdleTime(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let request = RequestTimes.random(id: 0, using: &random)
        for _ in 0..<25 {
            let reader = try Reader(.random(using: &random))
            let parameters = reader.parameters
            let hull = ReadingHull(
                request.read(by: reader), incomplete: parameters.incomplete)
            let origin = hull.origin(parameters.anchor, ttftBudget: parameters.ttftBudget)
            #expect(
                hull.idle(tokenTime: reader.tokenTime, origin: origin)
                    == (try RequestScore(request, for: reader)).idle)
        }
    }

    /// Readers of a token a nanosecond tell slopes apart that no other does.
    @Test(arguments: 1...30 as ClosedRange<Int64>)
    func theFastestReadersAreExact(tokenTime: Int64) {
        var random = SplitMix64(seed: UInt64(tokenTime))
        var time: Int64 = 10
        let tokens = (0..<40).map { _ in
            time += Int64.random(in: 0...200, using: &random)
            return TokenEvent(time: time, count: UInt32.random(in: 1...80, using: &random))
        }
        let request = RequestTimes(
            id: 0, scheduled: 0, tokens: tokens, finish: time + 900, outcome: .failed)
        for incomplete in IncompletePolicy.allCases {
            let hull = ReadingHull(request, incomplete: incomplete)
            for origin in [0, 100] as [Int64] {
                #expect(
                    hull.idle(tokenTime: tokenTime, origin: origin)
                        == idle(
                            request, tokenTime: tokenTime, origin: origin,
                            isWaiting: incomplete == .waiting))
            }
        }
    }

    /// Equal steps need no vertex between the first and the last.
    @Test func pointsOnALineAreNoVertices() {
        let tokens = (0..<50).map { TokenEvent(time: Int64($0) * 10_000_000) }
        let request = RequestTimes(id: 0, scheduled: 0, tokens: tokens, finish: 490_000_000)
        let hull = ReadingHull(request, incomplete: .delivered)
        #expect(hull.vertices.map(\.token) == [0, 49])
    }

    @Test func aLongSteadyStreamHasFewVertices() {
        var random = SplitMix64(seed: 1)
        var time: Int64 = 500_000_000
        let tokens = (0..<100_000).map { _ in
            time += Int64.random(in: 5_000_000...15_000_000, using: &random)
            return TokenEvent(time: time)
        }
        let request = RequestTimes(id: 0, scheduled: 0, tokens: tokens, finish: time)
        let hull = ReadingHull(request, incomplete: .delivered)
        #expect(hull.vertices.count < 60)
        for (a, b) in zip(hull.vertices, hull.vertices.dropFirst()) { #expect(a.token < b.token) }
    }

    /// Times as far apart as they can be, with as many tokens as there can be.
    @Test func nothingOverflows() {
        let tokens = [
            TokenEvent(time: .min + 1, count: .max), TokenEvent(time: -2, count: 1),
        ]
        let request = RequestTimes(id: 0, scheduled: .min + 1, tokens: tokens, finish: -1)
        let hull = ReadingHull(request, incomplete: .waiting)
        #expect(hull.vertices.map(\.elapsed) == [0, .max - 2])
        #expect(hull.idle(tokenTime: 1, origin: 0) == .max - 2 - Int64(UInt32.max))
        #expect(hull.idle(tokenTime: 1_000_000_000_000_000_000, origin: .max) == 0)
    }

    @Test func noTokenHasNoHull() {
        let request = RequestTimes(id: 0, scheduled: 7, tokens: [], finish: 9)
        #expect(ReadingHull(request, incomplete: .waiting).vertices.isEmpty)
        var failed = request
        failed.outcome = .failed
        #expect(ReadingHull(failed, incomplete: .delivered).vertices.isEmpty)
        let hull = ReadingHull(failed, incomplete: .waiting)
        #expect(hull.vertices == [ReadingHull.Vertex(token: 0, elapsed: 2)])
        #expect(hull.idle(tokenTime: 5, origin: 0) == 2)
        #expect(ReadingHull().idle(tokenTime: 5, origin: 0) == 0)
    }
}

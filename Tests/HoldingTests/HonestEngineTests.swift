import EngineModel
import Goodput
import Holding
import Randomness
import Testing

/// Simulated engines that hold nothing, of every kind that could look as if they did.
@Suite("Engines that hold nothing") struct HonestEngineTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Whether the engine's steps have to show.
        var showsSteps = true
        let streams: @Sendable (_ seed: UInt64) -> ServedStreams

        init(
            _ name: String, showsSteps: Bool = true,
            _ streams: @escaping @Sendable (_ seed: UInt64) -> ServedStreams
        ) {
            testDescription = name
            self.showsSteps = showsSteps
            self.streams = streams
        }
    }

    static let kinds: [Kind] = [
        Kind("chunked, open") { ServedStreams(.slow, .open(3), seed: $0) },
        Kind("chunked, closed") { ServedStreams(.slow, .closed(24), seed: $0) },
        Kind("small chunks") {
            ServedStreams(.slow.changed { $0.chunkBudget = 512 }, .open(4), seed: $0)
        },
        Kind("prefills first") {
            ServedStreams(.slow.changed { $0.scheduler = .prefillFirst }, .open(4), seed: $0)
        },
        Kind("a fast engine") { ServedStreams(EngineOptions(), .open(10), seed: $0) },
        Kind("preemption") {
            ServedStreams(
                .slow.changed {
                    $0.keyValueTokens = 9_000
                    $0.maxModelLen = 4_096
                }, .closed(32), seed: $0)
        },
        Kind("two replicas") { ServedStreams(.slow, .open(6), engines: 2, seed: $0) },
        Kind("eight replicas", showsSteps: false) {
            ServedStreams(.slow, .closed(32), engines: 8, seed: $0)
        },
        Kind("speculation") {
            ServedStreams(.slow, .open(3), seed: $0, accepted: ServedStreams.speculation)
        },
        Kind("speculation that is always right") {
            ServedStreams(.slow, .closed(8), seed: $0, accepted: { _ in 4 })
        },
        Kind("speculation on two replicas", showsSteps: false) {
            ServedStreams(
                .slow, .open(6), engines: 2, seed: $0, accepted: ServedStreams.speculation)
        },
        Kind("one at a time", showsSteps: false) {
            ServedStreams(.slow, .closed(1), count: 12, seed: $0)
        },
        Kind("a machine of fixed step") { seed in
            ServedStreams(.slow, .open(6), seed: seed).held { times in
                let start = (times[0] / 24_000_000 + 1) * 24_000_000
                return times.indices.map { TokenEvent(time: start + Int64($0) * 24_000_000) }
            }
        },
        Kind("a wide network", showsSteps: false) {
            ServedStreams(.slow, .open(3), jitter: 8_000_000, seed: $0)
        },
        Kind("deltas that a busy front end merges", showsSteps: false) { seed in
            var random = SplitMix64(seed: seed)
            return ServedStreams(.slow, .open(3), seed: seed).held { times in
                var events: [TokenEvent] = []
                var unsent: UInt32 = 0
                for (index, time) in times.enumerated() {
                    unsent += 1
                    let isBusy = Int.random(in: 0..<3, using: &random) == 0
                    if isBusy && index > 0 && index < times.count - 1 { continue }
                    events.append(TokenEvent(time: time, count: unsent))
                    unsent = 0
                }
                return events
            }
        },
    ]

    @Test(arguments: kinds, [UInt64(1), 2])
    func nothingIsSaidToBeHeld(kind: Kind, seed: UInt64) {
        let figures = kind.streams(seed).figures(seed: seed)
        #expect(figures.isHeld != true, "\(figures.sentences)")
        if kind.showsSteps { #expect(figures.isHeld == false, "\(figures.sentences)") }
    }

    @Test("A machine of fixed step is clocked, and that is no holding")
    func clocked() throws {
        let kind = try #require(
            Self.kinds.first { $0.testDescription == "a machine of fixed step" })
        let figures = kind.streams(1).figures()
        #expect(figures.verdicts == [.clocked])
        #expect(figures.isHeld == false)
        #expect(abs((figures.theta ?? 0) - 24e6) < 1)
    }
}

extension EngineOptions {
    /// Steps of some 20 ms, so that few requests a second are many at a time.
    static let slow = EngineOptions().changed {
        $0.gpu = .a100x80
        $0.model = .qwen14B
    }

    func changed(_ change: (inout EngineOptions) -> Void) -> EngineOptions {
        var copy = self
        change(&copy)
        return copy
    }
}

extension ServedStreams {
    /// Up to four guesses a step, each right four times of five.
    static let speculation: @Sendable (inout SplitMix64) -> UInt32 = { random in
        var tokens: UInt32 = 1
        while tokens < 5, Int.random(in: 0..<5, using: &random) > 0 { tokens += 1 }
        return tokens
    }
}

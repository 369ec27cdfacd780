import EngineModel
import Goodput
import Holding
import Randomness
import Testing

/// The same engines, their tokens held in every way that is known of servers and proxies.
@Suite("Engines whose tokens are held") struct HeldEngineTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Any of these names it.
        let verdicts: [HoldingVerdict]
        let hold: @Sendable (ServedStreams) -> ServedStreams

        init(
            _ name: String, _ verdicts: HoldingVerdict...,
            hold: @escaping @Sendable (ServedStreams) -> ServedStreams
        ) {
            testDescription = name
            self.verdicts = verdicts
            self.hold = hold
        }
    }

    private static func ms(_ ms: Int64) -> Int64 { ms * 1_000_000 }

    private static func paced(
        _ streams: ServedStreams, _ share: Double, late: Int64 = 15_000
    ) -> ServedStreams {
        var random = SplitMix64(seed: 5)
        return streams.held(
            Hold.pace(share * streams.meanGap, late: late, using: &random))
    }

    static let kinds: [Kind] = [
        Kind("interval 2", .interval) { $0.held(Hold.interval(2)) },
        Kind("interval 4", .interval) { $0.held(Hold.interval(4)) },
        Kind("interval 8", .interval) { $0.held(Hold.interval(8)) },
        Kind("interval 16", .interval) { $0.held(Hold.interval(16)) },
        Kind("interval 32", .interval) { $0.held(Hold.interval(32)) },
        Kind("paced to 1.5 gaps", .paced) { paced($0, 1.5) },
        Kind("paced to 2 gaps", .paced) { paced($0, 2) },
        Kind("paced to 4 gaps", .paced) { paced($0, 4) },
        Kind("first token held 0.5 s", .holdFirst) { $0.held(Hold.first(ms(500))) },
        Kind("first token held 2 s", .holdFirst) { $0.held(Hold.first(ms(2_000))) },
        Kind("flush 50 ms", .flush) { $0.held(Hold.flush(ms(50))) },
        Kind("flush 200 ms", .flush) { $0.held(Hold.flush(ms(200))) },
        Kind("tick 50 ms", .tick) { $0.held(Hold.tick(ms(50))) },
        Kind("tick 100 ms", .tick) { $0.held(Hold.tick(ms(100))) },
        Kind("Nagle 40 ms", .flush) { $0.held(Hold.nagle(ms(40))) },
        Kind("Nagle 100 ms", .flush) { $0.held(Hold.nagle(ms(100))) },
        Kind("buffers of 8 events", .bytes) { $0.held(Hold.buffer(8)) },
        Kind("buffers of 32 events", .bytes) { $0.held(Hold.buffer(32)) },
        Kind("whole answers", .notStreamed) { $0.held(Hold.whole) },
    ]

    /// Made once.
    private static let streams: [ServedStreams] = [
        ServedStreams(.slow, .open(2), count: 60, outputs: 60...250, seed: 1),
        ServedStreams(.slow, .open(4), count: 60, outputs: 60...250, seed: 2),
        ServedStreams(.slow, .open(8), count: 60, outputs: 60...250, seed: 3),
    ]

    @Test(arguments: kinds, streams.indices)
    func isNamed(kind: Kind, streams index: Int) throws {
        let figures = kind.hold(Self.streams[index]).figures()
        let names = figures.verdicts.filter { kind.verdicts.contains($0) }
        #expect(!names.isEmpty, "\(figures.verdicts): \(figures.sentences)")
        #expect(figures.isHeld == true)
    }

    @Test("The numbers behind the names are those of the holder")
    func numbers() throws {
        let streams = Self.streams[1]
        let interval = streams.held(Hold.interval(8)).figures()
        #expect(interval.interval == 8)
        #expect(interval.grouped == 1)
        let paced = Self.paced(streams, 2).figures()
        #expect(abs((paced.theta ?? 0) / (2 * streams.meanGap) - 1) < 0.01)
        let tick = streams.held(Hold.tick(Self.ms(100))).figures()
        #expect(abs((tick.period ?? 0) / 100e6 - 1) < 0.001)
        let first = streams.held(Hold.first(Self.ms(500))).figures()
        #expect(abs((first.heldFirst ?? 0) / 500e6 - 1) < 0.2)
        let buffer = streams.held(Hold.buffer(8)).figures()
        #expect(buffer.bufferEvents == 8)
    }

    @Test("With speculation an interval is the least that an event carries")
    func intervalWithSpeculation() {
        let streams = ServedStreams(
            .slow, .open(3), seed: 3, accepted: ServedStreams.speculation
        ).heldBySteps(8)
        let figures = streams.figures()
        #expect(figures.verdicts == [.interval])
        #expect(figures.interval == 8)
        #expect(figures.intervalShare == nil)
    }

    @Test("A buffered response is a wall for first tokens, and paced behind it")
    func buffered() {
        var streams = Self.paced(Self.streams[1], 2)
        for index in streams.requests.indices {
            let request = streams.requests[index]
            let wait = max(0, request.scheduled + Self.ms(1_500) - request.tokens[0].time)
            for token in request.tokens.indices {
                streams.requests[index].tokens[token].time += wait
            }
            streams.requests[index].finish += wait
        }
        let figures = streams.figures()
        #expect(figures.verdicts == [.paced, .ttftWall])
        // Prompts that are all alike may well have first tokens that are, too.
        streams.promptTokens = streams.promptTokens.map { $0 % 2 == 0 ? 450 : 550 }
        #expect(streams.figures().verdicts == [.paced])
        #expect(abs((figures.ttftWall ?? 0) / 1.5e9 - 1) < 0.001)
    }

    @Test("Pacing faster than a front end may serve so many is suspected only")
    func frontEnd() throws {
        var random = SplitMix64(seed: 5)
        let theta: Int64 = 2_000_000
        let figures = ServedStreams(EngineOptions(), .open(40), outputs: 400...500, seed: 4)
            .held { times in
                times.indices.map { TokenEvent(time: times[0] + Int64($0) * theta) }
            }
            .held(Hold.pace(0, late: 5_000, using: &random))
            .figures()
        #expect((figures.crowd ?? 0) * 80_000 >= Double(theta) / 2)
        #expect(!figures.verdicts.contains(.paced))
        #expect(figures.suspicions.contains(.serialFrontEnd))
        #expect(figures.isHeld != true)
    }
}

extension ServedStreams {
    /// `--stream-interval` of an engine with speculation: a step's tokens go out together.
    func heldBySteps(_ size: UInt32) -> ServedStreams {
        var copy = self
        for index in copy.requests.indices {
            var events: [TokenEvent] = []
            var unsent: UInt32 = 0
            let steps = copy.requests[index].tokens
            for (place, step) in steps.enumerated() {
                unsent += step.count
                guard place == 0 || unsent >= size || place == steps.count - 1 else { continue }
                events.append(TokenEvent(time: step.time, count: unsent))
                unsent = 0
            }
            copy.requests[index].tokens = events
        }
        return copy
    }
}

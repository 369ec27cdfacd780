import Goodput
import Holding
import Testing

/// Runs with little in them, and with what cannot be.
@Suite("Edges of the detection") struct HoldingEdgeTests {
    private func figures(
        _ requests: [RequestTimes], reads: [[ReadDelay]] = []
    ) throws -> HoldingFigures {
        var analysis = HoldingAnalysis(
            targets: 1, over: try? ServingInterval(over: requests), seed: 1)
        for (index, request) in requests.enumerated() {
            analysis.add(
                request, target: 0, promptTokens: nil, reads: reads.isEmpty ? [] : reads[index])
        }
        return analysis.figures()[0]
    }

    private func stream(_ id: Int, _ times: [Int64], count: UInt32 = 1) -> RequestTimes {
        RequestTimes(
            id: id, scheduled: times.first ?? 0,
            tokens: times.map { TokenEvent(time: $0, count: count) }, finish: times.last ?? 0)
    }

    @Test("Without targets, and of a target without requests, there is nothing")
    func nothing() throws {
        #expect(HoldingAnalysis(targets: 0, over: nil, seed: 1).figures().isEmpty)
        let none = try figures([])
        #expect(none.verdicts == [.tooLittle])
        #expect(none.isHeld == nil)
        #expect(none.streams == 0 && none.spike == nil && none.grouped == nil)
    }

    @Test("Too few answers, short ones and empty ones are too little")
    func tooLittle() throws {
        let long = (1...90).map { Int64($0) * 20_000_000 }
        #expect(try figures([stream(0, [])]).verdicts == [.tooLittle])
        #expect(try figures([stream(0, [5])]).verdicts == [.tooLittle])
        #expect(try figures((0..<2).map { stream($0, long) }).verdicts == [.tooLittle])
        let short = Array(long.prefix(19))
        #expect(try figures((0..<50).map { stream($0, short) }).streams == 0)
        let few = Array(long.prefix(20))
        #expect(try figures((0..<9).map { stream($0, few) }).verdicts == [.tooLittle])
        #expect(try figures((0..<10).map { stream($0, few) }).verdicts != [.tooLittle])
    }

    @Test("Answers that come at one instant, or in two, did not stream")
    func notStreamed() throws {
        let whole = (0..<12).map { stream($0, [7_000_000, 7_000_000], count: 20) }
        #expect(try figures(whole).verdicts == [.notStreamed])
        let halves = (0..<12).map { stream($0, [7_000_000, 900_000_000], count: 20) }
        #expect(try figures(halves).verdicts == [.notStreamed])
        #expect(try figures(halves).isHeld == true)
    }

    @Test("Times that decrease, and lie as far apart as can be, do not trap")
    func badTimes() throws {
        let times = (0..<30).map { Int64($0) * 20_000_000 }
        let requests = [
            stream(0, times), stream(1, times.reversed()),
            stream(2, times.map { Int64.max - $0 }.reversed()),
            stream(3, times.map { Int64.min + $0 }), stream(4, [.min] + times + [.max]),
            stream(5, Array(repeating: 3, count: 40)),
            stream(6, (0..<8).map { Int64($0) * 9_000_000 }, count: .max),
        ]
        let figures = try figures(requests)
        #expect(!figures.verdicts.isEmpty)
        #expect(!figures.sentences.joined().contains("nan"))
    }

    @Test("Events of late reads are left out, and only they")
    func lateReads() throws {
        // A prompt client; then one that takes four reads at once, all stamped by the last.
        let times = (1...80).map { Int64($0) * 20_000_000 }
        let joined = times.map { ($0 / 80_000_000 + 1) * 80_000_000 }
        var requests: [RequestTimes] = []
        var reads: [[ReadDelay]] = []
        for id in 0..<12 {
            let isLate = id < 6
            requests.append(stream(id, isLate ? joined : times))
            reads.append(
                (isLate ? joined : times).map {
                    ReadDelay(time: $0, delay: isLate ? 9_000_000 : 100_000)
                })
        }
        #expect(try (figures(requests).grouped ?? 0) > 0.1)
        let fair = try figures(requests, reads: reads)
        #expect(fair.lateEvents == 6 * 80)
        #expect(fair.streams == 6)
        #expect(fair.grouped == 0)
        // A quarter of the median gap is no lateness yet.
        let bound = reads.map { $0.map { ReadDelay(time: $0.time, delay: 5_000_000) } }
        #expect(try figures(requests, reads: bound).lateEvents == 0)
    }

    @Test("Targets are told apart")
    func targets() throws {
        let honest = ServedStreams(.slow, .open(3), seed: 1)
        let held = honest.held(Hold.interval(8))
        var analysis = HoldingAnalysis(
            targets: 2, over: try ServingInterval(over: honest.requests), seed: 1)
        for (one, other) in zip(honest.requests, held.requests) {
            analysis.add(one, target: 0)
            analysis.add(other, target: 1)
        }
        #expect(analysis.figures().map(\.verdicts) == [[.none], [.interval]])
    }
}

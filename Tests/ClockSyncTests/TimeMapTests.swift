import Randomness
import Testing
import TimeBase

@testable import ClockSync

/// A fit's mapping laid out for many stamps: it says what the fit says.
@Suite("The mapping of many stamps")
struct TimeMapTests {
    /// A kind of run.
    enum Kind: String, CaseIterable, Sendable {
        case drift, lopsided, broken, small, slewed, shortSlew

        func shape(_ seed: UInt64) -> RunShape {
            var shape =
                switch self {
                case .drift: RunShape.random(seed, seconds: 5...12)
                case .lopsided: RunShape.lopsided(seed, seconds: 5...12)
                case .broken: RunShape.broken(seed, seconds: 8...16)
                case .small: RunShape.small(seed, seconds: 12...20)
                case .slewed: RunShape.slewed(seed)
                case .shortSlew: RunShape.shortSlew(seed)
                }
            shape.trainsPerSecond = min(shape.trainsPerSecond, 8)
            shape.burst = 10
            return shape
        }

        var isCalm: Bool { self == .drift || self == .lopsided }
    }

    /// Stamps of `window`: some at random, and those on both sides of whatever begins anew.
    private func stamps(
        _ fit: ClockFit, _ window: ClosedRange<Int64>, _ random: inout SplitMix64, count: Int
    ) -> [Int64] {
        var edges = [window.lowerBound, window.upperBound]
        fit.bounds.forEachSpan(in: window) { edges.append($0.stamps.lowerBound) }
        let curve = fit.points.curve
        edges += curve.spans(in: window).map(\.stamps.lowerBound)
        for segment in curve.segments {
            edges += segment.filter.times.map { segment.frame.agentNs(at: $0) }
        }
        edges += fit.events.flatMap { [$0.fromAgentNs, $0.atAgentNs, $0.toAgentNs] }
        // Cells of any size from 0.13 s on begin there.
        let cell: Int64 = 1 << 27
        for _ in 0..<count / 4 {
            let span = window.upperBound.clampedDifference(window.lowerBound)
            edges.append(window.lowerBound + .random(in: 0...span / cell, using: &random) * cell)
        }
        let near = edges.flatMap { edge in (-2...2).map { edge.clampedSum($0) } }
        return near.filter(window.contains)
            + (0..<count).map { _ in .random(in: window, using: &random) }
    }

    /// Checks every rule of a map at stamps of its window.
    ///
    /// - Returns: how far the truth lies at most before and after what was mapped.
    @discardableResult
    private func check(
        _ fit: ClockFit, _ map: TimeMap, _ stamps: [Int64], _ name: String
    ) -> (low: Int64, high: Int64) {
        var reach: (low: Int64, high: Int64) = (0, 0)
        var isOff = false
        var isOutside = false
        var isBack = false
        for stamp in stamps {
            let mapped = fit.map(LocalInstant(ns: stamp))
            let own = map.map(LocalInstant(ns: stamp))
            isOff = isOff || own.clampedDifference(mapped.coordinatorNs).magnitude > 1
            isOutside = isOutside || own < mapped.hardLowNs || mapped.hardHighNs < own
            reach.low = max(reach.low, own.clampedDifference(mapped.hardLowNs))
            reach.high = max(reach.high, mapped.hardHighNs.clampedDifference(own))
            guard stamp < .max else { continue }
            let next = LocalInstant(ns: stamp + 1)
            if fit.map(next).coordinatorNs >= mapped.coordinatorNs {
                isBack = isBack || map.map(next) < own
            }
        }
        #expect(!isOff, "\(name): more than 1 ns off the fit")
        #expect(!isOutside, "\(name): outside of the hard interval")
        #expect(!isBack, "\(name): a later stamp maps earlier")
        #expect(map.hardLow <= 0 && map.hardLow <= -reach.low, "\(name)")
        #expect(map.hardHigh >= reach.high, "\(name)")
        return reach
    }

    @Test("Every stamp is mapped as the fit maps it", arguments: Kind.allCases)
    func sameAsFit(kind: Kind) throws {
        for seed in 1...UInt64(8) {
            let run = SimulatedRun(kind.shape(seed), seed: seed)
            let fit = try ClockFit(exchanges: run.exchanges)
            let window = fit.probed.lowerBound.ns...fit.probed.upperBound.ns
            let map = TimeMap(fit, over: fit.probed)
            var random = SplitMix64(seed: seed)
            let reach = check(
                fit, map, stamps(fit, window, &random, count: 1_000), "\(kind), seed \(seed)")
            let survey = TimeMapSurvey(fit, over: window, isShared: false)
            let layout = TimeMapDraft(fit.points.curve, over: window, asking: survey.asked).layout
            if kind.isCalm {
                // Bounds of the window are those of its stamps, and nearly all are at hand.
                #expect(map.hardLow >= -(reach.low + reach.low / 50 + 100))
                #expect(map.hardHigh <= reach.high + reach.high / 50 + 100)
                #expect(survey.asked.isEmpty)
                #expect(layout.cells.allSatisfy { $0.pieces >= 0 })
                #expect(!layout.pieces.contains { $0.line.isNone })
            }
            // Where a point is clipped is asked of the fit.
            for hole in survey.asked {
                #expect(window.contains(hole.lowerBound) && window.contains(hole.upperBound))
            }
            for (early, late) in zip(survey.asked, survey.asked.dropFirst()) {
                #expect(early.upperBound < late.lowerBound)
            }
        }
    }

    static func lan(
        _ breaks: [(at: Double, what: ClockBreak)], seconds: Double = 24
    ) -> RunShape {
        var shape = RunShape()
        shape.seconds = seconds
        shape.trainsPerSecond = 6
        shape.burst = 12
        shape.breaks = breaks
        return shape
    }

    @Test(
        "Jumps are where the fit's are",
        arguments: [6e4, -6e4, 8e8, -8e8].map { ClockBreak.step(ns: $0) } + [
            .suspend(seconds: 3), .slew(ppm: 300, seconds: 4),
        ])
    func jumps(what: ClockBreak) throws {
        let run = SimulatedRun(Self.lan([(10.1, what)]), seed: 3)
        let fit = try ClockFit(exchanges: run.exchanges)
        #expect(!fit.events.isEmpty)
        let window = fit.probed.lowerBound.ns...fit.probed.upperBound.ns
        var random = SplitMix64(seed: 1)
        check(
            fit, TimeMap(fit, over: fit.probed), stamps(fit, window, &random, count: 2_000),
            "\(what)")
    }

    /// Windows about the probed time, in seconds from its start.
    @Test(
        "Windows of no length, longer ones than was probed, and ones beside it",
        arguments: [
            (3.0, 3.0), (-100, 200), (-50, -40), (90, 2_000), (10, 9_000),
        ])
    func windows(from: Double, to: Double) throws {
        let run = SimulatedRun(Self.lan([]), seed: 4)
        let fit = try ClockFit(exchanges: run.exchanges)
        let start = fit.probed.lowerBound.ns
        let window = start + Int64(from * 1e9)...start + Int64(to * 1e9)
        let map = TimeMap(
            fit, over: LocalInstant(ns: window.lowerBound)...LocalInstant(ns: window.upperBound))
        var random = SplitMix64(seed: 1)
        let reach = check(
            fit, map, stamps(fit, window, &random, count: 1_000), "\(from) to \(to) s")
        #expect(map.hardLow >= -(reach.low + reach.low / 50 + 100))
        #expect(map.hardHigh <= reach.high + reach.high / 50 + 100)
        // Stamps outside of the window are the fit's own.
        for stamp in [window.lowerBound - 1, window.upperBound + 1, .min, .max] {
            let local = LocalInstant(ns: stamp)
            #expect(map.map(local) == fit.map(local).coordinatorNs)
        }
    }

    @Test("Cells grow with the window")
    func memory() throws {
        let run = SimulatedRun(Self.lan([]), seed: 4)
        let curve = try ClockFit(exchanges: run.exchanges).points.curve
        let start = curve.segments[0].fromNs
        for (hours, shift) in [(1, 27), (10, 28)] as [(Int64, UInt64)] {
            let window = start...start + hours * 3_600_000_000_000
            let layout = TimeMapDraft(curve, over: window, asking: []).layout
            #expect(layout.shift == shift)
            #expect(UInt64(layout.cells.count) <= TimeMapLayout.mostCells)
            #expect(!layout.pieces.contains { $0.line.isNone })
        }
        #expect(MemoryLayout<TimeMap.Cell>.stride == 16)
        #expect(MemoryLayout<TimeMap.Piece>.stride <= 24)
    }

    @Test("All of Int64 is a window, and in it nothing traps")
    func everything() throws {
        let run = SimulatedRun(Self.lan([(10.1, .step(ns: 5e6))]), seed: 4)
        let fit = try ClockFit(exchanges: run.exchanges)
        let map = TimeMap(fit, over: LocalInstant(ns: .min)...LocalInstant(ns: .max))
        #expect(map.hardLow == .min && map.hardHigh == .max)
        let window = fit.probed.lowerBound.ns...fit.probed.upperBound.ns
        var random = SplitMix64(seed: 1)
        let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        check(fit, map, stamps(fit, window, &random, count: 100) + ends, "all of Int64")
    }

    /// A short window at each end of time, and one about the exchanges.
    private func windows(_ exchanges: [ClockExchange]) -> [ClosedRange<Int64>] {
        let second: Int64 = 1_000_000_000
        let middle = exchanges[exchanges.count / 2].t2
        return [
            .min ... .min + second, .max - second ... .max,
            middle.clampedDifference(second)...middle.clampedSum(second),
        ]
    }

    @Test("Flipped bits and stamps at the ends of Int64", arguments: 0..<40)
    func fuzz(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var exchanges = (0..<60).map { index in
            let sent = 1_000_000_000 + Int64(index) / 4 * 100_000_000 + Int64(index) % 4 * 60_000
            return ClockExchange(
                train: UInt32(index / 4), member: UInt16(index % 4), t1: sent, t2: sent + 25_000,
                t3: sent + 27_000, t4: sent + 50_000 + Int64(index) % 3 * 100)
        }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: exchanges.indices, using: &random)
            let bit = Int64(1) << Int64.random(in: 0...62, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: exchanges[index].t1 ^= bit
            case 1: exchanges[index].t2 ^= bit
            case 2: exchanges[index].t3 ^= bit
            case 3: exchanges[index].t4 ^= bit
            default: exchanges = Array(exchanges.prefix(max(1, index)))
            }
        }
        let fit: ClockFit
        do throws(ClockError) { fit = try ClockFit(exchanges: exchanges) } catch { return }
        for window in windows(exchanges) {
            let map = TimeMap(
                fit,
                over: LocalInstant(ns: window.lowerBound)...LocalInstant(ns: window.upperBound))
            check(
                fit, map, stamps(fit, window, &random, count: 50), "seed \(seed), \(window)")
        }
    }

    @Test("Long gaps between the exchanges, and a few of them only")
    func gaps() throws {
        let run = SimulatedRun(Self.lan([], seconds: 60), seed: 6)
        for (from, to) in [(20.0, 50.0), (1, 59), (0.2, 59.9), (0.2, 100)] {
            let exchanges = run.exchanges.filter {
                let at = Double($0.t1 - run.coordinatorBase) / 1e9
                return at < from || at > to
            }
            let fit = try ClockFit(exchanges: exchanges)
            let window = fit.probed.lowerBound.ns - 1_000_000_000...fit.probed.upperBound.ns
            let map = TimeMap(
                fit,
                over: LocalInstant(ns: window.lowerBound)...LocalInstant(ns: window.upperBound))
            var random = SplitMix64(seed: 1)
            check(
                fit, map, stamps(fit, window, &random, count: 2_000), "\(from) to \(to) s")
        }
    }

    @Test("A clock that is shared is read as it is, with the fit's bounds about that")
    func shared() throws {
        let run = SimulatedRun(Self.lan([(10.1, .step(ns: 6e4))]), seed: 4)
        // An offset that the network cannot tell from none.
        let exchanges = run.exchanges.map { exchange in
            let shift = run.coordinatorBase - run.agentBase
            return ClockExchange(
                train: exchange.train, member: exchange.member, t1: exchange.t1,
                t2: exchange.t2 + shift, t3: exchange.t3 + shift, t4: exchange.t4)
        }
        let fit = try ClockFit(exchanges: exchanges)
        let map = TimeMap(fit, over: fit.probed, isShared: true)
        var random = SplitMix64(seed: 1)
        let window = fit.probed.lowerBound.ns...fit.probed.upperBound.ns
        var reach: (low: Int64, high: Int64) = (0, 0)
        for stamp in stamps(fit, window, &random, count: 1_000) {
            #expect(map.map(LocalInstant(ns: stamp)) == stamp)
            let mapped = fit.map(LocalInstant(ns: stamp))
            reach.low = max(reach.low, stamp - mapped.hardLowNs)
            reach.high = max(reach.high, mapped.hardHighNs - stamp)
        }
        #expect(map.map(LocalInstant(ns: .max)) == .max)
        #expect(map.map(LocalInstant(ns: .min)) == .min)
        #expect((reach.low...reach.low + reach.low / 50 + 100).contains(-map.hardLow))
        #expect((reach.high...reach.high + reach.high / 50 + 100).contains(map.hardHigh))
    }

    @Test("A curve that bends within a cell has several lines there", arguments: [1e3, 1e4, 1e5])
    func bends(noise: Double) throws {
        let run = SimulatedRun(Self.lan([], seconds: 12), seed: 2)
        let stretches = try ClockStretch.all(
            of: try ClockProbe.all(of: run.exchanges), spacingNs: 250_000_000, rate: 600_000)
        // With so much noise in its rate the curve follows every train.
        let curve = PointCurve(PointPart.all(stretches, breaks: []), noise: noise)
        let window = stretches[0].spanNs
        let layout = TimeMapDraft(curve, over: window, asking: []).layout
        #expect(layout.pieces.count > layout.cells.count)
        #expect(!layout.pieces.contains { $0.line.isNone })
        var random = SplitMix64(seed: 1)
        var isOff = false
        for _ in 0..<5_000 {
            let stamp = Int64.random(in: window, using: &random)
            let distance = UInt64(stamp - window.lowerBound)
            let cell = layout.cells[Int(distance >> layout.shift)]
            var line = TimeMap.Line(base: cell.base, slope: cell.slope)
            var start = (distance >> layout.shift) << layout.shift
            if cell.pieces > 0 {
                let own = layout.pieces[Int(cell.base)...].prefix(Int(cell.pieces))
                let piece = try #require(own.last { $0.start <= distance })
                (line, start) = (piece.line, piece.start)
            }
            let offset = try #require(curve.estimate(at: stamp)).offsetNs
            let apart = layout.offset + line.offset(after: distance - start) - offset
            isOff = isOff || apart.magnitude > 1
        }
        #expect(!isOff)
    }

    @Test("A line rounds to the nearest, and none is too steep")
    func lines() throws {
        let line = try #require(TimeMap.Line(from: -3.6, rising: 8.5, over: 1_000))
        #expect(line.offset(after: 0) == -4)
        #expect(line.offset(after: 1_000) == 5)
        #expect(line.offset(after: 500) == 1)
        let long = try #require(
            TimeMap.Line(from: 0.25, rising: 2_147_483.25, over: TimeMap.Line.longest))
        #expect(abs(long.offset(after: 1 << 32) - 2_147_483) <= 1)
        #expect(TimeMap.Line(from: 0, rising: 20, over: 1_000) == nil)
        #expect(TimeMap.Line(from: 1e14, rising: 0, over: 1_000) == nil)
        #expect(TimeMap.Line(from: .nan, rising: 0, over: 1_000) == nil)
        #expect(TimeMap.Line(from: 0, rising: .nan, over: 1_000) == nil)
        #expect(try #require(TimeMap.Line(from: 7, rising: 0, over: 0)).offset(after: 0) == 7)
    }
}

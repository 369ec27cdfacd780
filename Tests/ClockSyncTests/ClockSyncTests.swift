import Testing
import TimeBase

@testable import ClockSync

/// A network whose true offset (coordinator minus agent) is a line, with delays from a seed.
private struct Link {
    var state: UInt64
    let offset: Int64
    let ppm: Int64

    init(seed: UInt64, offset: Int64, ppm: Int64) {
        state = seed
        self.offset = offset
        self.ppm = ppm
    }

    mutating func random(_ bound: UInt64) -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64((state >> 33) % bound)
    }

    func truth(_ agent: Int64, from origin: Int64) -> Int64 {
        agent + offset + (agent - origin) * ppm / 1_000_000
    }

    mutating func exchanges(_ count: Int, from origin: Int64, every step: Int64) -> [ClockExchange]
    {
        (0..<count).map { index in
            let t2 = origin + Int64(index) * step
            let t3 = t2 + 3_000 + random(2_000)
            let t1 = truth(t2, from: origin) - 20_000 - random(400_000)
            let t4 = truth(t3, from: origin) + 20_000 + random(400_000)
            return ClockExchange(train: UInt32(index), member: 1, t1: t1, t2: t2, t3: t3, t4: t4)
        }
    }
}

@Suite("The mapping of an agent's clock")
struct ClockFitTests {
    @Test(
        "The guaranteed interval holds the truth inside and outside the probed time",
        arguments: [(UInt64(1), Int64(0)), (2, 95), (3, -95), (4, 40)])
    func coverage(seed: UInt64, ppm: Int64) throws {
        for far: Int64 in [0, 1_000_000_000_000_000] {
            var link = Link(seed: seed, offset: far - 77_000_123, ppm: ppm)
            let origin: Int64 = 5_000_000_000 + far
            let fit = try ClockFit(
                exchanges: link.exchanges(400, from: origin, every: 50_000_000))
            #expect(fit.reasons.isEmpty)
            for step in stride(from: Int64(-3), through: 24, by: 1) {
                let agent = origin + step * 970_000_000 + 11
                let mapped = fit.map(LocalInstant(ns: agent))
                let truth = link.truth(agent, from: origin)
                #expect(mapped.hardLowNs <= truth && truth <= mapped.hardHighNs)
                #expect(mapped.hardLowNs <= mapped.coordinatorNs)
                #expect(mapped.coordinatorNs <= mapped.hardHighNs)
            }
        }
    }

    @Test("The rate wanders by what oscillators do, and the interval still holds, and is tight")
    func wander() throws {
        for seed: UInt64 in 1...6 {
            var link = Link(seed: seed, offset: 123_456_789, ppm: 0)
            var rate = Double(link.random(100) - 50) / 1e6
            var offset = 5e8
            var truth: [(agent: Int64, offset: Double)] = []
            var exchanges: [ClockExchange] = []
            for index in 0..<1_200 {
                let agent = Int64(index) * 50_000_000
                truth.append((agent, offset))
                // Every tenth second the hosts are busy, and no round trip is short.
                let jitter: UInt64 = index / 20 % 10 == 9 ? 3_000_000 : 60_000
                let out = 20_000 + link.random(jitter)
                let back = 20_000 + link.random(jitter)
                let now = agent + Int64(offset.rounded())
                exchanges.append(
                    ClockExchange(
                        train: UInt32(index), member: 1, t1: now - out, t2: agent,
                        t3: agent + 1_000, t4: now + 1_000 + back))
                rate += Double(link.random(201) - 100) / 100 * 1e-7 * 0.05
                offset += rate * 5e7
            }
            let fit = try ClockFit(exchanges: exchanges)
            #expect(fit.reasons.isEmpty)
            for (agent, offset) in truth {
                let mapped = fit.map(LocalInstant(ns: agent))
                let exact = Double(agent) + offset
                #expect(Double(mapped.hardLowNs) <= exact && exact <= Double(mapped.hardHighNs))
                // The last seconds may be busy, with nothing after them to tighten.
                if agent < 57_000_000_000 { #expect(mapped.hardHalfWidthNs < 80_000) }
            }
        }
    }

    @Test("The order of the exchanges does not matter")
    func order() throws {
        var link = Link(seed: 9, offset: 1_234, ppm: 20)
        let exchanges = link.exchanges(50, from: 10, every: 100_000_000)
        let a = try ClockFit(exchanges: exchanges)
        let b = try ClockFit(exchanges: exchanges.reversed())
        #expect(a.map(LocalInstant(ns: 2_000_000_000)) == b.map(LocalInstant(ns: 2_000_000_000)))
    }

    @Test("A step of one clock makes the mapping invalid, in words")
    func step() throws {
        var link = Link(seed: 4, offset: 0, ppm: 0)
        var exchanges = link.exchanges(100, from: 0, every: 100_000_000)
        for index in 50..<100 {
            exchanges[index].t2 += 30_000_000
            exchanges[index].t3 += 30_000_000
        }
        let fit = try ClockFit(exchanges: exchanges)
        #expect(fit.events.map(\.kind) == [.step])
        #expect(fit.reasons.contains { $0.contains("jumped apart by -") })
    }

    @Test("Stamps at the ends of Int64 saturate")
    func extremes() throws {
        let fit = try ClockFit(exchanges: [
            ClockExchange(train: 0, member: 1, t1: .max - 10, t2: 0, t3: 1, t4: .max),
            ClockExchange(train: 1, member: 1, t1: 0, t2: .max - 5, t3: .max, t4: 9),
        ])
        for ns in [Int64.min, -1, 0, 1, .max] {
            let mapped = fit.map(LocalInstant(ns: ns))
            #expect(mapped.hardLowNs <= mapped.hardHighNs)
        }
    }

    @Test("Lies and silence are errors, never traps")
    func refusals() {
        #expect(throws: ClockError.noExchange) { try ClockFit(exchanges: []) }
        let lies: [(Int64, Int64, Int64, Int64)] = [
            (10, 0, 100, 20), (10, 100, 0, 20), (20, 0, 0, 10),
            (Int64.min, 0, 0, Int64.max), (0, Int64.min, Int64.max, 0),
        ]
        for (t1, t2, t3, t4) in lies {
            let lie = ClockExchange(train: 3, member: 2, t1: t1, t2: t2, t3: t3, t4: t4)
            #expect(throws: ClockError.impossibleExchange(train: 3, member: 2)) {
                try ClockFit(exchanges: [lie])
            }
        }
    }
}

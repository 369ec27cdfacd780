import ClockSync
import Testing
import TimeBase

/// Exchanges whose processes read the agent's receipts late by up to 8 us, and the coordinator's at
/// once.
@Suite("Kernel stamps")
struct KernelStampTests {
    /// 20 us each way; the clocks are 5 ms apart.
    private func exchanges(stamped: Bool, stepAt step: Int? = nil) -> [ClockExchange] {
        (0..<400).map { place in
            let t1 = Int64(place / 4) * 50_000_000 + Int64(place % 4) * 100_000
            let receipt = t1 + 20_000 - 5_000_000
            let late: Int64 = 4_000 + Int64(place * 37 % 40) * 100
            let answer = receipt + late + 1_000
            let back = answer + 20_000 + 5_000_000
            // A step of REALTIME between stamp and conversion: the stamp says anything.
            let wrong: Int64 = place == step ? -15_000 : 0
            return ClockExchange(
                train: UInt32(place / 4), member: UInt16(place % 4), t1: t1, t2: receipt + late,
                t3: answer, t4: back + 500, k2: stamped ? receipt + wrong : nil,
                k4: stamped ? back : nil)
        }
    }

    private func errors(_ exchanges: [ClockExchange]) throws -> [Int64] {
        let fit = try ClockFit(exchanges: exchanges)
        return exchanges.map { exchange in
            let mapped = fit.map(LocalInstant(ns: exchange.t3))
            let truth = exchange.t3 + 5_000_000
            #expect(mapped.hardLowNs <= truth && truth <= mapped.hardHighNs)
            return abs(mapped.coordinatorNs - truth)
        }
    }

    @Test(
        "The point follows them, and the guaranteed interval rests on the processes' own readings")
    func point() throws {
        // Half of the processes' delay is taken for an offset; the kernel's stamps have none.
        let user = try errors(exchanges(stamped: false)).max() ?? 0
        let kernel = try errors(exchanges(stamped: true)).max() ?? .max
        #expect(user > 1_500)
        #expect(kernel < 100)
    }

    @Test("One that a step made wrong moves no bound, and the point by little")
    func step() throws {
        let bounds = { (exchanges: [ClockExchange]) throws -> [Int64] in
            let fit = try ClockFit(exchanges: exchanges)
            return exchanges.map { fit.map(LocalInstant(ns: $0.t3)).hardLowNs }
        }
        let stepped = exchanges(stamped: true, stepAt: 201)
        #expect(try bounds(stepped) == bounds(exchanges(stamped: false)))
        #expect((try errors(stepped).max() ?? .max) < 500)
    }

    @Test("A train's first exchange, which pays cold wake-ups, moves no point")
    func firstOfTrain() throws {
        let late = exchanges(stamped: false).map { exchange in
            var exchange = exchange
            if exchange.member == 0 {
                exchange.t2 += 3_000
                exchange.t3 += 3_000
            }
            return exchange
        }
        let (even, moved) = (
            try ClockFit(exchanges: exchanges(stamped: false)), try ClockFit(exchanges: late)
        )
        for exchange in late where exchange.member > 0 {
            let stamp = LocalInstant(ns: exchange.t3)
            #expect(abs(even.map(stamp).coordinatorNs - moved.map(stamp).coordinatorNs) < 5)
        }
    }

    @Test("One stamp of the two says nothing: half of one process's delay would be an offset")
    func oneOfTwo() throws {
        let both = exchanges(stamped: true)
        let none = exchanges(stamped: false)
        let halves = [
            both.map { ClockExchange($0, k2: $0.k2, k4: nil) },
            both.map { ClockExchange($0, k2: nil, k4: $0.k4) },
        ]
        let points = { (exchanges: [ClockExchange]) throws -> [Int64] in
            let fit = try ClockFit(exchanges: exchanges)
            return exchanges.map { fit.map(LocalInstant(ns: $0.t3)).coordinatorNs }
        }
        for half in halves { #expect(try points(half) == points(none)) }
        #expect(try points(both) != points(none))
    }
}

extension ClockExchange {
    /// The same with other stamps of the kernel.
    fileprivate init(_ other: ClockExchange, k2: Int64?, k4: Int64?) {
        self.init(
            train: other.train, member: other.member, t1: other.t1, t2: other.t2, t3: other.t3,
            t4: other.t4, k2: k2, k4: k4)
    }
}

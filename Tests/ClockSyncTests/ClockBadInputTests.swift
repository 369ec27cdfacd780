import Randomness
import Testing
import TimeBase

@testable import ClockSync

/// Whatever stamps a peer sends: an error or a fit that says what is wrong with it, never a trap or
/// an interval upside down.
@Suite("Exchanges that are wrong")
struct ClockBadInputTests {
    private static func good(_ count: Int) -> [ClockExchange] {
        (0..<Int64(count)).map { index in
            let sent = 1_000_000_000 + index / 4 * 100_000_000 + index % 4 * 60_000
            return ClockExchange(
                train: UInt32(index / 4), member: UInt16(index % 4), t1: sent, t2: sent + 25_000,
                t3: sent + 27_000, t4: sent + 50_000 + index % 3 * 100)
        }
    }

    /// Rules that hold for any fit.
    private func check(_ fit: ClockFit, _ exchanges: [ClockExchange]) {
        let stamps = exchanges.flatMap { [$0.t2, $0.t3] } + [.min, -1, 0, 1, .max]
        for stamp in stamps {
            let mapped = fit.map(LocalInstant(ns: stamp))
            #expect(mapped.hardLowNs <= mapped.budgetLowNs)
            #expect(mapped.budgetLowNs <= mapped.coordinatorNs)
            #expect(mapped.coordinatorNs <= mapped.budgetHighNs)
            #expect(mapped.budgetHighNs <= mapped.hardHighNs)
            #expect(mapped.estSigmaNs.isFinite && mapped.estSigmaNs >= 0)
            #expect(mapped.estNs >= 500 && mapped.hardHalfWidthNs >= 0)
        }
        #expect(fit.skewPPM?.isFinite ?? true)
    }

    @Test(
        "One exchange, one train: a bound, and a reason why it is not enough", arguments: [1, 2, 4])
    func tooFew(count: Int) throws {
        let exchanges = Self.good(count)
        let fit = try ClockFit(exchanges: exchanges)
        check(fit, exchanges)
        #expect(fit.reasons.count == 1 && fit.reasons[0].contains("only one train"))
        let truth = fit.map(LocalInstant(ns: exchanges[0].t2))
        #expect(truth.hardLowNs <= exchanges[0].t2 && exchanges[0].t2 <= truth.hardHighNs)
    }

    @Test("Trains that come twice count once")
    func duplicates() throws {
        let exchanges = Self.good(80)
        let once = try ClockFit(exchanges: exchanges)
        let twice = try ClockFit(exchanges: exchanges + exchanges.reversed())
        check(twice, exchanges)
        for exchange in exchanges {
            let local = LocalInstant(ns: exchange.t3 + 7)
            #expect(once.map(local) == twice.map(local))
        }
    }

    @Test("A clock that goes back: not valid, and both of its times are in the interval")
    func setBack() throws {
        var exchanges = Self.good(200)
        for index in 100..<200 {
            exchanges[index].t2 -= 1_500_000_000
            exchanges[index].t3 -= 1_500_000_000
        }
        let fit = try ClockFit(exchanges: exchanges)
        check(fit, exchanges)
        #expect(fit.events.map(\.kind) == [.step])
        #expect(!fit.isValid)
        #expect(fit.reasons.contains { $0.contains("jumped apart by 1500.000 ms") })
        for exchange in exchanges {
            let mapped = fit.map(LocalInstant(ns: exchange.t2))
            #expect(mapped.hardLowNs <= exchange.t1 + 25_000)
            #expect(exchange.t1 + 25_000 <= mapped.hardHighNs)
        }
    }

    @Test("A clock that goes back time and again is none")
    func unsteady() {
        var exchanges = Self.good(200)
        for index in stride(from: 4, to: 200, by: 4) {
            exchanges[index].t2 -= 1_000_000_000
            exchanges[index].t3 -= 1_000_000_000
        }
        #expect(throws: ClockError.unsteadyClock(times: 49)) {
            try ClockFit(exchanges: exchanges)
        }
    }

    @Test("Stamps at the ends of Int64, alone and among good ones")
    func extremes() throws {
        let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for a in ends {
            for b in ends where b >= a {
                for offset in ends {
                    let (t1, isOver) = a.addingReportingOverflow(offset)
                    let (t4, isOverToo) = b.addingReportingOverflow(offset)
                    if isOver || isOverToo { continue }
                    let odd = ClockExchange(train: 9, member: 1, t1: t1, t2: a, t3: b, t4: t4)
                    for others in [0, 12] {
                        let exchanges = Self.good(others) + [odd]
                        do throws(ClockError) {
                            check(try ClockFit(exchanges: exchanges), exchanges)
                        } catch {
                            let isRefused =
                                error == .impossibleExchange(train: 9, member: 1)
                            #expect(isRefused, "\(error)")
                        }
                    }
                }
            }
        }
    }

    @Test("Flipped bits and swapped stamps", arguments: 0..<60)
    func fuzz(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var exchanges = Self.good(60)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: exchanges.indices, using: &random)
            let bit = Int64(1) << Int64.random(in: 0...62, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: exchanges[index].t1 ^= bit
            case 1: exchanges[index].t2 ^= bit
            case 2: exchanges[index].t3 ^= bit
            case 3: exchanges[index].t4 ^= bit
            case 4: exchanges[index].train = UInt32.random(in: 0...9, using: &random)
            default:
                exchanges.swapAt(index, Int.random(in: exchanges.indices, using: &random))
            }
        }
        do throws(ClockError) {
            check(try ClockFit(exchanges: exchanges), exchanges)
        } catch {
            #expect(error != .noExchange)
        }
    }

    @Test("Readings of any kind")
    func readings() throws {
        var random = SplitMix64(seed: 5)
        let exchanges = Self.good(60)
        for _ in 0..<40 {
            let readings = (0..<20).map { _ in
                ClockReading(
                    rawNs: .random(in: .min ... .max, using: &random),
                    monotonicNs: .random(in: .min ... .max, using: &random),
                    boottimeNs: .random(in: .min ... .max, using: &random),
                    realtimeNs: .random(in: .min ... .max, using: &random))
            }
            check(try ClockFit(exchanges: exchanges, readings: readings), exchanges)
        }
    }
}

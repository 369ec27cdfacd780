import Bytes
import ClockSync
import Testing
import TimeBase

@testable import RunRecord

/// Trains of four a hundredth of a second apart; train n takes `delay(n)` there and back.
private func rows(_ trains: Int, delay: (Int) -> Int64) -> [ProbeRow] {
    (0..<trains).flatMap { train in
        (0..<4).map { member in
            let t1 = Int64(train) * 10_000_000 + Int64(member) * 100_000
            let way = delay(train) / 2
            return ProbeRow(
                exchange: ClockExchange(
                    train: UInt32(train), member: UInt16(member), t1: t1, t2: t1 + way,
                    t3: t1 + way + 10, t4: t1 + 2 * way + 10),
                reading: ClockReading(
                    rawNs: t1 + way, monotonicNs: t1 + 5, boottimeNs: t1 + 5, realtimeNs: t1 - 9))
        }
    }
}

@Suite("The exchanges that are kept")
struct ExchangeLogTests {
    private func log(limit: Int, _ rows: [ProbeRow]) -> ExchangeLog {
        var log = ExchangeLog(limit: limit)
        for row in rows { log.append(row) }
        return log
    }

    @Test("Below the limit every exchange is kept, one of a train that is not over, too")
    func all() {
        let rows = rows(10) { _ in 1_000 }.dropLast()
        let log = log(limit: 40, Array(rows))
        #expect(log.exchanges == rows.map(\.exchange))
        #expect(log.count == 39)
    }

    @Test("The recent ones are those of the last span of the agent's clock", arguments: [0, 3])
    func recent(missing: Int) {
        let rows = rows(100) { _ in 1_000 }.dropLast(missing).map { $0 }
        let log = log(limit: 10_000, rows)
        let last = rows[rows.count - 1].exchange.t2
        let recent = log.recent(.milliseconds(95))
        #expect(recent == rows.map(\.exchange).filter { $0.t2 >= last - 95_000_000 })
        #expect(log.recent(.seconds(60)) == log.exchanges)
        #expect(ExchangeLog(limit: 5).recent(.seconds(1)).isEmpty)
    }

    @Test("Above it the best of every 2, 4, 8 ... neighbouring trains stays", arguments: [1, 7, 8])
    func thinned(more: Int) {
        // Every eighth train is quick.
        let rows = rows(512 + more) { $0 % 8 == 3 ? 1_000 : 9_000 }
        let log = log(limit: 400, rows)
        #expect(log.exchanges.count <= 400)
        #expect(log.count == rows.count)
        let trains = log.exchanges.map(\.train)
        // No stretch of 16 trains is without its quick one.
        for begin in stride(from: UInt32(0), to: 512, by: 16) {
            #expect(trains.contains { (begin..<begin + 16).contains($0) && $0 % 8 == 3 })
        }
        #expect(trains == trains.sorted())
        for train in Set(trains) { #expect(trains.filter { $0 == train }.count == 4) }
    }

    @Test(
        "The train at which room runs out competes with as many as its neighbours do",
        arguments: [(12, 6, [0, 2, 4]), (8, 4, [0, 2])])
    func groups(limit: Int, trains: Int, kept: [UInt32]) {
        let log = log(limit: limit, rows(trains) { _ in 1_000 })
        #expect(log.exchanges.filter { $0.member == 0 }.map(\.train) == kept)
    }

    @Test("What is kept covers the whole run evenly, however long it was")
    func even() {
        let log = log(limit: 400, rows(20_000) { _ in 1_000 })
        let starts = log.exchanges.filter { $0.member == 0 }.map(\.t1)
        let gaps = zip(starts.dropFirst(), starts).map { $0 - $1 }
        #expect(log.exchanges.count >= 200)
        #expect((gaps.max() ?? .max) <= 2 * (gaps.min() ?? 0) * 2)
        #expect((starts.first ?? .max) < 10_000_000_000)
        #expect((starts.last ?? 0) > 199_000_000_000 - 10_000_000_000)
    }

    @Test("Readings are kept ten times a second, fewer when there is no room, and each step back")
    func readings() {
        #expect(log(limit: 4_000, rows(1_000) { _ in 1_000 }).readings.count == 100)
        let few = log(limit: 40, rows(1_000) { _ in 1_000 }).readings
        #expect((20...40).contains(few.count))
        var late = rows(2) { _ in 1_000 }
        late[5].reading.rawNs = -1
        #expect(log(limit: 40, late).readings.contains { $0.rawNs == -1 })
    }

    @Test("One exchange that no common clock explains is enough")
    func sharedClock() {
        var rows = rows(3) { _ in 1_000 }
        #expect(log(limit: 40, rows).admitsSharedClock)
        rows[4].exchange.t2 = rows[4].exchange.t1 - 1
        #expect(!log(limit: 40, rows).admitsSharedClock)
        rows[4].exchange.t2 = rows[4].exchange.t1
        rows[7].exchange.t3 = rows[7].exchange.t4 + 1
        #expect(!log(limit: 4, rows).admitsSharedClock)
    }
}

@Suite("Probe rows in the journal")
struct ProbeRowCodecTests {
    private static let extremes: [ProbeRow] = [Int64.min, -1, 0, 1, .max].flatMap { value in
        [UInt32.min, 7, .max].map { train in
            ProbeRow(
                exchange: ClockExchange(
                    train: train, member: .max, t1: value, t2: value &+ 1, t3: -1 &- value,
                    t4: value, k2: train == 7 ? nil : value, k4: train == 7 ? 3 : nil),
                reading: ClockReading(
                    rawNs: value, monotonicNs: .min, boottimeNs: .max, realtimeNs: value &* 3))
        }
    }

    @Test("Rows come back as they were, at the limits too", arguments: [[], extremes])
    func roundTrip(_ rows: [ProbeRow]) throws {
        #expect(try ProbeRowCodec.decode(ProbeRowCodec.encode(rows)) == rows)
    }

    @Test("A row of a train takes at most 32 bytes")
    func size() {
        let rows = rows(64) { _ in 60_000 }
        #expect(ProbeRowCodec.encode(rows).count <= rows.count * 32)
    }

    @Test("What is cut, changed or claims too much is an error, never a trap")
    func damaged() {
        let bytes = ProbeRowCodec.encode(rows(2) { _ in 1_000 } + Self.extremes)
        for length in bytes.indices {
            #expect(throws: DecodeError.self) { try ProbeRowCodec.decode(Array(bytes[..<length])) }
        }
        for offset in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[offset] ^= 1 << UInt8(bit)
                // Some changes give other rows; none may end the program.
                _ = try? ProbeRowCodec.decode(changed)
            }
        }
        #expect(throws: DecodeError.self) { try ProbeRowCodec.decode([255, 255, 255, 255, 15]) }
        #expect(throws: DecodeError.self) { try ProbeRowCodec.decode(bytes + [0]) }
    }
}

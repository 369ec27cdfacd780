package import ClockSync
package import TimeBase

/// The exchanges of one agent that its fit rests on, in the order in which they came, and what its
/// clocks showed: bounded, however long the run.
///
/// While there is room every exchange is kept. When it is used up, every second train goes: of two
/// neighbours the one with the shorter round trip stays, and from there on the best of every two,
/// four, eight ... trains. Leaving out exchanges can only widen what is guaranteed, never make it
/// untrue. The journal has all of them; whoever reads it keeps the same ones by the same rule.
package struct ExchangeLog: Sendable {
    /// Exchanges that all agents of a run may hold together: some 300 MB.
    static let total = 4 << 20
    /// The most and the least that one agent may: 1.8 h of 20 trains a second, and some minutes.
    static let range = 4 << 10...512 << 10
    /// The least distance of two readings: 10 a second.
    private static let readingDistance = TimeSpan.milliseconds(100)

    /// Exchanges so far, kept or not.
    package private(set) var count = 0
    /// Whether everything so far allows that both sides read one and the same clock: only then is a
    /// clock that both name by one name taken to be shared.
    package private(set) var admitsSharedClock = true
    /// Readings of the agent's clocks, at most ten times a second.
    package private(set) var readings: [ClockReading] = []
    private let limit: Int
    private var kept: [ClockExchange] = []
    /// Where each kept train begins.
    private var trains: [Int] = []
    private var train: [ClockExchange] = []
    /// How many trains are kept as one, and how many were for the last one.
    private var stride = 1
    private var competitors = 0
    private var distance = Self.readingDistance

    /// - Parameter agents: how many share the memory.
    package init(agents: Int) {
        self.init(
            limit: min(
                max(Self.total / max(1, agents), Self.range.lowerBound), Self.range.upperBound))
    }

    /// - Parameter limit: exchanges kept at most, and readings.
    init(limit: Int) { self.limit = limit }

    /// The exchanges that are kept.
    package var exchanges: [ClockExchange] { kept + train }

    /// Hands over the exchanges that are kept, and keeps what is known of them as a whole.
    mutating func takeExchanges() -> [ClockExchange] {
        defer { (kept, trains, train) = ([], [], []) }
        kept += train
        return kept
    }

    /// The kept exchanges of the last `span` of the agent's clock. O(their number).
    package func recent(_ span: TimeSpan) -> [ClockExchange] {
        guard let last = train.last ?? kept.last else { return [] }
        let since = last.t2 &- span.ns
        let start = kept.lastIndex { $0.t2 < since }.map { $0 + 1 } ?? 0
        return Array(kept[start...]) + train
    }

    /// Another exchange, and the reading that came with it.
    package mutating func append(_ row: ProbeRow) {
        let exchange = row.exchange
        if let last = train.last, last.train != exchange.train || last.member >= exchange.member {
            trainEnded()
        }
        train.append(exchange)
        count += 1
        if exchange.t1 > exchange.t2 || exchange.t3 > exchange.t4 { admitsSharedClock = false }
        if exchange.member + 1 == ProbeRow.trainMembers { trainEnded() }
        add(row.reading)
    }

    private mutating func trainEnded() {
        defer { train.removeAll(keepingCapacity: true) }
        guard competitors > 0, competitors < stride, let start = trains.last else {
            competitors = 1
            trains.append(kept.count)
            kept += train
            if kept.count > limit { thin() }
            return
        }
        competitors += 1
        guard Self.delay(of: train[...]) < Self.delay(of: kept[start...]) else { return }
        kept.removeSubrange(start...)
        kept += train
    }

    /// The better one of every two neighbouring trains stays.
    private mutating func thin() {
        var halved: [Int] = []
        var better: [ClockExchange] = []
        better.reserveCapacity(limit)
        var train = 0
        while train < trains.count {
            let first = slice(train)
            let second = train + 1 < trains.count ? slice(train + 1) : first
            halved.append(better.count)
            better += Self.delay(of: second) < Self.delay(of: first) ? second : first
            train += 2
        }
        // The last one goes on with those that it and its neighbour have seen.
        if trains.count.isMultiple(of: 2) { competitors += stride }
        stride *= 2
        trains = halved
        kept = better
    }

    private func slice(_ train: Int) -> ArraySlice<ClockExchange> {
        kept[trains[train]..<(train + 1 < trains.count ? trains[train + 1] : kept.count)]
    }

    /// The least round trip of a train, its first member aside where there are others: that one
    /// pays the cold wake-up.
    private static func delay(of train: ArraySlice<ClockExchange>) -> Int64 {
        let warm = train.lazy.filter { $0.member > 0 }.compactMap(\.roundTripNs).min()
        return warm ?? train.first?.roundTripNs.map { $0 &+ 1_000_000_000 } ?? .max
    }

    private mutating func add(_ reading: ClockReading) {
        if let last = readings.last {
            let (passed, overflow) = reading.rawNs.subtractingReportingOverflow(last.rawNs)
            // Backwards is news as well.
            if !overflow, passed >= 0, passed < distance.ns { return }
        }
        readings.append(reading)
        guard readings.count > limit else { return }
        distance = TimeSpan(ns: distance.ns * 2)
        var train = 0
        readings.removeAll { _ in
            defer { train += 1 }
            return !train.isMultiple(of: 2)
        }
    }
}

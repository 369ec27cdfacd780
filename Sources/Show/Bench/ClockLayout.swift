import ClockSync
import Randomness
import Results
import TimeBase

/// Stamps mapped by a fit that was laid out for them, against the fit itself.
struct ClockLayout {
    private let fit: ClockFit
    private let window: ClosedRange<LocalInstant>
    /// The window's length, in words.
    private let length: String
    private let count: Int
    private let repetitions: Int

    init(
        _ size: BenchSize, _ fit: ClockFit, from first: LocalInstant, to last: LocalInstant,
        _ length: String
    ) {
        self.fit = fit
        self.length = length
        window = first...last
        count = size == .full ? 1_000_000 : 10_000
        repetitions = size == .full ? 5 : 1
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let fit = fit
        let window = window
        var made: TimeMap?
        let laidOut = Stopwatch.leastNs(repetitions) { made = TimeMap(fit, over: window) }
        guard let map = made else { throw wrong("nothing was laid out") }
        try judge(map)
        let step = (window.upperBound.ns - window.lowerBound.ns) / Int64(count)
        let stamps = (0..<Int64(count)).map { LocalInstant(ns: window.lowerBound.ns + $0 * step) }
        var generator = SplitMix64(seed: 5)
        let drawn = stamps.shuffled(using: &generator)
        let seconds = Double(window.upperBound.ns - window.lowerBound.ns) / 1e9
        return try [
            row("stamp mapped, in order", stamps, by: map, .atMost(3)),
            row("stamp mapped, at random", drawn, by: map, .atMost(6)),
            BenchRow(
                benchmark: .clock, name: "mapping laid out, a second of \(length)",
                value: laidOut / seconds / 1e3, unit: "us", goal: .atMost(20)),
        ]
    }

    /// Nanoseconds a stamp; the floor is the fit's own mapping.
    private func row(
        _ name: String, _ stamps: [LocalInstant], by map: TimeMap, _ goal: BenchRow.Goal
    ) throws(BenchFailure) -> BenchRow {
        let fit = fit
        var mapped = Array(repeating: Int64(0), count: stamps.count)
        let spent = Stopwatch.leastNs(repetitions) {
            for index in stamps.indices { mapped[index] = map.map(stamps[index]) }
        }
        var own = Array(repeating: Int64(0), count: stamps.count)
        let floor = Stopwatch.leastNs(1) {
            for index in stamps.indices { own[index] = fit.map(stamps[index]).coordinatorNs }
        }
        guard zip(mapped, own).allSatisfy({ abs($0 - $1) <= 1 }) else {
            throw wrong("\(name): a stamp is more than 1 ns off what the fit says")
        }
        return BenchRow(
            benchmark: .clock, name: name, value: spent / Double(count), unit: "ns",
            floor: floor / Double(count), goal: goal)
    }

    /// The bounds of the whole window against those of many stamps in it.
    private func judge(_ map: TimeMap) throws(BenchFailure) {
        let step = (window.upperBound.ns - window.lowerBound.ns) / 10_000
        var low: Int64 = 0
        var high: Int64 = 0
        for number in 0..<Int64(10_000) {
            let stamp = LocalInstant(ns: window.lowerBound.ns + number * step)
            let mapped = fit.map(stamp)
            low = min(low, mapped.hardLowNs - map.map(stamp))
            high = max(high, mapped.hardHighNs - map.map(stamp))
        }
        guard map.hardLow <= low, high <= map.hardHigh else {
            throw wrong("a hard interval reaches out of the window's bounds")
        }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .clock, problem: problem)
    }
}

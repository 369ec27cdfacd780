import ClockSync
import PlainText
package import TimeBase

/// A change of a host's CLOCK_REALTIME that its other clocks did not make, or only with it: it
/// moves no token, since stamps count on CLOCK_MONOTONIC_RAW, but the kernel's stamps near it
/// cannot be used.
package struct RealtimeChange: Hashable, Sendable {
    package enum Size: Hashable, Sendable {
        /// It was set, ns forwards.
        case step(Int64)
        /// Its rate, and CLOCK_MONOTONIC's with it, changed by so many parts per million.
        case slew(Double)
    }

    package var size: Size
    /// When, on the host's CLOCK_MONOTONIC_RAW, ns.
    package var at: Int64

    package init(_ size: Size, at: Int64) {
        self.size = size
        self.at = at
    }
}

extension RealtimeChange {
    /// A step of less is not told from readings that were interrupted.
    static let leastStepNs: Int64 = 20_000
    /// Rates that are compared are means over so long.
    static let slewWindowNs: Int64 = 5_000_000_000
    /// A discipline of the clock moves its rate by some ppm all the time.
    static let leastSlewPPM = 50.0
    /// Medians are over so many readings: one that was interrupted stands out alone.
    private static let neighbours = 3

    /// The changes that a host's readings show, in order of time; none is told within the first and
    /// the last three readings.
    ///
    /// - Complexity: O(n log n).
    package static func all(in readings: [ClockReading]) -> [RealtimeChange] {
        let rows = readings.sorted { $0.rawNs < $1.rawNs }
        return (steps(in: rows) + slews(in: rows)).sorted { $0.at < $1.at }
    }

    /// REALTIME less MONOTONIC is constant but for steps: both are slewed alike.
    private static func steps(in rows: [ClockReading]) -> [RealtimeChange] {
        let ahead = rows.map { $0.realtimeNs &- $0.monotonicNs }
        guard ahead.count >= 2 * neighbours else { return [] }
        var changes: [RealtimeChange] = []
        var index = neighbours
        while index <= ahead.count - neighbours {
            let before = median(ahead[(index - neighbours)..<index])
            let after = median(ahead[index..<(index + neighbours)])
            let step = after &- before
            guard step.magnitude >= UInt64(leastStepNs) else {
                index += 1
                continue
            }
            // The medians see it a reading early: it lies where two neighbours part by most of it.
            let around = (index - 1)...min(index + 1, ahead.count - 1)
            let at =
                around.max {
                    (ahead[$0] &- ahead[$0 - 1]).magnitude < (ahead[$1] &- ahead[$1 - 1]).magnitude
                } ?? index
            changes.append(RealtimeChange(.step(step), at: rows[at].rawNs))
            index = at + neighbours
        }
        return changes
    }

    /// MONOTONIC less RAW grows as fast as the clock is slewed.
    private static func slews(in rows: [ClockReading]) -> [RealtimeChange] {
        var marks: [(at: Int64, ahead: Int64)] = []
        for (index, row) in rows.enumerated() where index + neighbours <= rows.count {
            if let last = marks.last, last.at.distanceClamped(to: row.rawNs) < slewWindowNs {
                continue
            }
            let near = rows[index..<(index + neighbours)].map { $0.monotonicNs &- $0.rawNs }
            marks.append((row.rawNs, median(near[...])))
        }
        var changes: [RealtimeChange] = []
        var last: Double?
        for (from, to) in zip(marks, marks.dropFirst()) {
            let span = from.at.distanceClamped(to: to.at)
            guard span > 0 else { continue }
            let rate = Double(to.ahead &- from.ahead) / Double(span) * 1e6
            if let last, (rate - last).magnitude >= leastSlewPPM {
                changes.append(RealtimeChange(.slew(rate - last), at: from.at))
            }
            last = rate
        }
        return changes
    }

    private static func median(_ values: ArraySlice<Int64>) -> Int64 {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }
}

extension RealtimeChange {
    /// The meaning of the `changes` of the host `name`, in a sentence; nil without any.
    ///
    /// - Parameter seconds: The time of an instant of the host's clock, in words.
    package static func sentence(
        _ changes: [RealtimeChange], of name: String, seconds: (Int64) -> String
    ) -> String? {
        guard let first = changes.first else { return nil }
        let what =
            switch first.size {
            case .step(let ns): "stepped by \(Figures.span(ns))"
            case .slew(let ppm): "slewed by \(Figures.fixed(ppm, 0)) ppm"
            }
        let more =
            changes.count == 1
            ? "" : ", and \(Figures.count(changes.count - 1, "more change")) came"
        return
            "CLOCK_REALTIME of \(name) was \(what) at \(seconds(first.at))\(more): no token moves "
            + "by it, but kernel stamps near it count as the client's own readings; keep time "
            + "services from setting clocks during runs."
    }
}

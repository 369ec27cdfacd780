package import ClockSync
package import TimeBase

/// The fit of one agent's clock, as a run's files state it.
package struct ClockRecord: Hashable, Sendable {
    /// Half-widths of one of the intervals over a window, ns.
    package struct HalfWidth: Hashable, Sendable {
        package var median: Int64
        package var maximum: Int64

        package init(median: Int64, maximum: Int64) {
            self.median = median
            self.maximum = maximum
        }
    }

    /// A stretch in which the clock may have broken by less than can be told: of ``SuspectedBreak``
    /// what the files have, so that what is read back is all that was written.
    package struct Suspicion: Hashable, Sendable {
        package var from: Int64
        package var to: Int64
        package var sigmas: Double

        package init(from: Int64, to: Int64, sigmas: Double) {
            self.from = from
            self.to = to
            self.sigmas = sigmas
        }
    }

    /// Probe exchanges that the fit rests on.
    package var exchanges = 0
    /// The least round trip, ns; nil without a fit.
    package var minRTT: Int64?
    /// Coordinator's rate against the agent's, ppm; nil below a second.
    package var skewPPM: Double?
    /// The three intervals' half-widths over the window; nil without a fit.
    package var hard: HalfWidth?
    package var budget: HalfWidth?
    package var est: HalfWidth?
    package var events: [ClockEvent] = []
    package var suspected: [Suspicion] = []
    /// Why the clock is not valid over the window, a sentence each; empty where it is.
    package var problems: [String] = []
    /// The agent's boot, and the kernel's name for its time namespace.
    package var bootID = ""
    package var timeNamespace = ""
    /// Whether the agent's clock is the coordinator's own, so that its stamps need no mapping.
    package var isShared = false

    package init() {}

    /// Whether the clock holds over the window.
    package var isValid: Bool { problems.isEmpty }
}

extension ClockRecord {
    /// Instants at which the advisory intervals are looked at.
    private static let samples: Int64 = 1_000

    /// The figures of `fit` over `window`, of the agent's clock.
    ///
    /// - Complexity: O(log n) a sample, and what ``ClockFit/hardHalfWidth(in:)`` takes.
    package init(_ fit: ClockFit, over window: ClosedRange<LocalInstant>) {
        exchanges = fit.exchanges
        minRTT = fit.minRTTNs
        skewPPM = fit.skewPPM
        let width = fit.hardHalfWidth(in: window)
        hard = HalfWidth(median: width.median, maximum: width.maximum)
        let sampled = Self.instants(of: window).map { fit.map($0) }
        budget = HalfWidth(
            sampled.map(\.budgetHalfWidthNs))
        est = HalfWidth(sampled.map(\.estNs))
        events = fit.events
        suspected = fit.suspected.map {
            Suspicion(from: $0.fromAgentNs, to: $0.toAgentNs, sigmas: $0.sigmas)
        }
        // A break outside the window, such as a suspend while others were waited for, spoils
        // nothing.
        problems = fit.problems(in: window)
    }

    private static func instants(of window: ClosedRange<LocalInstant>) -> [LocalInstant] {
        let begin = window.lowerBound.ns
        let length = begin.distanceClamped(to: window.upperBound.ns)
        return (0...samples).map { step in
            LocalInstant(ns: begin &+ length / samples &* step)
        } + [window.upperBound]
    }
}

extension ClockRecord.HalfWidth {
    /// The median and the maximum of widths at evenly spaced instants; nil without any.
    fileprivate init?(_ widths: [Int64]) {
        guard !widths.isEmpty else { return nil }
        let sorted = widths.sorted()
        self.init(median: sorted[sorted.count / 2], maximum: sorted[sorted.count - 1])
    }
}

extension Int64 {
    /// `end` minus this, 0 where it lies before it, and the greatest number beyond 64 bits.
    package func distanceClamped(to end: Int64) -> Int64 {
        let (distance, overflow) = end.subtractingReportingOverflow(self)
        return overflow ? (end > self ? .max : 0) : Swift.max(0, distance)
    }
}

extension ClockRecord {
    /// `none`, `1 step`, `2 rate, 1 suspected`.
    package var breaks: String {
        var counts: [String] = []
        for kind in [ClockEvent.Kind.step, .rate, .suspend] {
            let count = events.count { $0.kind == kind }
            if count > 0 { counts.append("\(count) \(kind.rawValue)") }
        }
        if !suspected.isEmpty { counts.append("\(suspected.count) suspected") }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }
}

package import TimeBase

/// The rules by which a mapping is not good enough for a run.
extension ClockFit {
    /// The guaranteed half width may reach so much, ns.
    private static let widestNs: Int64 = 1_000_000
    /// Above this, ns, an interval says nothing: a day.
    private static let finiteNs: Int64 = 86_400_000_000_000
    /// Zones of events may cover so much of a window, in percent.
    private static let zonePercent = 5.0

    /// Why the mapping does not hold over its own probed interval; empty when it does.
    package var reasons: [String] { problems(in: probed) }

    /// Whether the mapping holds over its own probed interval.
    package var isValid: Bool { reasons.isEmpty }

    /// The objections of the validity rules to a window, in words; empty when the mapping is good
    /// there.
    ///
    /// Places are in seconds of the agent's clock since its first stamp in a probe.
    package func problems(in window: ClosedRange<LocalInstant>) -> [String] {
        let range = window.lowerBound.ns...window.upperBound.ns
        return widthProblems(window) + zoneProblems(range) + breakProblems(range)
            + ledgerProblems(range)
    }

    /// The median and the largest guaranteed half width over `window`, ns.
    ///
    /// - Complexity: O(n log n) in the window's quarters of a knot, at most 20,000 of them.
    package func hardHalfWidth(
        in window: ClosedRange<LocalInstant>
    ) -> (median: Int64, maximum: Int64) {
        let widths = halfWidths(in: window).map(\.width).sorted()
        return (widths[widths.count / 2], widths[widths.count - 1])
    }

    private func halfWidths(
        in window: ClosedRange<LocalInstant>
    ) -> [(at: Int64, width: Int64)] {
        let low = window.lowerBound.ns
        let span = window.upperBound.ns.clampedDifference(low)
        let quarter = max(1, options.knotSpacing.ns / 4)
        let count = min(max(span / quarter, 200), 20_000)
        return (0...count).map { index in
            let part = Double(span) * (Double(index) / Double(count))
            let at = min(low.clampedSum(Int64(clamped: part)), window.upperBound.ns)
            return (at, map(LocalInstant(ns: at)).hardHalfWidthNs)
        }
    }

    private func widthProblems(_ window: ClosedRange<LocalInstant>) -> [String] {
        var problems: [String] = []
        if trains < 2 {
            problems.append(
                "only one train of clock probes was answered: how fast the agent's clock runs "
                    + "cannot be known from it")
        }
        guard let worst = halfWidths(in: window).max(by: { $0.width < $1.width }) else {
            return problems
        }
        if worst.width > Self.finiteNs {
            problems.append(
                "no bound exists at \(place(worst.at)): no clock probe speaks of that time")
        } else if worst.width > Self.widestNs {
            problems.append(
                "the guaranteed bound reaches +-\(worst.width / 1_000) us at \(place(worst.at)), "
                    + "more than \(Self.widestNs / 1_000) us: clock probes were lost or late there")
        }
        return problems
    }

    private func zoneProblems(_ range: ClosedRange<Int64>) -> [String] {
        let span = Double(range.upperBound.clampedDifference(range.lowerBound))
        guard span > 0 else { return [] }
        let covered = events.reduce(0.0) { sum, event in
            let low = max(event.fromAgentNs, range.lowerBound)
            let high = min(event.toAgentNs, range.upperBound)
            return sum + Double(max(0, high.clampedDifference(low)))
        }
        let percent = covered / span * 100
        guard percent > Self.zonePercent else { return [] }
        return [
            "zones in which a clock broke cover \((percent * 10).rounded() / 10) % of the time, "
                + "more than \(Int(Self.zonePercent)) %"
        ]
    }

    private func breakProblems(_ range: ClosedRange<Int64>) -> [String] {
        var problems: [String] = []
        for event in events where event.overlaps(range) {
            switch event.kind {
            case .rate: break
            case .step:
                problems.append(
                    "the clocks jumped apart by \(milliseconds(jump(at: event))) ms between "
                        + "\(place(event.fromAgentNs)) and \(place(event.toAgentNs)): a clock was "
                        + "set, or a host stood still")
            case .suspend:
                problems.append(
                    "the agent's host was suspended for \(milliseconds(jump(at: event))) ms "
                        + "between \(place(event.fromAgentNs)) and \(place(event.toAgentNs))")
            }
        }
        for sleep in ledger.suspends where sleep.overlaps(range) {
            let isKnown = events.contains {
                $0.kind == .suspend && $0.overlaps(sleep.fromNs...sleep.toNs)
            }
            if isKnown { continue }
            problems.append(
                "the agent's host was suspended for \(milliseconds(sleep.byNs)) ms between "
                    + "\(place(sleep.fromNs)) and \(place(sleep.toNs)), as its own clocks say")
        }
        return problems
    }

    private func ledgerProblems(_ range: ClosedRange<Int64>) -> [String] {
        var problems: [String] = []
        for jump in ledger.jumps where jump.overlaps(range) {
            let isKnown = events.contains { $0.overlaps(jump.fromNs...jump.toNs) }
            if isKnown { continue }
            problems.append(
                "the agent's CLOCK_MONOTONIC_RAW jumped by \(milliseconds(jump.byNs)) ms against "
                    + "its CLOCK_MONOTONIC between \(place(jump.fromNs)) and \(place(jump.toNs)), "
                    + "which the clock probes contradict")
        }
        for event in events where event.kind == .step && event.overlaps(range) {
            let by = jump(at: event)
            guard ledger.contradicts(by, in: event.fromAgentNs...event.toAgentNs) else { continue }
            problems.append(
                "the jump of \(milliseconds(by)) ms at \(place(event.atAgentNs)) is not in the "
                    + "agent's own clocks: the coordinator's clock jumped, or the network changed")
        }
        return problems
    }

    /// By how much the offset is greater after an event's zone than before it, ns.
    private func jump(at event: ClockEvent) -> Int64 {
        offset(at: event.toAgentNs.clampedSum(1))
            .clampedDifference(offset(at: event.fromAgentNs.clampedDifference(1)))
    }

    private func offset(at ns: Int64) -> Int64 {
        map(LocalInstant(ns: ns)).coordinatorNs.clampedDifference(ns)
    }

    /// A place on the agent's clock, in words.
    private func place(_ ns: Int64) -> String {
        "\(milliseconds(ns.clampedDifference(probed.lowerBound.ns), per: 1_000_000)) s"
    }

    /// Nanoseconds in thousandths of `per` thousand of them: by default in ms with three decimals.
    private func milliseconds(_ ns: Int64, per unit: Int64 = 1_000) -> String {
        let thousandths = (ns / unit).magnitude
        let decimals = String(thousandths % 1_000 + 1_000).dropFirst()
        return "\(ns < 0 ? "-" : "")\(thousandths / 1_000).\(decimals)"
    }
}

extension ClockEvent {
    fileprivate func overlaps(_ range: ClosedRange<Int64>) -> Bool {
        fromAgentNs <= range.upperBound && toAgentNs >= range.lowerBound
    }
}

extension ClockLedger.Jump {
    fileprivate func overlaps(_ range: ClosedRange<Int64>) -> Bool {
        fromNs <= range.upperBound && toNs >= range.lowerBound
    }
}

/// Exchanges between two backward jumps of the agent's clock (nearly always all of a run), in the
/// order of its time, with their knots.
struct ClockStretch: Sendable {
    let probes: [ClockProbe]
    let frame: ClockFrame
    let bins: [KnotBin]

    /// - Parameter probes: in order of t2, not empty.
    init(_ probes: [ClockProbe], spacingNs: Int64, rate: Double) {
        self.probes = probes
        let anchor = probes[0].t2
        var bins: [KnotBin] = []
        for (index, probe) in probes.enumerated() {
            let number = probe.t2.clampedDifference(anchor).floorDivided(by: spacingNs)
            if let last = bins.indices.last, bins[last].number == number {
                bins[last].probes = bins[last].probes.lowerBound..<index + 1
            } else {
                let at = (Double(number) + 0.5) * Double(spacingNs) / 1e9
                bins.append(KnotBin(number: number, at: at, probes: index..<index + 1))
            }
        }
        self.bins = bins
        frame = ClockFrame(
            agentNs: anchor, offsetNs: probes[0].middleNs,
            slope: min(max(Self.slope(probes, bins), -rate), rate))
    }

    /// The median rise between the best exchanges of bins an eighth of the stretch apart, ns a
    /// second: a break or two spoil few of them.
    private static func slope(_ probes: [ClockProbe], _ bins: [KnotBin]) -> Double {
        let best = bins.map { bin in
            probes[bin.probes].min { $0.roundTripNs < $1.roundTripNs }
                ?? probes[bin.probes.lowerBound]
        }
        let reach = max(1, best.count / 8)
        guard best.count > reach else { return 0 }
        let slopes = zip(best, best.dropFirst(reach)).map { a, b in
            Double(b.middleNs.clampedDifference(a.middleNs))
                / (Double(b.t2.clampedDifference(a.t2)) / 1e9)
        }.filter(\.isFinite).sorted()
        return slopes.isEmpty ? 0 : slopes[slopes.count / 2]
    }

    /// The frame with another anchor of offsets: near those of `probe`.
    func frame(near probe: ClockProbe) -> ClockFrame {
        let shift = Int64(clamped: (frame.slope * frame.seconds(probe.t2)).rounded())
        return ClockFrame(
            agentNs: frame.agentNs, offsetNs: probe.middleNs.clampedDifference(shift),
            slope: frame.slope)
    }
}

extension ClockProbe {
    /// Halfway through the agent's turnaround, on its clock, ns.
    var middleAgentNs: Int64 { t2 + (t3 - t2) / 2 }

    /// The midpoint estimate of g, ns.
    var middleNs: Int64 { lowerNs.clampedSum(upperNs.clampedDifference(lowerNs) / 2) }
}

extension ClockStretch {
    /// Parts `probes`, in order of coordinator time, where the agent's clock jumped back: an
    /// exchange that began when another was over has the later stamps, unless it did.
    ///
    /// - Throws: ``ClockError/unsteadyClock(times:)`` when it jumped back too often to speak of a
    ///   clock.
    static func all(
        of probes: [ClockProbe], spacingNs: Int64, rate: Double
    ) throws(ClockError) -> [ClockStretch] {
        var starts = [0]
        // In the order in which they were over.
        let ended = probes.indices.sorted { probes[$0].t4 < probes[$1].t4 }
        var next = 0
        var latest = Int64.min
        for (index, probe) in probes.enumerated() {
            while next < ended.count, probes[ended[next]].t4 <= probe.t1 {
                if ended[next] >= starts[starts.count - 1] {
                    latest = max(latest, probes[ended[next]].t3)
                }
                next += 1
            }
            if probe.t2 < latest {
                starts.append(index)
                latest = .min
            }
        }
        guard starts.count <= mostStretches else {
            throw .unsteadyClock(times: starts.count - 1)
        }
        return zip(starts, starts.dropFirst() + [probes.count]).map { start, end in
            ClockStretch(
                probes[start..<end].sorted { $0.t2 < $1.t2 }, spacingNs: spacingNs, rate: rate)
        }
    }

    /// A clock that jumped back more often is none.
    private static let mostStretches = 33
}

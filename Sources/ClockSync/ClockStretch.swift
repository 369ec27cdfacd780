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

    /// The median rise between the best exchanges of bins an eighth of the stretch apart, ns a second:
    /// a break or two spoil few of them.
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
    /// The midpoint estimate of g, ns.
    var middleNs: Int64 { lowerNs.clampedSum(upperNs.clampedDifference(lowerNs) / 2) }
}

extension ClockStretch {
    /// Parts `probes`, in order of coordinator time, where the agent's clock jumped back: an exchange
    /// that began when another was over has the later stamps, unless it did.
    static func all(of probes: [ClockProbe], spacingNs: Int64, rate: Double) -> [ClockStretch] {
        var stretches: [[ClockProbe]] = []
        var current: [ClockProbe] = []
        // Exchanges that were not over when the last one began, and the latest stamp of those over.
        var open: [ClockProbe] = []
        var latest = Int64.min
        for probe in probes {
            open.removeAll { over in
                guard over.t4 <= probe.t1 else { return false }
                latest = max(latest, over.t3)
                return true
            }
            if probe.t2 < latest {
                stretches.append(current)
                current = []
                open = []
                latest = .min
            }
            current.append(probe)
            open.append(probe)
        }
        stretches.append(current)
        return stretches.map { stretch in
            ClockStretch(stretch.sorted { $0.t2 < $1.t2 }, spacingNs: spacingNs, rate: rate)
        }
    }
}

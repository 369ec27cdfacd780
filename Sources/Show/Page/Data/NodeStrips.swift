import Glibc
import Loss
import Results

/// The nodes of a run that has more of them than lanes of requests can be told apart in: a strip
/// each, with what came and what was lost by time.
struct NodeStrips {
    /// Indices of the nodes that have one, the greatest share lost first; empty where lanes are
    /// drawn.
    let agents: [Int]

    /// Nodes up to which each request has a lane.
    static let mostLanes = 12
    /// Strips at most: more are counted.
    static let most = 64

    init(_ summary: RunSummary) {
        let count = summary.agents.count
        agents =
            count > Self.mostLanes
            ? Array(PageRun.worstFirst(summary.agents).prefix(Self.most)) : []
    }

    /// Writes each strip: by bin tokens delivered, lost as scored, and lost at an alpha of 0; by
    /// speed, tokens that an alpha of 1 loses; then, for every second speed, the share that it
    /// loses of each bin, as ``level(_:)``.
    func write(
        _ spectrum: LossSpectrum, _ summary: RunSummary, to stream: inout NumberStream
    ) {
        let fastest = spectrum.speeds.count - 1
        for (strip, agent) in agents.enumerated() {
            let delivered = spectrum.delivered(strip: strip)
            stream.addRising(delivered.map { Int($0) })
            let own = summary.analyses?.loss.agents[agent].lostBySecond ?? []
            stream.addThousandths(
                LossTable.joined(own, spectrum.secondsPerBin, spectrum.bins))
            stream.addThousandths(spectrum.weightless(strip: strip))
            let bySpeed = Lens.speeds.indices.map {
                spectrum.losses(strip: strip, speed: fastest - $0)
            }
            stream.addThousandths(bySpeed.map { $0.reduce(0, +) })
            var before = delivered.map { _ in 0 }
            for losses in bySpeed.enumerated().filter({ $0.offset % 2 == 0 }).map(\.element) {
                let levels = zip(losses, delivered).map { Self.level($0, of: $1) }
                for (level, last) in zip(levels, before) { stream.add(level - last) }
                before = levels
            }
        }
    }

    /// A share in steps of a factor 2^(1/16), so that it is told to within 2.2 %: 0 for one below
    /// a thousandth.
    static func level(_ lost: Double, of delivered: Double) -> Int {
        let share = lost / max(delivered, 1)
        guard share >= 0.001 else { return 0 }
        return 1 + Int((log2(min(share, 1e9) * 1_000) * 16).rounded())
    }
}

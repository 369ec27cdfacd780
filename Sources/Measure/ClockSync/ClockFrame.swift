/// Coordinates in which doubles lose nothing: time since an integer anchor, and offsets against an
/// integer anchor and a straight line.
struct ClockFrame: Hashable, Sendable {
    /// Agent time of x = 0, ns.
    let agentNs: Int64
    /// The offset (coordinator minus agent) that counts as 0 there, ns.
    let offsetNs: Int64
    /// The line's rise, ns of offset a second of agent time.
    let slope: Double

    /// Agent time in seconds since the anchor.
    func seconds(_ agentNs: Int64) -> Double {
        Double(agentNs.clampedDifference(self.agentNs)) / 1e9
    }

    /// The agent's stamp of an instant, ns.
    func agentNs(at seconds: Double) -> Int64 {
        agentNs.clampedSum(Int64(clamped: (seconds * 1e9).rounded()))
    }

    /// An offset measured at `seconds`, in ns above the line.
    func height(_ offsetNs: Int64, at seconds: Double) -> Double {
        Double(offsetNs.clampedDifference(self.offsetNs)) - slope * seconds
    }

    /// The offset that lies `height` above the line at `seconds`, rounded by `rule`.
    func offsetNs(_ height: Double, at seconds: Double, _ rule: FloatingPointRoundingRule) -> Int64
    {
        offsetNs.clampedSum(Int64(clamped: (height + slope * seconds).rounded(rule)))
    }
}

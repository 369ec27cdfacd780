/// Ranges of theta, one a request, and the theta that lies in most of them.
struct ThetaVotes: Sendable {
    private var lowest: [Int64] = []
    private var greatest: [Int64] = []

    mutating func add(_ range: ClosedRange<Int64>) {
        lowest.append(range.lowerBound)
        greatest.append(range.upperBound)
    }

    /// The least theta that lies in most ranges, and in how many; 0 and 0 without ranges. The
    /// ranges are let go. O(ranges · log ranges).
    mutating func best() -> (theta: Int64, met: Int) {
        defer { self = ThetaVotes() }
        lowest.sort()
        greatest.sort()
        var best: (theta: Int64, met: Int) = (0, 0)
        var over = 0
        for (index, theta) in lowest.enumerated() {
            while greatest[over] < theta { over += 1 }
            // Ranges that begin at one theta are counted together, at the last of them.
            let met = index + 1 - over
            if met > best.met { best = (theta, met) }
        }
        return best
    }
}

import Randomness

/// Windows of pairs of streams that ran at the same time, drawn at random.
struct PairWindows: Sendable {
    /// At most ``most``.
    private(set) var windows: [PairWindow] = []
    /// By window: streams that run all through it, its own included.
    private(set) var crowds: [Double] = []
    /// W: gaps of a window.
    let width: Int

    static let most = 300
    private static let mostDraws = 1_800
    private static let widths = 8.0...48.0

    /// O(draws · (streams + W log n)).
    init(_ deliveries: Deliveries, using random: inout some RandomNumberGenerator) {
        let typical = median((0..<deliveries.count).map { Double(deliveries[$0].count) }) ?? 0
        let width = Int(min(max(typical / 2, Self.widths.lowerBound), Self.widths.upperBound))
        self.width = width
        // A stream's first delivery is the end of its prefill: no part of its rhythm.
        let long = (0..<deliveries.count).filter { deliveries[$0].count > width + 1 }
        guard !long.isEmpty else { return }
        for _ in 0..<Self.mostDraws where windows.count < Self.most {
            let stream = long[Int.random(in: 0..<long.count, using: &random)]
            let all = deliveries[stream].dropFirst()
            let begin = Int.random(in: all.lowerBound..<all.upperBound - width, using: &random)
            let (start, end) = (deliveries.times[begin], deliveries.times[begin + width])
            let beside = (0..<deliveries.count).filter {
                $0 != stream && deliveries.first(of: $0) <= deliveries.last(of: stream)
                    && deliveries.last(of: $0) >= deliveries.first(of: stream)
            }
            guard let other = beside.randomElement(using: &random) else { continue }
            let range = deliveries[other].dropFirst()
            guard let first = range.first, deliveries.times[first] <= start,
                deliveries.last(of: other) >= end
            else { continue }
            let crowd = beside.count {
                deliveries.first(of: $0) <= start && deliveries.last(of: $0) >= end
            }
            crowds.append(Double(crowd + 1))
            windows.append(PairWindow(deliveries, begin..<begin + width + 1, against: range))
        }
    }
}

/// Whether streams that run at the same time share their steps.
struct PairEvidence: Hashable, Sendable {
    /// U: the share of windows whose two streams keep one phase, and not the same.
    let outOfStep: Double
    /// Ui: the share of those, too, whose gaps have little in common.
    let independent: Double
    /// The share of these in which the phase does not move at all.
    let tight: Double
    /// A: the share whose streams keep the same phase.
    let inStep: Double
    /// Streams that run all through a window, the median.
    let crowd: Double
    /// How much the phases lie on a lattice of 1/1...1/12 of a step, as those of a pipeline's
    /// stages do, 0...1.
    let lattice: Double

    private static let fewestWindows = 30

    /// Nil with fewer than 30 windows: no evidence.
    init?(_ drawn: PairWindows) {
        let count = drawn.windows.count
        guard count >= Self.fewestWindows, let crowd = median(drawn.crowds) else { return nil }
        let stable = drawn.windows.filter(\.isStable)
        func share(_ isCounted: (PairWindow) -> Bool) -> Double {
            Double(stable.count(where: isCounted)) / Double(count)
        }
        outOfStep = share(\.isOutOfStep)
        independent = share(\.isIndependent)
        tight = drawn.width >= 40 ? share { $0.isIndependent && $0.drift <= 0.01 } : 0
        inStep = share { !$0.isOutOfStep }
        self.crowd = crowd
        lattice =
            (1...12).map { stages in
                var mean = CircularMean()
                for window in stable { mean.add(turns: Double(stages) * window.phase) }
                return mean.length
            }.max() ?? 0
    }
}

/// Some consecutive deliveries of a stream, beside those of another that runs all the while.
struct PairWindow: Hashable, Sendable {
    /// Where the deliveries lie in the other's gaps, on the mean, −0.5...0.5 turns.
    let phase: Double
    /// How far the phase moves from the first third to the last, turns.
    let drift: Double
    /// Whether the two have as many deliveries, and keep one phase.
    let isStable: Bool
    /// The greatest correlation of the gaps of both, over a shift by −1, 0 and 1.
    let common: Double

    /// Beyond this part of a step a phase is another one.
    static let stepTolerance = 0.1
    /// Gaps that have less in common than this answer to different clocks.
    static let leastCommon = 0.3

    var isOutOfStep: Bool { abs(phase) > Self.stepTolerance }
    var isIndependent: Bool { isOutOfStep && common < Self.leastCommon }

    /// - Parameters:
    ///   - range: Deliveries of one stream, at least 9.
    ///   - other: Those of one that spans them.
    init(_ deliveries: Deliveries, _ range: Range<Int>, against other: Range<Int>) {
        let times = deliveries.times
        /// The gap of the other's in which `time` lies, by the delivery that begins it.
        func gap(at time: Double) -> Int {
            let before = other.lowerBound + deliveries.upTo(time, in: other) - 1
            return min(max(before, other.lowerBound), other.upperBound - 2)
        }
        var whole = CircularMean()
        var ends = (CircularMean(), CircularMean())
        let third = (range.count - 1) / 3
        for (place, index) in range.enumerated() {
            let before = gap(at: times[index])
            let position = (times[index] - times[before]) / (times[before + 1] - times[before])
            whole.add(turns: position)
            if place < third { ends.0.add(turns: position) }
            if place >= range.count - third { ends.1.add(turns: position) }
        }
        phase = whole.turns
        drift = distance(turns: ends.0.turns, ends.1.turns)
        let (start, end) = (times[range.lowerBound], times[range.upperBound - 1])
        let inside =
            deliveries.upTo(end, in: other) - deliveries.upTo(start.nextDown, in: other)
        isStable =
            whole.length >= 0.8 && drift <= 0.05 && abs(inside - (range.count - 1)) <= 1
        let own = clipped(deliveries.gaps(in: range), at: 4)
        common =
            (-1...1).map { shift in
                var mine: [Double] = []
                var others: [Double] = []
                for (place, index) in range.dropLast().enumerated() {
                    let middle = (times[index] + times[index + 1]) / 2
                    let before = gap(at: middle) + shift
                    guard before >= other.lowerBound, before + 1 < other.upperBound else {
                        continue
                    }
                    mine.append(own[place])
                    others.append(times[before + 1] - times[before])
                }
                return correlation(Array(zip(mine, clipped(others, at: 4)))) ?? 0
            }.max() ?? 0
    }
}

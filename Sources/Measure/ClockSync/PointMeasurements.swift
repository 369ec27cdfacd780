/// The midpoints of a stretch's exchanges as measurements of the offset, gathered into nodes.
struct PointMeasurements: Sendable {
    /// The floor of the variance of one midpoint, ns^2.
    private static let base = 500.0 * 500.0
    /// Where a midpoint of a long round trip begins to count for little: half its excess, ns, at
    /// least, and which share of all is at least as short.
    private static let leastKnee = 5_000.0
    private static let kneeShare = 6
    /// The round trip's floor is the least this far around, ns.
    private static let floorReachNs: Int64 = 60_000_000_000
    /// Exchanges of one train this close together share a node, s: no clock drifts meanwhile.
    private static let nodeSpan = 0.002

    /// Seconds of the frame, and height above its line in ns.
    private(set) var times: [Double] = []
    private(set) var heights: [Double] = []
    /// Before any reweighting, ns^2.
    private(set) var variances: [Double] = []
    /// Node i has the measurements starts[i]..<starts[i + 1], and stands at nodes[i] seconds.
    private(set) var starts: [Int] = [0]
    private(set) var nodes: [Double] = []
    /// The span of each node of exchanges, from its first t2 to its last t3, on the agent's clock.
    private(set) var stamps: [ClosedRange<Int64>] = []

    static let none = PointMeasurements()

    private init() {}

    /// - Parameter probes: in order of t2.
    /// - Complexity: O(n log n).
    init(_ probes: some Sequence<ClockProbe>, frame: ClockFrame) {
        // In order of their middles, which long turnarounds can make another than that of t2.
        var probes = probes.filter(\.isPoint)
        if zip(probes, probes.dropFirst()).contains(where: { $1.middleAgentNs < $0.middleAgentNs })
        {
            probes.sort { $0.middleAgentNs < $1.middleAgentNs }
        }
        let floors = Self.floors(probes)
        var excesses: [Double] = []
        excesses.reserveCapacity(probes.count)
        var train: UInt32?
        for (probe, floor) in zip(probes, floors) {
            let sent = frame.seconds(probe.t2)
            let at = (sent + frame.seconds(probe.t3)) / 2
            excesses.append(Double(probe.pointRoundTripNs.clampedDifference(floor)) / 2)
            if train != probe.train || at - times[starts[nodes.count - 1]] > Self.nodeSpan {
                if train != nil { starts.append(times.count) }
                nodes.append(at)
                stamps.append(probe.t2...probe.t3)
                train = probe.train
            }
            let span = stamps[nodes.count - 1]
            stamps[nodes.count - 1] =
                min(span.lowerBound, probe.t2)...max(span.upperBound, probe.t3)
            times.append(at)
            heights.append(
                (frame.height(probe.pointLowerNs, at: sent)
                    + frame.height(probe.pointUpperNs, at: frame.seconds(probe.t3))) / 2)
        }
        if train != nil { starts.append(times.count) }
        let sorted = excesses.sorted()
        let jitter = EvenJitter(
            sortedExcesses: sorted, heights: heights, times: times, starts: starts)
        // Where all of a path's round trips are long, those that are usual there count.
        let knee = sorted.isEmpty ? 0 : max(Self.leastKnee, sorted[sorted.count / Self.kneeShare])
        variances = excesses.map { Self.variance(excess: $0, knee: knee, jitter) }
        for index in nodes.indices {
            let range = starts[index]..<starts[index + 1]
            nodes[index] = range.reduce(0) { $0 + times[$1] } / Double(range.count)
        }
    }

    /// Adds a measurement of its own node, before or after all others; it has no stamps.
    ///
    /// - Complexity: O(n).
    mutating func tie(at seconds: Double, height: Double, variance: Double, isBefore: Bool) {
        let node = isBefore ? 0 : nodes.count
        let index = starts[node]
        times.insert(seconds, at: index)
        heights.insert(height, at: index)
        variances.insert(variance, at: index)
        nodes.insert(seconds, at: node)
        for place in starts.indices[node...] { starts[place] += 1 }
        starts.insert(index, at: node)
    }

    /// The variance of the midpoint of a round trip whose half is `excess` ns longer than that of
    /// the floor.
    private static func variance(
        excess: Double, knee: Double, _ jitter: EvenJitter?
    ) -> Double {
        let queued = max(0, excess - (jitter?.reach ?? 0))
        let square = queued * queued
        return base + (jitter?.variance ?? 0) + square + square * square / (knee * knee)
    }

    /// The least round trip within ``floorReachNs`` of each probe, by a monotonic queue.
    private static func floors(_ probes: [ClockProbe]) -> [Int64] {
        var floors: [Int64] = []
        floors.reserveCapacity(probes.count)
        var queue: [Int] = []
        var head = 0
        var ahead = 0
        for probe in probes {
            while ahead < probes.count,
                probes[ahead].middleAgentNs.clampedDifference(probe.middleAgentNs) <= floorReachNs
            {
                while queue.count > head,
                    probes[queue[queue.count - 1]].pointRoundTripNs
                        >= probes[ahead].pointRoundTripNs
                {
                    queue.removeLast()
                }
                queue.append(ahead)
                ahead += 1
            }
            while probe.middleAgentNs.clampedDifference(probes[queue[head]].middleAgentNs)
                > floorReachNs
            {
                head += 1
            }
            floors.append(probes[queue[head]].pointRoundTripNs)
        }
        return floors
    }
}

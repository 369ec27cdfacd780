import Glibc

/// The point estimate with the breaks that it suspects of its own.
struct PointModel: Sendable {
    /// At most so many breaks are suspected beside the events.
    private static let most = 8
    /// A break is suspected where what is before and what is after disagree by so many squared
    /// standard deviations, of two degrees of freedom: once in 1e7 by chance alone.
    private static let threshold = 32.0
    /// Runs longer than this, s, have more places at which chance may do it: e times as many want 4
    /// more (2 by the law, and deviations count up to double, see ``PointCurve/suspected()``). An
    /// hour with a wandering rate had a break suspected in one of eight, each of them for nothing.
    private static let shortRun = 100.0
    private static let perLength = 4.0

    /// As if nothing but the events had happened.
    private let smooth: PointCurve
    /// As if at each suspected place something had.
    private let parted: PointCurve
    /// In order of time.
    let suspected: [SuspectedBreak]

    /// - Parameter partings: where breaks are known to be, ascending.
    init(_ stretches: [ClockStretch], partings: [PointParting]) {
        let smooth = PointCurve(PointPart.all(stretches, breaks: partings))
        var parted = smooth
        let threshold =
            Self.threshold + Self.perLength * log(max(1, smooth.seconds / Self.shortRun))
        var suspected: [SuspectedBreak] = []
        while suspected.count < Self.most, let found = parted.suspected(),
            found.sigmas * found.sigmas >= threshold
        {
            suspected.append(found)
            let own = suspected.map { PointParting(at: $0.atAgentNs, isContinuous: false) }
            let breaks = (partings + own).sorted { $0.at < $1.at }
            parted = PointCurve(PointPart.all(stretches, breaks: breaks))
        }
        self.suspected = suspected.sorted { $0.atAgentNs < $1.atAgentNs }
        self.smooth = smooth.settled
        self.parted = suspected.isEmpty ? self.smooth : parted.settled
    }

    /// The mean rate, ns a second; nil below a second.
    var meanRate: Double? { parted.meanRate }

    /// The curve that the point follows.
    var curve: PointCurve { suspected.isEmpty ? smooth : parted }

    /// The estimate with its standard deviation, which near a suspected break reaches what would be
    /// estimated without it, and in its zone what both sides say.
    func estimate(at agentNs: Int64) -> PointEstimate? {
        guard !suspected.isEmpty else { return smooth.estimate(at: agentNs) }
        let index = max(0, parted.segments.partition { $0.fromNs > agentNs } - 1)
        var estimate = parted.estimate(at: agentNs, by: index)
        for place in suspected where place.fromAgentNs <= agentNs && agentNs <= place.toAgentNs {
            let isLate = agentNs >= place.atAgentNs
            let other = parted.estimate(at: agentNs, by: isLate ? index - 1 : index + 1)
            estimate = estimate?.reaching(other)
        }
        return estimate?.reaching(smooth.estimate(at: agentNs))
    }
}

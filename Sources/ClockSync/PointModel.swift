/// The point estimate with the breaks that it suspects of its own.
struct PointModel: Sendable {
    /// So many rounds look for further breaks beside those already suspected.
    private static let rounds = 6

    /// As if nothing but the events had happened.
    private let smooth: PointCurve
    /// As if at each suspected place something had.
    private let parted: PointCurve
    /// In order of time.
    let suspected: [SuspectedBreak]

    /// - Parameter events: where breaks are known to be.
    init(_ stretches: [ClockStretch], events: [Int64]) {
        smooth = PointCurve(stretches, breaks: events)
        var parted = smooth
        var suspected: [SuspectedBreak] = []
        for _ in 0..<Self.rounds {
            let found = parted.suspected()
            if found.isEmpty { break }
            suspected += found
            parted = PointCurve(
                stretches, breaks: (events + suspected.map(\.atAgentNs)).sorted())
        }
        self.suspected = suspected.sorted { $0.atAgentNs < $1.atAgentNs }
        self.parted = parted
    }

    /// The mean rate, ns a second; nil below a second.
    var meanRate: Double? { parted.meanRate }

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

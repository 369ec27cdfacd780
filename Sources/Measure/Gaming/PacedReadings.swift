import Goodput

/// The quality of experience and the fluidity of all requests under every theta that is tried, from
/// 0, which is as recorded, on.
///
/// Pacing to at most V changes neither: no token that it moves comes later than it is due. So only
/// greater thetas cost a pass.
struct PacedReadings: Sendable {
    /// Thetas that are tried, ns, rising; the first is 0.
    let thetas: [Int64]
    /// The sums over requests with tokens, one a theta.
    private var experience: [CompensatedSum]
    private var fluidity: [CompensatedSum]
    /// Requests with tokens.
    private(set) var answered = 0

    /// Quarters of V up to this many, and the bound on gaps, are tried.
    private static let quarters: Int64 = 16

    init(_ readers: [Reader]) {
        var thetas: Set<Int64> = [0]
        for reader in readers {
            let v = reader.tokenTime
            for k in 0...Self.quarters { thetas.insert(k * (v / 4) + k * (v % 4) / 4) }
            if let bound = reader.parameters.objectives.tbt { thetas.insert(bound) }
        }
        self.thetas = thetas.sorted()
        experience = Array(repeating: CompensatedSum(), count: thetas.count)
        fluidity = experience
    }

    /// Takes in a request with tokens, of which both figures are given as recorded.
    /// O(tokens of the outline · thetas).
    mutating func add(
        _ stream: StreamOutline, isStreamed: Bool, for reader: Reader,
        recorded: (experience: Double, fluidity: Double)
    ) {
        answered += 1
        for (index, theta) in thetas.enumerated() {
            var figures = recorded
            if isStreamed, theta > reader.tokenTime {
                figures = Self.paced(stream, to: theta, for: reader) ?? recorded
            }
            experience[index].add(figures.experience)
            fluidity[index].add(figures.fluidity)
        }
    }

    /// Both figures of a stream that is paced to `theta`, which is more than V; nil without tokens.
    private static func paced(
        _ stream: StreamOutline, to theta: Int64, for reader: Reader
    ) -> (experience: Double, fluidity: Double)? {
        let tokenTime = reader.tokenTime
        var progress = ReadingProgress(reader)
        var index = FluidityIndex()
        var last: Int64 = 0
        stream.forEach(from: theta) { token, count in
            if token.index == 0 {
                index.first(
                    1, after: token.time, budget: reader.parameters.ttftBudget,
                    tokenTime: tokenTime)
                progress.began(1, at: token.time)
            } else {
                // The pace has not reached it: saturated times alone would say so.
                index.next(1, after: max(0, token.time - last), tokenTime: tokenTime)
                progress.continued(1, at: token.time)
            }
            last = token.time
            guard count > 1 else { return }
            index.next(count - 1, every: theta, tokenTime: tokenTime)
            progress.continued(
                count - 1, from: token.time.addingSaturated(theta), every: theta)
            last = last.addingSaturated(theta.multipliedSaturated(by: Int64(count - 1)))
        }
        guard let experience = progress.experience(tokens: Int(stream.count)),
            let fluidity = index.value
        else { return nil }
        return (experience, fluidity)
    }

    /// The means as recorded, and the best that one theta makes them; nil without tokens.
    var experienceMeans: (recorded: Double, best: Double)? { means(experience) }
    var fluidityMeans: (recorded: Double, best: Double)? { means(fluidity) }

    private func means(_ sums: [CompensatedSum]) -> (recorded: Double, best: Double)? {
        guard answered > 0, let best = sums.map(\.value).max() else { return nil }
        return (sums[0].value / Double(answered), best / Double(answered))
    }
}

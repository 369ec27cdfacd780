import Goodput
import Testing

extension RunScores {
    /// The figures of `requests`, all for one reader.
    ///
    /// - Parameters:
    ///   - agents: The agent of each; nil where there is one.
    ///   - cells: As ``RunScoring`` takes it: the more, the coarser are the bins of the gaps.
    init(
        _ requests: [RequestTimes], agents: [Int]? = nil, for reader: Reader,
        ranks: PercentileRanks = .standard, tolerance: Double? = nil, cells: Int = 1
    ) throws {
        var scoring = RunScoring(
            over: try #require(try ServingInterval(over: requests)),
            agents: (agents?.max() ?? 0) + 1, readers: [reader], beside: reader, ranks: ranks,
            tolerance: tolerance, cells: cells)
        for (index, request) in requests.enumerated() {
            try scoring.add(
                request, at: RunScoring.Group(agent: agents?[index] ?? 0, classIndex: 0))
        }
        let isAskedAgain = scoring.close()
        #expect(!isAskedAgain)
        self = scoring.figures()
    }
}

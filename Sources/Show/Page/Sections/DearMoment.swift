import Goodput
import Loss
import PlainText
import Results

/// Waits that were one event of their server: they ended within 20 ms of each other.
struct DearMoment {
    let agent: String
    let server: String
    /// Where their requests and tokens are named, if there is one alone.
    let first: LostWait
    /// Instants between which its waits ended, ns on the run's timeline.
    private var ends: ClosedRange<Int64>
    private(set) var from: Int64
    private(set) var readers = 0
    private(set) var longest: Int64 = 0
    private(set) var tokensLost = 0.0
    private(set) var causes: [LossCause] = []
    private var last: Int?

    var to: Int64 { ends.upperBound }

    /// The moments of the dearest waits of every agent, to be counted: ``take(_:_:)``.
    static func candidates(_ summary: RunSummary) -> [DearMoment] {
        guard let analyses = summary.analyses else { return [] }
        var moments: [DearMoment] = []
        for (agent, part) in zip(summary.header.agents, analyses.loss.agents) {
            for wait in part.worst.sorted(by: { $0.to < $1.to }) {
                // An agent's only server, or the one whose dearest waits hold this one.
                let index = analyses.loss.servers.firstIndex { $0.worst.contains(wait) }
                let server =
                    agent.targets.count == 1
                    ? agent.targets[0].url : index.map { analyses.servers[$0] }
                guard let server else { continue }
                let known = moments.lastIndex {
                    $0.server == server && $0.agent == agent.name && $0.holds(wait.to)
                }
                if let known {
                    moments[known].ends =
                        moments[known].ends.lowerBound...max(wait.to, moments[known].to)
                } else {
                    moments.append(DearMoment(wait, agent.name, server))
                }
            }
        }
        return moments
    }

    private init(_ wait: LostWait, _ agent: String, _ server: String) {
        (self.agent, self.server, first) = (agent, server, wait)
        from = wait.from
        ends = wait.to...wait.to
    }

    private func holds(_ end: Int64) -> Bool {
        (ends.lowerBound - StallFigures.together...ends.upperBound + StallFigures.together)
            .contains(end)
    }

    /// Whether some wait of the request may be of the moment.
    func concerns(_ request: MeasuredRequest, _ times: RequestTimes) -> Bool {
        request.target == server && request.agent == agent && times.scheduled <= ends.upperBound
            && times.finish >= ends.lowerBound - StallFigures.together
    }

    /// Takes in a wait of a request of its server, if it is of the moment.
    mutating func take(_ wait: LostWait) {
        guard holds(wait.to) else { return }
        if last != wait.id { readers += 1 }
        last = wait.id
        from = min(from, wait.from)
        longest = max(longest, wait.to - wait.from)
        tokensLost += wait.tokensLost
        if !causes.contains(wait.cause) { causes.append(wait.cause) }
    }

    /// `request 12, token 3`, or how many waited at once.
    var who: String {
        readers == 1
            ? "request \(first.id), token \(first.token)"
            : "\(Figures.count(readers, "reader")) waited at once"
    }
}

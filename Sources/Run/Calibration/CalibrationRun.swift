package import EngineModel
import JSON
import PlainText
package import Results
import TokenLog

/// A run that a calibration is fitted to or tested on.
package struct CalibrationRun: Sendable {
    /// As its user names it.
    package let path: String
    package let header: RunHeader
    /// Its requests with their tokens.
    package let requests: [MeasuredRequest]
    package let servings: [MeasuredServing]

    package init(path: String, header: RunHeader, requests: [MeasuredRequest]) {
        self.path = path
        self.header = header
        self.requests = requests
        var hosts: [String: String] = [:]
        for agent in header.agents { hosts[agent.name] = agent.host["hostname"]?.string }
        servings = MeasuredServing.servings(of: requests, hosts: hosts)
    }

    /// Requests whose latencies count.
    package var counted: Int {
        servings.reduce(0) { $0 + $1.requests.count { $0.counts } }
    }

    /// Refuses a run that tells nothing of an engine with these options.
    ///
    /// - Throws: ``FileProblem`` that says why, and what to do.
    package func check(for options: EngineOptions) throws(FileProblem) {
        func problem(_ words: String) -> FileProblem { FileProblem(.content, path, words) }
        guard counted > 0 else {
            throw problem("has no whole request with tokens, so there is nothing to fit to")
        }
        let longest = servings.map(\.longest).max() ?? 0
        guard longest <= options.maxModelLen else {
            throw problem(
                "has a request of \(longest) tokens, and the engine takes \(options.maxModelLen); "
                    + "raise --max-model-len to what the server has")
        }
        let most = servings.map(\.mostAtOnce).max() ?? 0
        guard most <= options.maxSequences else {
            throw problem(
                "shows \(most) requests at once, and the engine runs \(options.maxSequences); "
                    + "raise --max-sequences to what the server has")
        }
        let joined = servings.map(\.joinedShare).max() ?? 0
        guard joined <= Self.mostJoined else {
            throw problem(
                "has \(Figures.percent(joined)) of its tokens together with others, so that the "
                    + "server's steps are not seen; have it send each token by itself (a stream "
                    + "interval of 1, no speculation)")
        }
        let hidden = hiddenShare
        guard hidden <= Self.mostHidden else {
            throw problem(
                "has \(Figures.percent(hidden)) of its tokens in no event, thoughts that the "
                    + "server hides, so that the steps which made them are not seen; have it "
                    + "send its thoughts, or measure a model that thinks less")
        }
    }

    /// The share of tokens that the server made and no event brought, its count being believed.
    private var hiddenShare: Double {
        var (hidden, all) = (0.0, 0.0)
        for request in requests where !request.notes.marks.contains(.usageNotBelieved) {
            hidden += Double(request.notes.hiddenTokens)
            all += Double(request.notes.hiddenTokens) + Double(request.outputTokens)
        }
        return all > 0 ? hidden / all : 0
    }

    /// The share of tokens that may be in no event.
    private static let mostHidden = 0.05
    /// The share of tokens that may come in one event with others.
    private static let mostJoined = 0.05
}

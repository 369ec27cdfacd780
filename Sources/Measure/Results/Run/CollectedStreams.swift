import Goodput
import TimeBase
import TokenLog

/// Servers whose streams come collected: they, or proxies in front of them, hold all events of an
/// answer and deliver them at once, answer after answer.
///
/// One answer proves nothing: a client that was busy takes events that came apart in one read, and
/// of two tokens there is nothing to collect. So answers of four events or more are looked at, a
/// late client's are left out, and nine of ten of a server must have come at once, three at least.
/// All requests must be seen before any can be said to have come collected.
struct CollectedStreams {
    /// Share of a server's answers that must have come at once, and how many at least.
    private static let share = 0.9
    private static let fewestAnswers = 3

    /// Answers of one agent from one server.
    private struct Evidence {
        var judged = 0
        var atOnce = 0
    }

    /// By server, then by agent.
    private var evidence: [[Evidence]] = []

    /// Takes in a scored request with its events.
    ///
    /// - Parameters:
    ///   - target: The server's index.
    ///   - agent: The agent's.
    /// - Returns: Whether the answer, however short it is, came at once: with a server that is
    ///   known to collect it counts as collected.
    mutating func add(_ request: MeasuredRequest, target: Int, agent: Int) -> Bool {
        let isAtOnce = Self.cameAtOnce(request)
        if request.outcome == .completed,
            request.tokens?.count ?? 0 >= CollectedAnswer.fewestEvents
        {
            while evidence.count <= target { evidence.append([]) }
            while evidence[target].count <= agent { evidence[target].append(Evidence()) }
            evidence[target][agent].judged += 1
            if isAtOnce { evidence[target][agent].atOnce += 1 }
        }
        return isAtOnce
    }

    /// The servers whose streams come collected.
    ///
    /// - Parameter agents: Those of the run: as many answers as a client's first reads were late
    ///   may be its own doing.
    func targets(_ agents: [RunAgent]) -> Set<Int> {
        var targets: Set<Int> = []
        for (target, parts) in evidence.enumerated() {
            var judged = 0
            var atOnce = 0
            for (agent, part) in parts.enumerated() {
                let doubted = min(agents[agent].audit?.lateFirstReads ?? 0, part.judged)
                judged += part.judged - doubted
                atOnce += max(0, part.atOnce - doubted)
            }
            if atOnce >= Self.fewestAnswers, Double(atOnce) >= Self.share * Double(judged) {
                targets.insert(target)
            }
        }
        return targets
    }

    /// Whether all events of the answer came at once, its end with them.
    static func cameAtOnce(_ request: MeasuredRequest) -> Bool {
        guard let events = request.tokens, let first = events.first?.time,
            let last = events.last?.time
        else { return false }
        let sent = request.sent ?? request.scheduled
        guard let span = last.minus(first), let end = request.finish.ns.minus(first),
            let wait = first.minus(sent.ns)
        else { return false }
        return CollectedAnswer.cameAtOnce(
            events: events.count, spanNs: span, endNs: end, waitNs: wait)
    }
}

extension Int64 {
    /// The difference; nil beyond 64 bits.
    fileprivate func minus(_ other: Int64) -> Int64? {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? nil : difference
    }
}

extension ClientAudit {
    /// Reads with a first token and further events that are known to have been taken late: those
    /// without a kernel's stamp, which say nothing, are not.
    fileprivate var lateFirstReads: Int {
        max(0, Int(clamping: lateJoins.firsts.total) - Int(clamping: unstamped))
    }
}

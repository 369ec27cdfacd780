import Goodput
import TimeBase
import TokenLog

/// Servers whose streams come collected: they, or proxies in front of them, hold all events of an
/// answer and deliver them at once, answer after answer.
///
/// One answer proves nothing: a client that was busy takes events that came apart in one read, and
/// of two tokens there is nothing to collect. So answers of four events or more are looked at, a
/// late client's are left out, and nine of ten of a server must have come at once, three at least.
struct CollectedStreams {
    /// The base URLs that requests to such servers name.
    private(set) var targets: Set<String> = []

    /// Share of a server's answers that must have come at once, and how many at least.
    private static let share = 0.9
    private static let fewestAnswers = 3

    /// Answers of one agent from one server.
    private struct Evidence {
        var judged = 0
        var atOnce = 0

        mutating func add(isAtOnce: Bool) {
            judged += 1
            if isAtOnce { atOnce += 1 }
        }
    }

    /// - Parameters:
    ///   - requests: The scored ones, with their events.
    ///   - agents: Those of the run: as many answers as a client's first reads were late may be
    ///     its own doing.
    init(_ requests: [MeasuredRequest], agents: [RunAgent]) {
        var evidence: [String: [String: Evidence]] = [:]
        for request in requests where request.outcome == .completed {
            guard request.tokens?.count ?? 0 >= CollectedAnswer.fewestEvents else { continue }
            evidence[request.target, default: [:]][request.agent, default: Evidence()]
                .add(isAtOnce: Self.cameAtOnce(request))
        }
        let late = Dictionary(
            agents.map { ($0.name, $0.audit?.lateFirstReads ?? 0) },
            uniquingKeysWith: { first, _ in first })
        for (target, parts) in evidence {
            var judged = 0
            var atOnce = 0
            for (agent, part) in parts {
                let doubted = min(late[agent] ?? 0, part.judged)
                judged += part.judged - doubted
                atOnce += max(0, part.atOnce - doubted)
            }
            if atOnce >= Self.fewestAnswers, Double(atOnce) >= Self.share * Double(judged) {
                targets.insert(target)
            }
        }
    }

    /// Marks as collected every answer of ``targets`` that came at once, however short it is.
    func mark(_ requests: inout [MeasuredRequest]) {
        guard !targets.isEmpty else { return }
        for index in requests.indices where targets.contains(requests[index].target) {
            requests[index].isCollected = Self.cameAtOnce(requests[index])
        }
    }

    /// Whether all events of the answer came at once, its end with them.
    private static func cameAtOnce(_ request: MeasuredRequest) -> Bool {
        guard let events = request.tokens, let first = events.first?.time,
            let last = events.last?.time
        else { return false }
        return CollectedAnswer.cameAtOnce(
            events: events.count, spanNs: last - first, endNs: request.finish.ns - first,
            waitNs: first - (request.sent ?? request.scheduled).ns)
    }
}

extension ClientAudit {
    /// Reads with a first token and further events that are known to have been taken late: those
    /// without a kernel's stamp, which say nothing, are not.
    fileprivate var lateFirstReads: Int {
        max(0, Int(clamping: lateJoins.firsts.total) - Int(clamping: unstamped))
    }
}

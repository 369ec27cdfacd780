import PlainText
import Results

/// The load that servers told of themselves, at its greatest.
struct ServerPressure {
    /// Requests in the longest queue.
    private(set) var waiting = 0.0
    /// The share of the fullest key-value cache that was held.
    private(set) var keyValueUse = 0.0
    /// Requests put back into a queue.
    private(set) var preemptions: UInt64 = 0

    /// A cache from this share on is full: what comes next waits for room or is put back.
    private static let fullCache = 0.95

    init(_ agents: some Sequence<RunAgent>) {
        for metrics in agents.flatMap(\.targets).compactMap(\.metrics) {
            waiting = max(waiting, metrics.waiting?.max ?? 0)
            keyValueUse = max(keyValueUse, metrics.keyValueUse?.max ?? 0)
            preemptions = preemptions.addingReportingOverflow(metrics.preemptions ?? 0).partialValue
        }
    }

    var isShortOfCache: Bool { preemptions > 0 || keyValueUse >= Self.fullCache }
    var hasQueue: Bool { waiting >= 1 }

    /// `, whose queue held 14, KV cache was 97 % full`; empty where nothing was said that weighs.
    ///
    /// - Parameter isOfNamed: Whether the server's node has just been named.
    func clause(isOfNamed: Bool) -> StepText {
        var facts: [StepText] = []
        if hasQueue { facts.append("queue held \(figure: Figures.fixed(waiting, 0))") }
        if keyValueUse >= Self.fullCache {
            facts.append("KV cache was \(figure: Figures.roughPercent(keyValueUse)) full")
        }
        if preemptions > 0 {
            let count = Figures.count(Int(clamping: preemptions), "preemption")
            facts.append("scheduler made \(figure: count)")
        }
        guard let first = facts.first else { return "" }
        var clause: StepText = isOfNamed ? ", whose \(first)" : ", where a server's \(first)"
        for fact in facts.dropFirst() { clause = "\(clause), \(fact)" }
        return clause
    }
}

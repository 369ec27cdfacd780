import Goodput
import Results
import TimeBase
import TokenLog
import Workload

/// Counts the requests of an export, for what is to be said of it.
struct ExportCensus {
    private(set) var requests = 0
    private var completed = 0
    private var unsent = 0
    private var unknownPrompts = 0
    private var whole = 0
    private var hidden = 0
    /// The longest time from a request's schedule to its send, ns.
    private var latest: Int64 = 0

    mutating func add(_ request: MeasuredRequest) {
        requests += 1
        if request.outcome == .completed {
            completed += 1
            if request.promptTokens == nil { unknownPrompts += 1 }
            if request.notes.marks.contains(.notStreamed) { whole += 1 }
            if request.notes.hiddenTokens > 0 { hidden += 1 }
        }
        if let sent = request.sent {
            latest = max(latest, (sent - request.scheduled).ns)
        } else {
            unsent += 1
        }
    }

    func remarks(of header: RunHeader, in format: ExportFormat) -> [ExportRemark] {
        var remarks: [ExportRemark] = []
        if !header.validity.verdict.isUsable { remarks.append(.verdict(header.validity.verdict)) }
        guard requests > 0 else { return remarks + [.noRequest] }
        if completed == 0 { remarks.append(.nothingCompleted(requests)) }
        if unsent > 0, format != .csv { remarks.append(.neverSent(unsent)) }
        switch format {
        case .vllm:
            if unknownPrompts > 0 { remarks.append(.unknownPrompt(unknownPrompts)) }
            if whole > 0 { remarks.append(.wholeAnswer(whole)) }
            if hidden > 0 { remarks.append(.hiddenTokens(hidden)) }
            if latest > 0 { remarks.append(.noSchedule(longest: latest)) }
        case .aiperf:
            if hidden > 0 { remarks.append(.hiddenTokens(hidden)) }
        case .csv, .perfetto, .benchmarkReport: break
        }
        return remarks
    }
}

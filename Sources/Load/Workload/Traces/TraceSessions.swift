/// A call as a line of a trace has it, perhaps of 0 tokens.
struct ReadCall {
    /// Names its session.
    var session: String
    var beginNs: Int64
    var endNs: Int64
    var input: UInt32
    var output: UInt32
}

/// The calls of a trace by their sessions, whatever the order of its lines.
struct TraceSessions: Sendable {
    private struct Call {
        var session: Int
        var beginNs: Int64
        var endNs: Int64
        var input: UInt32
        var output: UInt32
    }

    private var indices: [String: Int] = [:]
    private var calls: [Call] = []

    /// Most calls that one waits for: of more, those that ended last.
    static let parentLimit = 1_024
    /// Most calls, of those that ended last, among which the one is sought that a call continues.
    private static let searchLimit = 256

    var isEmpty: Bool { calls.isEmpty }

    mutating func add(_ call: ReadCall) {
        let session = indices[call.session] ?? indices.count
        indices[call.session] = session
        // A call lasts: what ended at its begin came before it.
        calls.append(
            Call(
                session: session, beginNs: call.beginNs, endNs: max(call.endNs, call.beginNs + 1),
                input: call.input, output: call.output))
    }

    /// A row a session, in the order in which they occurred, and how many calls are beyond the
    /// most that a session has. O(n log n + n parents).
    func rows() -> (rows: [TraceRow], beyond: Int) {
        let order = calls.indices.sorted { a, b in
            (calls[a].session, calls[a].beginNs, calls[a].endNs, a)
                < (calls[b].session, calls[b].beginNs, calls[b].endNs, b)
        }
        var rows: [TraceRow] = []
        var beyond = 0
        var begin = 0
        while begin < order.count {
            let session = calls[order[begin]].session
            var end = begin + 1
            while end < order.count, calls[order[end]].session == session { end += 1 }
            let own = order[begin..<end].prefix(Int(UInt16.max)).map { calls[$0] }
            beyond += end - begin - own.count
            rows.append(Self.row(own))
            begin = end
        }
        return (rows, beyond)
    }

    /// The row of a session, whose calls are in order of their begins; at least one.
    private static func row(_ calls: [Call]) -> TraceRow {
        let first = calls[0]
        var row = TraceRow(arrivalNs: first.beginNs, input: first.input, output: first.output)
        guard calls.count > 1 else { return row }
        let byEnd = calls.indices.sorted { (calls[$0].endNs, $0) < (calls[$1].endNs, $1) }
        // How many have ended, and the last of them to begin.
        var ended = 0
        var latest = 0
        for (index, call) in calls.enumerated() {
            while ended < index, calls[byEnd[ended]].endNs <= call.beginNs {
                latest = max(latest, byEnd[ended])
                ended += 1
            }
            var made = TraceCall(
                input: call.input, output: call.output, isLast: index == byEnd[calls.count - 1])
            if ended == 0 {
                made.waitNs = call.beginNs - first.beginNs
            } else {
                made.waitNs = call.beginNs - calls[byEnd[ended - 1]].endNs
                // Whatever ended before another one began is waited for by that.
                let parents = byEnd[..<ended].suffix(parentLimit).reversed().prefix {
                    calls[$0].endNs >= calls[latest].beginNs
                }
                made.after = parents.map { UInt16($0) }.sorted()
                continueConversation(&made, calls, byEnd[..<ended].suffix(searchLimit))
            }
            row.calls.append(made)
        }
        return row
    }

    /// Finds the conversation that a prompt is likely to begin with, of which a trace without texts
    /// says no more than lengths: of the calls that had ended, the one that leaves least of the
    /// prompt new. Its answer is in it too where there is room for both.
    private static func continueConversation(
        _ made: inout TraceCall, _ calls: [Call], _ ended: ArraySlice<Int>
    ) {
        for index in ended {
            let call = calls[index]
            let whole = call.input.addingReportingOverflow(call.output)
            let fits = !whole.overflow && whole.partialValue < made.input
            let shared = fits ? whole.partialValue : call.input
            guard shared < made.input, shared >= made.sharedTokens else { continue }
            made.sharedTokens = shared
            made.continues = UInt16(index)
        }
    }
}

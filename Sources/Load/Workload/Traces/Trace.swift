import Randomness

/// One request of a trace, or a session of them.
package struct TraceRow: Hashable, Sendable {
    /// Ns after the trace's earliest row; nil in a file of lengths without times.
    package var arrivalNs: Int64?
    /// Tokens, at least 1, those of the first call of a session: rows of none are left out.
    package var input: UInt32
    package var output: UInt32
    /// Ids of the prefix blocks that the prompt is made of; empty where the format has none.
    package var blocks: [UInt64]
    /// Tokens of a block.
    package var blockTokens: UInt32
    /// The conversation that begins then, in the replay's ``TraceReplay/prompts``; nil for a row of
    /// lengths.
    package var conversation: UInt32?
    /// The requests of a recorded session of several, in an order in which each is behind those
    /// that it waits for; empty for a row of one request.
    package var calls: [TraceCall] = []

    package init(
        arrivalNs: Int64?, input: UInt32, output: UInt32, blocks: [UInt64] = [],
        blockTokens: UInt32 = Trace.blockTokens, conversation: UInt32? = nil
    ) {
        self.arrivalNs = arrivalNs
        self.input = input
        self.output = output
        self.blocks = blocks
        self.blockTokens = blockTokens
        self.conversation = conversation
    }
}

/// Recorded requests, in order of arrival.
package enum Trace {
    /// Tokens of a prefix block where nothing else is said (Mooncake, FAST 2025).
    package static let blockTokens: UInt32 = 512

    /// The problem of a trace that is one JSON list, as a sentence.
    static let listProblem =
        "the rows of a trace stand one a line, not in a list; write them so, for example with "
        + "`jq -c '.[]' FILE`"

    /// Puts `rows` into the order of their arrivals, ties in file order, and counts these from the
    /// earliest; rows without one stay where they are, at the begin. O(n log n).
    static func order(_ rows: inout [TraceRow]) {
        guard let origin = rows.compactMap(\.arrivalNs).min() else { return }
        // Both are within the range of ``TraceNumber/spanLimit`` or of civil dates, so that their
        // difference is far from overflow.
        for index in rows.indices {
            rows[index].arrivalNs = rows[index].arrivalNs.map { $0 - origin }
        }
        // The sort of the standard library is stable in fact but not by contract.
        let order = rows.indices.sorted {
            (rows[$0].arrivalNs ?? 0, $0) < (rows[$1].arrivalNs ?? 0, $1)
        }
        rows = order.map { rows[$0] }
    }

    /// Mean arrivals per second from the first row to the last; nil with fewer than two instants.
    package static func meanRate(_ rows: [TraceRow]) -> Double? {
        guard let first = rows.first?.arrivalNs, let last = rows.last?.arrivalNs, last > first
        else { return nil }
        return Double(rows.count - 1) / (Double(last - first) / 1e9)
    }
}

/// A window of a trace, to be sent again.
package struct TraceReplay: Hashable, Sendable {
    /// Only rows with an arrival are used; sorted by it, ties in file order.
    package var rows: [TraceRow]
    /// The prompts that the rows' conversations are of; nil for rows of lengths.
    package var prompts: PromptLibrary?
    /// The window's begin, ns after the trace's earliest row.
    package var fromNs: Int64
    /// The window's length in the trace's own time; nil to its end.
    package var durationNs: Int64?
    /// Speed: 2 sends at twice the recorded rate. Positive.
    package var scale: Double
    /// Whether rows of one instant are spread over the time to the next instant, for traces that
    /// were recorded in ticks.
    package var spread: Bool

    package init(
        rows: [TraceRow], prompts: PromptLibrary? = nil, fromNs: Int64 = 0,
        durationNs: Int64? = nil, scale: Double = 1,
        spread: Bool = false
    ) {
        self.rows = rows
        self.prompts = prompts
        self.fromNs = fromNs
        self.durationNs = durationNs
        self.scale = scale
        self.spread = spread
    }

    /// The same window with the scale that makes its mean rate `rate` per second; nil where the
    /// window has no rate of its own.
    package func scaled(toRate rate: Double) -> TraceReplay? {
        guard let own = Trace.meanRate(window()) else { return nil }
        var copy = self
        copy.scale = rate / own
        return copy
    }

    /// The rows of the window with arrivals counted from its begin, before scaling. O(n log n).
    package func window() -> [TraceRow] {
        let end = durationNs.flatMap {
            fromNs.addingReportingOverflow($0).overflow ? nil : fromNs + $0
        }
        var chosen: [TraceRow] = []
        for row in rows {
            guard let at = row.arrivalNs, at >= fromNs, end.map({ at < $0 }) ?? true else {
                continue
            }
            var moved = row
            moved.arrivalNs = at - fromNs
            chosen.append(moved)
        }
        let order = chosen.indices.sorted {
            (chosen[$0].arrivalNs ?? 0, $0) < (chosen[$1].arrivalNs ?? 0, $1)
        }
        return order.map { chosen[$0] }
    }

    /// Rows that are not sent: those outside the window, and those after the first `requests` of
    /// it.
    package func leftOut(requests: UInt32?) -> LeftOut {
        var left = LeftOut()
        let inside = window().count
        left[.outsideWindow] = rows.count - inside
        // A session may have several requests: how many are left out the plan alone knows.
        if let requests, prompts == nil, rows.allSatisfy(\.calls.isEmpty) {
            left[.beyondRequests] = max(0, inside - Int(requests))
        }
        return left
    }

    /// The rows to send, arrivals in ns after the stage's begin, spread and scaled.
    package func arrivals(using random: inout some RandomNumberGenerator) -> [TraceRow] {
        var rows = window()
        if spread { Self.spreadTicks(&rows, using: &random) }
        for index in rows.indices {
            let scaled = (Double(rows[index].arrivalNs ?? 0) / scale).rounded(.down)
            rows[index].arrivalNs = Int64(min(scaled, 9e18))
        }
        return rows
    }

    /// Moves each row of a tick to a uniform instant before the next tick, keeping file order. The
    /// last tick takes the length of the one before it.
    private static func spreadTicks(
        _ rows: inout [TraceRow], using random: inout some RandomNumberGenerator
    ) {
        var begin = 0
        var lastGap: Int64 = 0
        while begin < rows.count {
            let tick = rows[begin].arrivalNs ?? 0
            var end = begin
            while end < rows.count, rows[end].arrivalNs == tick { end += 1 }
            let gap = end < rows.count ? (rows[end].arrivalNs ?? 0) - tick : lastGap
            let offsets = (begin..<end).map { _ in Int64(Double(gap) * random.nextUnit()) }.sorted()
            for (index, offset) in zip(begin..<end, offsets) {
                rows[index].arrivalNs = tick + offset
            }
            lastGap = gap
            begin = end
        }
    }
}

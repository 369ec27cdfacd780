import JSON
package import Results

/// A journal's requests in the order in which they are handed over, and its damage: a score without
/// its figures, at a fifth of the time.
package struct ReadJournal {
    package let run: JournalRun
    package let requests: [MeasuredRequest]
    package let damage: JournalDamage?

    /// - Throws: ``FileProblem``, as ``JournalRun``.
    package init(_ source: some JournalSource) throws(FileProblem) {
        run = try JournalRun(source)
        let pass = JournalRequests(run)
        var handed: [MeasuredRequest] = []
        try pass.forEach(withTokens: true) { request in handed.append(request) }
        requests = handed
        damage = run.damage(pass.settled)
    }

    /// The request `id`; nil where it is in no file.
    package func request(_ id: UInt32) -> MeasuredRequest? { requests.first { $0.id == id } }

    /// Each request's line of `requests.jsonl`, by its id.
    package var lines: [UInt32: [UInt8]] {
        var lines: [UInt32: [UInt8]] = [:]
        for request in requests {
            var writer = JSONWriter()
            request.writeLine(to: &writer, run: run.runID, withTokens: true)
            lines[request.id] = writer.bytes
        }
        return lines
    }
}

/// A journal, scored as the end of a run does: its requests and its summary.
package struct ScoredJournal {
    package let read: ReadJournal
    package let summary: RunSummary

    /// - Throws: ``FileProblem``, as ``JournalRun`` and its summary.
    package init(_ source: some JournalSource) throws(FileProblem) {
        read = try ReadJournal(source)
        summary = try read.run.summary()
    }

    package var run: JournalRun { read.run }
    package var requests: [MeasuredRequest] { read.requests }
    package var lines: [UInt32: [UInt8]] { read.lines }
    package var header: RunHeader { summary.header }
    package func request(_ id: UInt32) -> MeasuredRequest? { read.request(id) }
}

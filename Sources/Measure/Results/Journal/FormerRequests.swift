import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire

/// The measured requests of a former run: the lines of its `requests.jsonl`, all times of which are
/// those of its journal.
///
/// A line keeps everything but its times, unless damage has cut off its records: then it becomes
/// unfinished.
final class FormerRequests: MeasuredRequests {
    private let run: JournalRun
    private let requests: JournalRequests
    private let lines: [MeasuredRequest]
    private let places: [UInt32: Int]
    private var tally: RecordTally?

    /// - Parameter lines: One a request.
    init(_ run: JournalRun, _ lines: [MeasuredRequest]) {
        self.run = run
        self.lines = lines
        requests = JournalRequests(run)
        places = Dictionary(
            zip(lines.lazy.map(\.id), lines.indices), uniquingKeysWith: { first, _ in first })
    }

    var path: String { requests.path }

    /// The tally of the last pass.
    ///
    /// - Precondition: there was one.
    var settled: RecordTally {
        guard let tally else { preconditionFailure("a pass makes a tally") }
        return tally
    }

    func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        var isPlaced = [Bool](repeating: false, count: lines.count)
        var cutOff = 0
        try requests.forEach(withTokens: withTokens) { measured throws(FileProblem) in
            guard let place = places[measured.id] else { return }
            guard lines[place].agent == measured.agent else { throw foreign(measured.id) }
            isPlaced[place] = true
            let request = Self.placed(lines[place], by: measured)
            if request.outcome != lines[place].outcome { cutOff += 1 }
            try body(request)
        }
        var tally = requests.settled
        let isDamaged = run.damage(tally) != nil
        for (place, line) in lines.enumerated() where !isPlaced[place] {
            var request = line
            if line.sent != nil || line.outcome != .unfinished {
                guard isDamaged else { throw foreign(line.id) }
                request = lost(line, tally)
                cutOff += 1
            }
            tally.end = max(tally.end, request.finish)
            try body(request)
        }
        tally.notWhole = cutOff
        self.tally = tally
    }

    private func foreign(_ id: UInt32) -> FileProblem {
        FileProblem(
            .content, path,
            "does not know request \(id) of requests.jsonl as its agent's: the two are of "
                + "different runs")
    }

    /// The request of `line` with the times that its records have.
    private static func placed(
        _ line: MeasuredRequest, by measured: MeasuredRequest
    ) -> MeasuredRequest {
        var request = line
        request.scheduled = measured.scheduled
        request.waited = measured.waited
        request.sent = measured.sent
        request.tokens = measured.tokens
        request.reads = measured.reads
        request.firstAnswer = measured.firstAnswer
        request.thoughtTokens = measured.thoughtTokens
        request.finish = measured.finish
        guard measured.outcome != line.outcome else { return request }
        request.outcome = measured.outcome
        request.error = measured.error
        request.outputTokens = measured.outputTokens
        return request
    }

    /// The request of `line`, none of whose records was read: only its line knows when it was due.
    private func lost(_ line: MeasuredRequest, _ tally: RecordTally) -> MeasuredRequest {
        let agent = run.record.agents.firstIndex { $0.hello.name == line.agent }
        let newest = agent.flatMap { agent in
            tally.newest[agent].map { run.maps[agent].instant($0) }
        }
        var request = line
        request.waited = 0
        request.sent = nil
        request.tokens = []
        request.reads = nil
        request.firstAnswer = nil
        request.thoughtTokens = 0
        request.finish = max(line.scheduled, newest ?? line.scheduled)
        request.outcome = .unfinished
        request.error = RecordPass.recordsLost
        request.stampSource = nil
        request.outputTokens = 0
        return request
    }
}

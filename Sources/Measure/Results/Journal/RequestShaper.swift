import JSON
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire
import Workload

/// Makes a measured request of its records: what its plan says, and its stamps on the timeline.
struct RequestShaper {
    private let run: JournalRun
    private let names: [String]
    private let classNames: [String]
    /// Servers that take `ignore_eos`.
    private let pinned: Set<String>

    init(_ run: JournalRun) {
        self.run = run
        names = run.record.agents.map(\.hello.name)
        classNames = run.opening.classes.map(\.name)
        var pinned: Set<String> = []
        for agent in run.record.agents {
            for target in agent.ready?.targets ?? [] where Self.ignoresEOS(target) {
                pinned.insert(target.url)
            }
        }
        self.pinned = pinned
    }

    /// - Parameter end: Its end on its agent's clock; nil for one that the coordinator ended, with
    ///   `finish` then its word.
    func measured(
        _ request: MergedRequest, _ row: PlanRow, _ sent: SentRecord, _ finish: FinishRecord,
        end: LocalInstant?
    ) -> MeasuredRequest {
        let map = run.maps[request.agent]
        var times = MappedTimes(request, sent, finish: end, by: map)
        if end == nil { times.finish = max(times.finish, map.instant(finish.at)) }
        let targets = run.targets[request.agent]
        let asked =
            targets.indices.contains(Int(sent.target))
            ? targets[Int(sent.target)] : TargetFacts(url: "", model: "")
        return MeasuredRequest(
            id: request.id, agent: names[request.agent], target: asked.url,
            model: model(row, at: asked), className: className(row),
            phase: row.isScored ? .scored : .warmup, session: row.session, turn: row.turn,
            scheduled: times.scheduled, waited: times.waited, sent: times.sent,
            tokens: times.events, reads: times.reads, finish: times.finish,
            firstAnswer: times.firstAnswer, thoughtTokens: times.thoughtTokens,
            outcome: finish.outcome,
            error: finish.error,
            stampSource: request.tokens.leastTrustedSource,
            askedInput: row.usesTexts ? nil : row.inputTokens,
            promptTokens: finish.promptTokens, askedOutput: row.outputTokens,
            outputTokens: finish.outputTokens, notes: finish.notes)
    }

    /// The model that the class names, else its target's.
    private func model(_ row: PlanRow, at target: TargetFacts) -> String {
        guard let index = row.modelIndex, run.opening.modelNames.indices.contains(Int(index))
        else { return target.model }
        return run.opening.modelNames[Int(index)]
    }

    private func className(_ row: PlanRow) -> String {
        classNames.indices.contains(Int(row.classIndex))
            ? classNames[Int(row.classIndex)] : classNames.last ?? ""
    }

    /// Whether the server broke the stream off, where requests ask it to go on beyond the model's
    /// own end: some models' formats (harmony) cannot.
    func isBrokenWhilePinned(_ request: MeasuredRequest) -> Bool {
        guard let error = request.error, pinned.contains(request.target) else { return false }
        // Other statuses speak of the server's load, not of this answer, unless they name its end.
        return error.kind == .streamError || error.status == 500
            || Self.endingWords.contains { error.detail.lowercased().contains($0) }
    }

    /// Words by which servers say that a model was driven beyond its answer's end.
    private static let endingWords = ["ignore_eos", "min_tokens", "message header", "harmony"]

    private static func ignoresEOS(_ target: TargetState) -> Bool {
        // A profile that is no JSON says nothing.
        let profile = try? JSONValue(parsing: target.profileJSON)
        return profile?["sends"]?.array?.contains("ignore_eos") ?? false
    }
}

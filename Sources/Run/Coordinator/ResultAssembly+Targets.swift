import CoordinatorCore
import JSON
import PlainText
import Results
import TokenLog
import Wire
import Workload

extension ResultAssembly {
    /// The model that a request asked for: the one that its class names, else its target's.
    func model(of request: PlannedRequest, at target: AgentTarget) -> String {
        request.modelIndex.map { plan.modelNames[Int($0)] } ?? target.model
    }

    /// Streams that the server broke off, where requests ask it to go on beyond the model's own
    /// end: some models' formats (harmony) cannot.
    func pinNotes(_ requests: [MeasuredRequest]) -> [String] {
        var pinned: Set<String> = []
        for track in outcome.agents {
            for target in track.ready?.targets ?? [] where Self.ignoresEOS(target) {
                pinned.insert(target.url)
            }
        }
        let broken = requests.filter { request in
            guard let error = request.error, pinned.contains(request.target) else { return false }
            // Other statuses speak of the server's load, not of this answer, unless they name its
            // end.
            return error.kind == .streamError || error.status == 500
                || Self.endingWords.contains { error.detail.lowercased().contains($0) }
        }
        guard !broken.isEmpty else { return [] }
        let counted = Figures.count(broken.count, "request")
        return [
            "\(counted) failed with an error of the server's while `ignore_eos` asked it to go on "
                + "beyond the answer's end, which some models cannot (harmony-style ones): leave "
                + "it out with --no-ignore-eos, or `request: { ignore eos: false }`."
        ]
    }

    /// Words by which servers say that a model was driven beyond its answer's end.
    private static let endingWords = ["ignore_eos", "min_tokens", "message header", "harmony"]

    private static func ignoresEOS(_ target: TargetState) -> Bool {
        // A profile that is no JSON says nothing.
        let profile = try? JSONValue(parsing: target.profileJSON)
        return profile?["sends"]?.array?.contains("ignore_eos") ?? false
    }
}

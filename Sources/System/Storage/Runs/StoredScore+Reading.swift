import Goodput
package import Results
import RunRecord

extension StoredScore {
    /// Reads and scores `path`, its parameters changed by `overrides`.
    ///
    /// A run's requests come from where `RunDirectory.run(remaps:keepsRequests:)` takes them.
    ///
    /// - Parameter remaps: Whether the clocks of a run's folder are fitted anew and all stamps
    ///   mapped again.
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(
        path: String, overrides: ScoringOverrides, remaps: Bool = false
    ) throws(FileProblem) {
        if let run = Self.runFolder(path) {
            let summary = try RunDirectory(reading: run).run(remaps: remaps).summary(overrides)
            self = .run(summary, folder: run)
        } else {
            let scores = try Self.all(path: path, overrides: overrides, remaps: remaps)
            guard scores.count == 1 else {
                throw FileProblem(
                    .content, path,
                    "holds \(scores.count) runs; name one, such as \(path)#\(scores.count)")
            }
            self = scores[0].score
        }
    }

    /// Reads and scores all runs of `path`: several where it is another tool's file that holds
    /// several, each named `path#1`, `path#2`, ... Such a name alone takes one of them.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package static func all(
        path: String, overrides: ScoringOverrides, remaps: Bool = false
    ) throws(FileProblem) -> [(path: String, score: StoredScore)] {
        if runFolder(path) != nil {
            return [(path, try StoredScore(path: path, overrides: overrides, remaps: remaps))]
        }
        guard !remaps else { throw .noClocks(path) }
        var scores: [(path: String, score: StoredScore)] = []
        for (name, vector) in try MetricVector.stored(at: path) {
            let report = try ScoreReport(vector: vector, overrides: overrides, path: name)
            scores.append((name, .vector(report)))
        }
        return scores
    }

    /// The run's folder that `path` names, by itself or by a file of it.
    static func runFolder(_ path: String) -> String? {
        if StoredFile.isFolder(path) { return path }
        guard
            let name = RunFileName.all.first(where: { path == $0 || path.hasSuffix("/" + $0) })
        else { return nil }
        let parent = path.dropLast(name.count)
        let folder = parent.isEmpty ? "." : String(parent.dropLast())
        // Others may call their files so, too; a run's stand beside its manifest.
        guard name == RunFileName.journal || StoredFile.exists("\(folder)/\(RunFileName.manifest)")
        else { return nil }
        return folder
    }
}

extension FileProblem {
    static func noClocks(_ path: String) -> FileProblem {
        FileProblem(
            .content, path,
            "is no run's folder, so it has no clocks to fit; drop --remap or name a folder")
    }
}

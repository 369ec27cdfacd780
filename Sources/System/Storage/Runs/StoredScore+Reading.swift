import Goodput
package import Results

extension StoredScore {
    /// Reads and scores `path`, its parameters changed by `overrides`.
    ///
    /// - Parameters:
    ///   - remaps: Whether the clocks of a run's folder are fitted anew and all stamps mapped
    ///     again.
    ///   - journal: Opens the journal of a run's folder, asked for to map again, and where
    ///     `requests.jsonl` leaves the token times to it. A damaged one is scored as far as it
    ///     goes, and the run is then partial.
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(
        path: String, overrides: ScoringOverrides, remaps: Bool = false,
        journal: @escaping (String, StoredManifest) throws(FileProblem) -> any StoredJournal
    ) throws(FileProblem) {
        if let run = Self.runFolder(path) {
            let folder = try RunDirectory(reading: run)
            let manifest = try folder.manifest()
            var opened: (any StoredJournal)?
            func theJournal() throws(FileProblem) -> any StoredJournal {
                if let opened { return opened }
                let made = try journal(run, manifest)
                opened = made
                return made
            }
            var result = try folder.result(manifest) { request throws(FileProblem) in
                try theJournal().complete(&request)
            }
            // Token times of a damaged journal lie by the fits of what is left of it.
            if remaps || opened?.damage != nil {
                let journal = try theJournal()
                try journal.remap(&result)
                result.takeIn(journal)
            }
            self = .run(try folder.summarise(result, overrides: overrides), folder: run)
        } else {
            guard !remaps else {
                throw FileProblem(
                    .content, path,
                    "is no run's folder, so it has no clocks to fit; drop --remap or name a folder")
            }
            let vector = try MetricVector(parsing: try StoredFile.read(path), path: path)
            self = .vector(try ScoreReport(vector: vector, overrides: overrides, path: path))
        }
    }

    /// The run's folder that `path` names, by itself or by a file of it.
    private static func runFolder(_ path: String) -> String? {
        if StoredFile.isFolder(path) { return path }
        let names = [
            RunFileName.journal, RunFileName.manifest, RunFileName.summary, RunFileName.requests,
        ]
        guard let name = names.first(where: { path == $0 || path.hasSuffix("/" + $0) }) else {
            return nil
        }
        let parent = path.dropLast(name.count)
        let folder = parent.isEmpty ? "." : String(parent.dropLast())
        // Others may call their files so, too; a run's stand beside its manifest.
        guard name == RunFileName.journal || StoredFile.exists("\(folder)/\(RunFileName.manifest)")
        else { return nil }
        return folder
    }
}

extension RunResult {
    /// Takes in how far the journal, which was read, is whole.
    fileprivate mutating func takeIn(_ journal: any StoredJournal) {
        guard var damage = journal.damage else { return }
        damage.requests = requests.count { !journal.isWhole($0.id) }
        journalDamage = damage
        if header.validity.verdict == .valid { header.validity.verdict = .partial }
    }
}

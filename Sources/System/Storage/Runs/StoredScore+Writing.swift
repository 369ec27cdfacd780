import Goodput
package import Results
import RunRecord

extension StoredScore {
    /// Writes the run that `path` names into the new folder `out`, as at the run's end: all files
    /// are made from its journal, of which a copy stands beside them.
    ///
    /// The run's own folder is left as it is. An entry in which its journal ends, because the
    /// coordinator died or still writes, is not copied: no figure has it.
    ///
    /// - Parameter overrides: Change the parameters of the summary, and of nothing else.
    /// - Throws: ``FileProblem`` that names what cannot be read or written; `out` is then as it
    ///   was.
    package init(
        path: String, overrides: ScoringOverrides, writingTo out: String
    ) throws(FileProblem) {
        guard let run = Self.runFolder(path) else {
            // A path that cannot be read at all says so.
            _ = try StoredFile.read(path)
            throw FileProblem(
                .content, path,
                "is no run's folder, so there is no journal to make one from; drop --out or name "
                    + "a folder")
        }
        let source = try RunDirectory(reading: run)
        let manifest = try source.manifestIfAny()
        let byteCount = Self.wholeByteCount(
            try JournalRun(source.journal(manifest), beside: manifest?.header))
        var folder = try NewRunFolder(at: out, outside: run)
        try folder.directory.copy(RunFileName.journal, of: source, byteCount: byteCount)
        let copied = try JournalRun(folder.directory.journal(manifest))
        var summary = try folder.directory.write(copied, tokens: source.tokensInRequests())
        if overrides != ScoringOverrides() {
            summary = try copied.summary(overrides)
            try folder.directory.write(Array(summary.json.utf8), to: RunFileName.summary)
        }
        folder.commit()
        self = .run(summary, folder: out)
    }

    /// Bytes of the run's journal without the torn entry at which it stops.
    private static func wholeByteCount(_ run: JournalRun) -> Int {
        // Behind the run's end nothing more is written: a torn entry there is damage.
        let torn = run.record.ended == nil ? run.reading.incomplete : nil
        return torn ?? run.reading.byteCount
    }
}

extension RunDirectory {
    /// The manifest; nil where the run has none.
    fileprivate borrowing func manifestIfAny() throws(FileProblem) -> StoredManifest? {
        guard hasManifest else { return nil }
        do throws(FileProblem) {
            return try manifest()
        } catch {
            var problem = error
            problem.problem +=
                "; to go by tokens.log alone, copy that into a folder of its own and name it"
            throw problem
        }
    }

    /// Copies the first `byteCount` bytes of the file `name` of `other`, or all that it has.
    fileprivate borrowing func copy(
        _ name: String, of other: borrowing RunDirectory, byteCount: Int
    ) throws(FileProblem) {
        var file = try newFile(name)
        var left = byteCount
        try other.forEachChunk(of: name) { chunk throws(FileProblem) in
            let piece = Array(chunk.prefix(left))
            left -= piece.count
            try file.append(piece[...])
        }
        try file.commit()
    }

    /// The choice by which `requests.jsonl` was written, as its first line shows it.
    fileprivate borrowing func tokensInRequests() -> TokensInRequests {
        // Lines that are missing or damaged are made anew, so that nothing is wrong with them.
        guard let hasTokens = try? hasTokens() else { return .automatic }
        return hasTokens ? .always : .never
    }
}

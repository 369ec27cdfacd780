import Glibc
package import Results

extension StoredRun {
    /// Opens the run that `path` names, by its folder or by a file of it. Requests come from where
    /// a score takes them (``StoredScore``), those of a journal one after the other at each pass.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read.
    package init(path: String) throws(FileProblem) {
        guard let folder = StoredScore.runFolder(path) else {
            guard StoredFile.exists(path) else {
                throw .system(path, "cannot be opened", ENOENT, remedy: "name the folder of a run")
            }
            throw FileProblem(
                .content, path, "is no run's folder; name a folder that legato run has written")
        }
        let directory = try RunDirectory(reading: folder)
        if !directory.hasManifest, !directory.has(RunFileName.journal) {
            throw FileProblem(.content, folder, directory.noRun)
        }
        switch try directory.origin(remaps: false) {
        case .files(let result):
            self.init(
                header: result.header,
                requests: StoredRequests(
                    result.requests, path: "\(folder)/\(RunFileName.requests)"))
        case .journal(let journal, let header, let requests):
            self = try journal.stored(header: header, requests: requests)
        }
    }
}

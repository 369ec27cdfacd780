import Glibc
package import Results

/// A folder of runs, read and never written to but where entries are removed.
package struct RunStore: ~Copyable {
    package let path: String
    let descriptor: Int32

    /// - Throws: ``FileProblem`` where it cannot be opened, or is a run's folder itself.
    package init(path: String) throws(FileProblem) {
        let path = RunDirectory.withoutLastSlashes(path)
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .system(
                path, "cannot be opened", errno, remedy: "name the folder that holds your runs")
        }
        let names = FolderNames.list(descriptor) ?? []
        guard StoreLayout.kind(of: Set(names)) == nil else {
            close(descriptor)
            throw FileProblem(
                .content, path,
                "is a run's folder itself; name the one that holds it, or legato score \(path)")
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// All folders in it, the newest first. Files beside them and links are passed over; whatever
    /// is wrong with a folder is its entry's state.
    ///
    /// Read are names, sizes, and the small files of each: manifest and summary, or those of a
    /// sweep or of repeats.
    ///
    /// - Parameter now: Unix time, s.
    package borrowing func entries(now: Int64) throws(FileProblem) -> [StoreEntry] {
        guard let names = FolderNames.list(descriptor) else {
            throw .system(path, "cannot be listed", errno, remedy: "name another folder")
        }
        var entries: [StoreEntry] = []
        for name in names {
            let folder = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else {
                guard errno != ENOTDIR, errno != ELOOP, errno != ENOENT else { continue }
                let problem = FileProblem.system(
                    name, "cannot be opened", errno, remedy: "look at it yourself")
                entries.append(
                    StoreEntry(folder: name, state: .damaged("\(problem)"), written: 0))
                continue
            }
            defer { close(folder) }
            entries.append(entry(name, folder, now: now))
        }
        return entries.sorted { ($1.began, $0.folder) < ($0.began, $1.folder) }
    }

    private borrowing func entry(_ name: String, _ folder: Int32, now: Int64) -> StoreEntry {
        do throws(FileProblem) {
            let survey = try FolderSurvey(folder, path: "\(path)/\(name)")
            return StoreEntry(reading: "\(path)/\(name)", name, survey, now: now)
        } catch {
            return StoreEntry(folder: name, state: .damaged("\(error)"), written: 0)
        }
    }

    /// Removes the entry of that name: all that a run writes, and then the folder.
    ///
    /// - Throws: ``FileProblem`` where it holds something else by now, which is then left with all
    ///   that is in it, or where the system refuses.
    package borrowing func remove(_ name: String) throws(FileProblem) {
        precondition(
            !name.contains("/") && name != "." && name != "..", "an entry has a plain name")
        let shown = "\(path)/\(name)"
        let folder = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            throw .system(shown, "cannot be opened", errno, remedy: "name a folder, not a link")
        }
        defer { close(folder) }
        let survey = try FolderSurvey(folder, path: shown)
        if let foreign = survey.foreign {
            throw FileProblem(
                .content, shown, PrunePlan.Reason.foreign(foreign).sentence(of: "the folder"))
        }
        for file in survey.files { try Self.unlink(folder, file, 0, shown) }
        for inner in survey.folders { try Self.unlink(folder, inner, AT_REMOVEDIR, shown) }
        try Self.unlink(descriptor, name, AT_REMOVEDIR, path)
    }

    /// Removes `file` of the folder; one that is gone already is no error.
    private static func unlink(
        _ folder: Int32, _ file: String, _ flags: Int32, _ shown: String
    ) throws(FileProblem) {
        guard unlinkat(folder, file, flags) == 0 || errno == ENOENT else {
            throw .system(
                "\(shown)/\(file)", "cannot be removed", errno, remedy: "remove it yourself")
        }
    }
}

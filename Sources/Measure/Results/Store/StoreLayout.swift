/// The files and folders that runs, repeats and sweeps write.
package enum StoreLayout {
    private static let ofRun = Set(RunFileName.all).union([
        "report.html", "run.sqlite", "run.sqlite-wal", "run.sqlite-shm", "run.sqlite-journal",
    ])
    private static let ofSeveral: Set = [
        RunFileName.joined, RunFileName.sweep, "sweep.svg", "speeds.svg", "report.html",
    ]
    /// The folder of a sweep's points.
    package static let points = "points"

    /// Whether a run writes a file, or makes a folder, at this place within its own.
    ///
    /// - Parameter path: The names on the way to it, at least one.
    package static func isOwn(_ path: [String], isFolder: Bool) -> Bool {
        let name = path[path.count - 1]
        switch (path.count, isFolder) {
        case (1, true): return name == points || isRepeat(name)
        case (2, true): return path[0] == points
        case (1, false): return isFile(name, of: ofRun.union(ofSeveral))
        case (2, false): return isRepeat(path[0]) && isFile(name, of: ofRun)
        case (3, false): return path[0] == points && isFile(name, of: ofRun)
        default: return false
        }
    }

    /// Whether the folder is that of one of several repeats: `run-3`.
    package static func isRepeat(_ name: String) -> Bool {
        guard name.hasPrefix("run-") else { return false }
        let number = name.dropFirst(4)
        return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// The kind of what has these names in it; nil where no run has written any of them.
    package static func kind(of names: Set<String>) -> StoreEntry.Kind? {
        if names.contains(RunFileName.sweep) || names.contains(points) { return .sweep }
        if names.contains(RunFileName.joined) || names.contains("run-1") { return .repeats }
        return names.isDisjoint(with: RunFileName.all) ? nil : .run
    }

    /// A file of that name, or the one that is written ahead of it.
    private static func isFile(_ name: String, of names: Set<String>) -> Bool {
        if names.contains(name) { return true }
        guard name.hasPrefix("."), name.hasSuffix(".new") else { return false }
        return names.contains(String(name.dropFirst().dropLast(4)))
    }
}

import Glibc
import Results

/// All that a folder of a store holds, seen without following a link or opening a file.
struct FolderSurvey {
    /// Names directly in it.
    private(set) var names: Set<String> = []
    /// Files as paths relative to it, and its folders, each behind what is in it.
    private(set) var files: [String] = []
    private(set) var folders: [String] = []
    /// On disk.
    private(set) var byteCount = 0
    /// Unix time of the last write within it, s.
    private(set) var written: Int64 = 0
    /// The first path that no run writes.
    private(set) var foreign: String?

    /// Folders within folders that are looked into: a sweep's points, and one more.
    private static let deepest = 4

    /// - Throws: ``FileProblem`` where something cannot be listed.
    init(_ descriptor: Int32, path: String) throws(FileProblem) {
        try add(descriptor, [], path)
    }

    private mutating func add(
        _ folder: Int32, _ above: [String], _ path: String
    ) throws(FileProblem) {
        guard let found = FolderNames.list(folder) else {
            throw .system(path, "cannot be listed", errno, remedy: "look at it yourself")
        }
        if above.isEmpty { names = Set(found) }
        for name in found.sorted() {
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            byteCount += Int(status.st_blocks) * 512
            let way = above + [name]
            let relative = way.joined(separator: "/")
            let kind = status.st_mode & S_IFMT
            let isKnown =
                kind == S_IFREG && StoreLayout.isOwn(way, isFolder: false)
                || kind == S_IFDIR && StoreLayout.isOwn(way, isFolder: true)
            if !isKnown, foreign == nil { foreign = relative }
            if kind == S_IFREG { written = max(written, Int64(status.st_mtim.tv_sec)) }
            guard kind == S_IFDIR, way.count < Self.deepest else {
                files.append(relative)
                continue
            }
            let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else {
                throw .system(
                    "\(path)/\(name)", "cannot be opened", errno, remedy: "look at it yourself")
            }
            defer { close(inner) }
            try add(inner, way, "\(path)/\(name)")
            folders.append(relative)
        }
    }

    /// Folders of runs, relative to it: itself as the empty path.
    var runs: [String] {
        folders.filter { folder in
            StoreLayout.isRepeat(folder) || folder.hasPrefix(StoreLayout.points + "/")
        }
    }

    func has(_ file: String, in folder: String = "") -> Bool {
        files.contains(folder.isEmpty ? file : "\(folder)/\(file)")
    }
}

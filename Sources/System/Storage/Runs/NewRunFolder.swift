import Glibc
import Results

/// A run's folder that is made as a whole; without ``commit()`` nothing of it remains.
struct NewRunFolder: ~Copyable {
    let directory: RunDirectory
    /// Whether the folder itself was made, and not taken as it lay there, empty.
    private let isMade: Bool
    private var isCommitted = false

    /// Makes the folder `path`, and those above it where they are missing, or takes one that is
    /// empty.
    ///
    /// - Throws: ``FileProblem`` where something is in it, and where it lies in the folder `run`,
    ///   which is left as it is.
    init(at path: String, outside run: String) throws(FileProblem) {
        let path = RunDirectory.withoutLastSlashes(path)
        guard !Self.lies(path, in: run) else {
            throw FileProblem(
                .system, path,
                "lies in the run's own folder, where nothing is changed; name a place outside it "
                    + "with --out")
        }
        var status = stat()
        let isMade = lstat(path, &status) != 0
        let directory = isMade ? try RunDirectory.create(at: path) : try .init(opening: path)
        guard try directory.isEmpty() else {
            throw FileProblem(
                .system, path, "exists and is not empty; name a new folder with --out")
        }
        self.isMade = isMade
        self.directory = directory
    }

    /// Keeps the folder.
    mutating func commit() { isCommitted = true }

    deinit {
        guard !isCommitted else { return }
        for name in RunFileName.all { unlinkat(directory.descriptor, name, 0) }
        if isMade { rmdir(directory.path) }
    }

    /// Whether `path` lies in `folder`, or would once it is made.
    private static func lies(_ path: String, in folder: String) -> Bool {
        let slashes = path.indices.reversed().filter { path[$0] == "/" }
        let ancestors = [path] + slashes.map { String(path[...$0]) } + ["."]
        guard let folder = real(folder), let nearest = ancestors.lazy.compactMap(real).first else {
            return false
        }
        return nearest == folder || nearest.hasPrefix(folder + "/")
    }

    /// The path of what is there, without links; nil where nothing is.
    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}

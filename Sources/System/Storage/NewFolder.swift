import Glibc

/// Folders whose names are as safe as what will be in them.
enum NewFolder {
    /// Makes the folder `path` for this user alone, and syncs the one that holds its name.
    ///
    /// - Returns: 0, or the system's code: `EEXIST` where something has that name already.
    static func make(_ path: String) -> Int32 {
        guard mkdir(path, 0o700) == 0 else { return errno }
        let parent = open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written to and not read cannot be synced but by its owner.
        guard parent >= 0 else { return errno == EACCES ? 0 : errno }
        defer { close(parent) }
        return fsync(parent) == 0 ? 0 : errno
    }

    /// Makes the folder `path`, and those above it, as far as they are missing.
    ///
    /// - Returns: nil, or the first of them that cannot be, and the system's code: `ENOTDIR` where
    ///   it is there and is no folder.
    static func makeAll(_ path: String) -> (path: String, code: Int32)? {
        var folder = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            folder += folder.isEmpty || folder.hasSuffix("/") ? String(part) : "/\(part)"
            var status = stat()
            if stat(folder, &status) == 0 {
                guard status.st_mode & S_IFMT == S_IFDIR else { return (folder, ENOTDIR) }
                continue
            }
            let code = make(folder)
            guard code == 0 || code == EEXIST else { return (folder, code) }
        }
        return nil
    }
}

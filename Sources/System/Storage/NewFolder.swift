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
}

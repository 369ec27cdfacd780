import Glibc

/// A folder that belongs to this user alone (mode 0700), held open, so that no swapped link leads
/// elsewhere: every file is opened relative to it.
///
/// Only the last component is checked to be no symbolic link; the way to it is the caller's.
package final class PrivateFolder: Sendable {
    package let path: String
    let descriptor: Int32

    /// Opens the folder at `path`, making it and what leads to it where it is not there.
    ///
    /// - Throws: ``StorageError`` when it is a link or no folder, belongs to somebody else, is open
    ///   to others, or the system refuses.
    package init(path: String) throws(StorageError) {
        try Self.makeAncestors(of: path)
        try Self.make(path)
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else {
            guard errno == ELOOP || errno == ENOTDIR else {
                throw StorageError(path, "open", code: errno)
            }
            throw StorageError(
                path, "use", refusal: "it is a symbolic link or no folder; give the real one")
        }
        self.path = path
        descriptor = opened
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw StorageError(path, "inspect", code: errno) }
        guard status.st_uid == geteuid() else {
            throw StorageError(
                path, "use",
                refusal: "it belongs to user \(status.st_uid), not to this one; give another folder"
            )
        }
        guard status.st_mode & 0o077 == 0 else {
            throw StorageError(
                path, "use", refusal: "others may enter it; make it private with chmod 700")
        }
    }

    deinit { close(descriptor) }

    /// Takes the folder for whoever holds the result, until it is released or the process ends.
    ///
    /// - Throws: ``StorageError`` naming the process that has it.
    package func lock() throws(StorageError) -> FolderLock {
        let name = "lock"
        let opened = openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw StorageError(path + "/" + name, "open", code: errno) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            defer { close(opened) }
            guard code == EWOULDBLOCK else { throw StorageError(path, "lock", code: code) }
            let holder = String(decoding: Self.readAll(opened).prefix(20), as: UTF8.self)
            var error = StorageError(
                path, "lock",
                refusal: "process \(holder.isEmpty ? "unknown" : holder) is using it; end that one "
                    + "or give another folder")
            error.holder = holder.isEmpty ? "unknown" : holder
            throw error
        }
        let holder = Array("\(getpid())".utf8)
        guard ftruncate(opened, 0) == 0, write(opened, holder, holder.count) == holder.count else {
            let code = errno
            close(opened)
            throw StorageError(path + "/" + name, "write", code: code)
        }
        return FolderLock(descriptor: opened)
    }

    /// The names in the folder, sorted, without `.` and `..`.
    package func names() throws(StorageError) -> [String] {
        // A descriptor of its own: closedir closes it, and reading moves its place.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            throw StorageError(path, "list", code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                // Sound: the system ends d_name with a zero byte within the field.
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes the folder's entries durable: what was made, renamed and removed in it.
    package func syncEntries() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw StorageError(path, "sync", code: errno) }
    }

    /// Removes the file `name`; one that is gone already is no error.
    package func remove(_ name: String) throws(StorageError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw StorageError(path + "/" + name, "remove", code: errno)
        }
    }

    /// Puts `bytes` into the file `name` so that after a crash it holds either these or what it
    /// held before: written aside, synced, renamed, and the folder synced.
    package func replace(_ name: String, with bytes: [UInt8]) throws(StorageError) {
        let aside = name + ".new"
        let file = try PrivateFile(in: self, name: aside, emptied: true)
        try file.append(bytes)
        try file.sync()
        guard renameat(descriptor, aside, descriptor, name) == 0 else {
            throw StorageError(path + "/" + name, "rename", code: errno)
        }
        try syncEntries()
    }

    static func readAll(_ descriptor: Int32) -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = pread(descriptor, &piece, piece.count, off_t(content.count))
            guard count > 0 else { return content }
            content += piece.prefix(count)
        }
    }

    private static func makeAncestors(of path: String) throws(StorageError) {
        var ancestor = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/").dropLast() {
            ancestor += "/" + part
            try make(ancestor)
        }
    }

    private static func make(_ path: String) throws(StorageError) {
        let code = NewFolder.make(path)
        if code != 0 && code != EEXIST { throw StorageError(path, "make", code: code) }
    }
}

extension PrivateFolder {
    /// Removes the folder itself, which must be empty.
    func removeSelf() throws(StorageError) {
        guard rmdir(path) == 0 else { throw StorageError(path, "remove", code: errno) }
    }
}

/// Keeps a ``PrivateFolder`` from being locked a second time, while it lives.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

import Glibc
import Results

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
        let above = path.split(separator: "/").dropLast().joined(separator: "/")
        if let refused = NewFolder.makeAll((path.hasPrefix("/") ? "/" : "") + above) {
            throw StorageError(refused.path, "make", code: refused.code)
        }
        let code = NewFolder.make(path)
        guard code == 0 || code == EEXIST else { throw StorageError(path, "make", code: code) }
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
            var digits = [UInt8](repeating: 0, count: 20)
            let count = pread(opened, &digits, digits.count, 0)
            let holder =
                count > 0 ? String(decoding: digits.prefix(count), as: UTF8.self) : "unknown"
            var error = StorageError(
                path, "lock",
                refusal: "process \(holder) is using it; end that one or give another folder")
            error.holder = holder
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
        guard let names = FolderNames.list(descriptor) else {
            throw StorageError(path, "list", code: errno)
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

    /// Replaces the file `name` as a whole (``NewFile``).
    package func replace(_ name: String, with bytes: [UInt8]) throws(StorageError) {
        do throws(FileProblem) {
            var file = try NewFile(in: descriptor, folder: path, name: name)
            try file.append(bytes[...])
            try file.commit()
        } catch {
            throw StorageError(error.path, "replace", refusal: error.problem)
        }
    }

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

import Glibc

/// A regular file of a ``PrivateFolder``, mode 0600, never reached through a link, written at its
/// end.
final class PrivateFile {
    let path: String
    private let descriptor: Int32
    /// Bytes in the file.
    private(set) var byteCount: Int

    /// Opens the file `name`, making it where it is not there.
    init(in folder: PrivateFolder, name: String, emptied: Bool = false) throws(StorageError) {
        path = folder.path + "/" + name
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (emptied ? O_TRUNC : 0)
        let opened = openat(folder.descriptor, name, flags, 0o600)
        guard opened >= 0 else {
            guard errno == ELOOP else { throw StorageError(path, "open", code: errno) }
            throw StorageError(path, "open", refusal: "it is a symbolic link; remove it")
        }
        descriptor = opened
        var status = stat()
        guard fstat(opened, &status) == 0 else {
            byteCount = 0
            throw StorageError(path, "inspect", code: errno)
        }
        byteCount = Int(status.st_size)
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            throw StorageError(
                path, "use",
                refusal: "it is not a regular file that is this user's alone; remove it")
        }
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes` at the end. After an error the file is cut to what it held before, as
    /// far as the system lets it.
    func append(_ bytes: [UInt8]) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written,
                    off_t(byteCount + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error = StorageError(path, "write", code: count == 0 ? ENOSPC : errno)
                // The scan cuts a torn tail as well, so a failure here loses nothing.
                _ = ftruncate(descriptor, off_t(byteCount))
                throw error
            }
            written += count
        }
        byteCount += bytes.count
    }

    /// Makes the file's content durable.
    func sync() throws(StorageError) {
        guard fdatasync(descriptor) == 0 else { throw StorageError(path, "sync", code: errno) }
    }

    /// Cuts the file to `count` bytes, durably.
    func truncate(to count: Int) throws(StorageError) {
        guard ftruncate(descriptor, off_t(count)) == 0, fdatasync(descriptor) == 0 else {
            throw StorageError(path, "cut", code: errno)
        }
        byteCount = count
    }

    /// The bytes of `range`, fewer where the file ends before.
    func read(_ range: Range<Int>) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var have = 0
        while have < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress?.advanced(by: have), buffer.count - have,
                    off_t(range.lowerBound + have))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StorageError(path, "read", code: errno) }
            if count == 0 { break }
            have += count
        }
        bytes.removeLast(bytes.count - have)
        return bytes
    }
}

import Glibc

/// A regular file of a ``PrivateFolder``, mode 0600, never reached through a link, written at its
/// end.
final class PrivateFile {
    let path: String
    private let descriptor: Int32
    /// Bytes in the file.
    private(set) var byteCount: Int

    /// Opens the file `name`, making it where it is not there.
    init(in folder: PrivateFolder, name: String) throws(StorageError) {
        path = folder.path + "/" + name
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
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
        let code = Self.write(bytes, to: descriptor, at: byteCount)
        guard code == 0 else {
            // The scan cuts a torn tail as well, so a failure here loses nothing.
            _ = ftruncate(descriptor, off_t(byteCount))
            throw StorageError(path, "write", code: code)
        }
        byteCount += bytes.count
    }

    /// Writes all of `bytes` into a file from `offset` on.
    ///
    /// - Returns: 0, or the system's error number.
    static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = pwrite(
                    descriptor, buffer.baseAddress! + written, buffer.count - written,
                    off_t(offset + written))
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return count == 0 ? ENOSPC : errno }
                written += count
            }
            return 0
        }
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

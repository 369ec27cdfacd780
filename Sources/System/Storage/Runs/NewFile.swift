import Glibc
package import Results

/// A file being written beside the path that it will have; without ``commit()`` nothing of it
/// remains. A crash leaves under its name all of it, or what was there before.
package struct NewFile: ~Copyable {
    private let folder: Int32
    private let path: String
    private let name: String
    private let temporary: String
    private let descriptor: Int32
    private var byteCount = 0
    private var buffer: [UInt8] = []

    /// Its path until then, for a library that writes files by their names.
    package var temporaryPath: String {
        String(path.dropLast(name.count)) + temporary
    }
    private var isCommitted = false

    private static let bufferSize = 1 << 18

    /// Begins the file `name` of the folder that `descriptor` has open and `path` names.
    init(in descriptor: Int32, folder path: String, name: String) throws(FileProblem) {
        precondition(!name.contains("/") && !name.isEmpty, "a file's name is one path component")
        // One's own copy: the folder may be closed before the file is.
        let folder = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard folder >= 0 else {
            throw .system(path, "cannot be used", errno, remedy: "close other programs")
        }
        let temporary = ".\(name).new"
        // A leftover of a run that was killed; anything but that is refused by O_EXCL below.
        unlinkat(folder, temporary, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = openat(folder, temporary, flags, 0o600)
        guard file >= 0 else {
            let code = errno
            Glibc.close(folder)
            throw .system("\(path)/\(name)", "cannot be made", code, remedy: "check its folder")
        }
        self.folder = folder
        self.path = "\(path)/\(name)"
        self.name = name
        self.temporary = temporary
        self.descriptor = file
    }

    deinit {
        if !isCommitted { unlinkat(folder, temporary, 0) }
        close(descriptor)
        close(folder)
    }

    /// Appends `bytes`; small pieces are gathered first.
    package mutating func append(_ bytes: ArraySlice<UInt8>) throws(FileProblem) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Renames the file to its path, synced, with its folder.
    package mutating func commit() throws(FileProblem) {
        try flush()
        guard fsync(descriptor) == 0 else {
            throw .system(path, "cannot be synced", errno, remedy: "check the disk")
        }
        guard renameat(folder, temporary, folder, name) == 0 else {
            throw .system(path, "cannot be put in place", errno, remedy: "check its folder")
        }
        isCommitted = true
        guard fsync(folder) == 0 else {
            throw .system(path, "cannot be synced", errno, remedy: "check the disk")
        }
    }

    private mutating func flush() throws(FileProblem) {
        let code = PrivateFile.write(buffer, to: descriptor, at: byteCount)
        guard code == 0 else {
            throw .system(path, "cannot be written", code, remedy: "check the disk")
        }
        byteCount += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}

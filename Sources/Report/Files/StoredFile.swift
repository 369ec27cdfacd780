import Glibc

/// Files that a user names, read whole.
enum StoredFile {
    /// The largest file that is read whole, bytes.
    static let limit = 1 << 32

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw .system(path, "cannot be opened", errno, remedy: "name a file that exists")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw .system(path, "cannot be read", errno, remedy: "check the disk")
            }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else {
                throw FileProblem(.content, path, "is larger than \(limit) bytes")
            }
            bytes += piece[..<count]
        }
    }
}

import FileReading
import Glibc
import Results

/// Files that a user names, read whole.
enum StoredFile {
    /// The largest file that is read whole, bytes.
    static let limit = 1 << 32

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        do throws(ReadOnlyFileError) {
            return try ReadOnlyFile(path).readAll(limit: limit)
        } catch {
            throw .input(path, error, remedy: "name a file that exists")
        }
    }
}

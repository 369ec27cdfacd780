import Foundation

/// All that can be seen of the files of a folder from outside: what they hold, and what writing,
/// making, cutting and changing modes would leave behind.
struct FolderState: Equatable, CustomStringConvertible {
    /// By path within the folder.
    let files: [String: String]

    init(_ folder: URL) throws {
        var files = ["": try Self.state(of: folder)]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            files[name] = try Self.state(of: folder.appendingPathComponent(name))
        }
        self.files = files
    }

    /// The files that differ.
    func changes(from before: FolderState) -> [String] {
        Set(files.keys).union(before.files.keys).filter { files[$0] != before.files[$0] }.map {
            "\($0): \(before.files[$0] ?? "none") -> \(files[$0] ?? "none")"
        }
    }

    var description: String { files.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.description }

    private static func state(of url: URL) throws -> String {
        var status = stat()
        guard lstat(url.path, &status) == 0 else { throw POSIXError(.ENOENT) }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let content = isFile ? digest(try Data(contentsOf: url)) : 0
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        return "inode \(status.st_ino) mode \(String(status.st_mode, radix: 8)) "
            + "user \(status.st_uid) size \(status.st_size) times \(times) "
            + "content \(String(content, radix: 16))"
    }

    /// FNV-1a of 64 bits: beside size and times of the file itself no more is needed.
    private static func digest(_ data: Data) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        data.withUnsafeBytes { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }
}

import Foundation
import Results
import Scratch

@testable import Storage

/// A run's folder with files of given bytes, in a scratch folder of its own.
struct StoredRunFolder {
    private let scratch = ScratchFolder()
    var path: String { scratch.path + "/run" }

    /// A folder with `journal` and nothing else.
    init(journal: [UInt8]) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try write(journal, to: RunFileName.journal)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// All that a reader must leave as it is: names, bytes, modes and times of change.
    func state() throws -> [String: FileState] {
        var state: [String: FileState] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            state[name] = FileState(
                bytes: try read(name), mode: status.st_mode, inode: status.st_ino,
                changed: [
                    status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                    status.st_ctim.tv_nsec,
                ])
        }
        return state
    }

    struct FileState: Equatable {
        var bytes: [UInt8]
        var mode: mode_t
        var inode: ino_t
        var changed: [Int]
    }

    /// The score of the folder as it lies there.
    func scored(remaps: Bool = false) throws -> RunSummary? {
        let score = try StoredScore(path: path, overrides: ScoringOverrides(), remaps: remaps)
        guard case .run(let summary, _) = score else { return nil }
        return summary
    }

    /// The lines of `requests.jsonl` by their ids.
    func lines() throws -> [UInt32: String] {
        var lines: [UInt32: String] = [:]
        for line in String(decoding: try read(RunFileName.requests), as: UTF8.self)
            .split(separator: "\n")
        {
            guard let begin = line.range(of: "\"id\":")?.upperBound,
                let id = UInt32(line[begin...].prefix { $0.isNumber })
            else { continue }
            lines[id] = String(line)
        }
        return lines
    }
}

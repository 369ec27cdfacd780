import EventLoop
import Foundation
import TimeBase

/// A C server that logs when it sent each token, on machines that have its source beside the
/// repository.
enum TruthServer {
    static let source = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "../shared/truthserver/truthserver.c").standardizedFileURL

    static var isHere: Bool { FileManager.default.fileExists(atPath: source.path) }

    /// Compiles it into `folder` and returns the executable's path.
    static func build(in folder: URL) throws -> String {
        let executable = folder.appending(path: "truthserver").path
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/gcc")
        compiler.arguments = ["-O2", "-w", "-o", executable, source.path, "-lm"]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else {
            throw CocoaError(.executableLoad)
        }
        return executable
    }

    /// One request of the log: what was sent when, on CLOCK_MONOTONIC.
    struct Entry {
        var requestID: String
        var tokens: [Int64]
    }

    /// Reads the binary log: header of 24 bytes, then records.
    static func readLog(_ path: String) throws -> [Entry] {
        let data = try Data(contentsOf: URL(filePath: path))
        func int32(_ at: Int) -> Int {
            Int(data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) })
        }
        func int64(_ at: Int) -> Int64 {
            data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: Int64.self) }
        }
        var entries: [Entry] = []
        var offset = 24
        while offset < data.count {
            let idLength = int32(offset + 4)
            let events = int32(offset + 12)
            let id = String(
                decoding: data[(offset + 40)..<(offset + 40 + idLength)], as: UTF8.self)
            let times = offset + 40 + idLength + 32
            // Entry 0 is the role event, the last is [DONE].
            let tokens = (1...events).map { int64(times + 8 * $0) }.filter { $0 != 0 }
            entries.append(Entry(requestID: id, tokens: tokens))
            offset = times + 8 * (events + 2)
        }
        return entries
    }
}

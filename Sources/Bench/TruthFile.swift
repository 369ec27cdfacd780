import Foundation

/// The engine's own send times, as its truth file has them.
struct TruthFile {
    private let sent: [Key: Int64]

    private struct Key: Hashable {
        var request: Substring
        var token: Int
    }

    /// Tokens in the file.
    var count: Int { sent.count }

    init(path: String) throws(BenchFailure) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Self.wrong("the truth file cannot be read: \(error.localizedDescription)")
        }
        var sent: [Key: Int64] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            guard fields.count == 4, let token = Int(fields[1]), let instant = Int64(fields[3])
            else { throw Self.wrong("the truth file has a line \"\(line)\"") }
            sent[Key(request: fields[0], token: token)] = instant
        }
        self.sent = sent
    }

    /// The instant right after the write of a token, ns of CLOCK_MONOTONIC_RAW; nil for one that was
    /// not sent.
    func sentNs(request: String, token: Int) -> Int64? {
        sent[Key(request: Substring(request), token: token)]
    }

    private static func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .fidelity, problem: problem)
    }
}

/// A folder for one benchmark, gone after it.
struct ScratchFolder {
    let path: String

    init() throws(BenchFailure) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "legato-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw BenchFailure(
                benchmark: .fidelity,
                problem: "no scratch folder: \(error.localizedDescription); set TMPDIR to one")
        }
        path = folder.path
    }

    func remove() {
        // What is left of a scratch folder harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }
}

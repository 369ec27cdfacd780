import Foundation

/// A server's own send times, as `legato engine --truth` writes them.
struct TruthFile {
    private let sent: [Substring: [Int64]]

    /// Tokens in the file.
    let count: Int

    private static let columns = "request_id,token,due_raw_ns,sent_raw_ns"

    init(path: String) throws(BenchFailure) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Self.wrong("\(path) cannot be read: \(error.localizedDescription)")
        }
        try self.init(text: text, path: path)
    }

    /// - Throws: the first line that is none, by its number.
    init(text: String, path: String) throws(BenchFailure) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Self.columns[...] else {
            throw Self.wrong(
                "\(path) is no truth file: its first line should be \(Self.columns); give the one "
                    + "that `legato engine --truth` wrote")
        }
        var sent: [Substring: [Int64]] = [:]
        var count = 0
        for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 4, let token = Int(fields[1]), let instant = Int64(fields[3])
            else {
                throw Self.wrong("\(path), line \(number + 1), is not \(Self.columns)")
            }
            // Tokens of one request follow one another.
            guard sent[fields[0], default: []].count == token else {
                throw Self.wrong(
                    "\(path), line \(number + 1), has token \(token) of \(fields[0]), and token "
                        + "\(sent[fields[0], default: []].count) should come")
            }
            sent[fields[0], default: []].append(instant)
            count += 1
        }
        self.sent = sent
        self.count = count
    }

    /// The instants just before the writes of a request's tokens, ns of CLOCK_MONOTONIC_RAW; empty
    /// for one that is not in the file.
    func sentNs(request: String) -> [Int64] { sent[Substring(request)] ?? [] }

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
        // The remains of a scratch folder harm nobody.
        try? FileManager.default.removeItem(atPath: path)
    }
}

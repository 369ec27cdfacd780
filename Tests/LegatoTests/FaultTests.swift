import ChildPrograms
import Foundation
import Testing

/// `tools/lab/faults`, and what it needs.
private enum FaultLab {
    static let source = Program.root.appendingPathComponent("../shared/truthserver")
        .standardizedFileURL

    static let canRun =
        FileManager.default.fileExists(atPath: source.appendingPathComponent("truthserver.c").path)
        && ChildProgram.works("/usr/bin/env", "python3", "--version")
        && ChildProgram.works("/usr/bin/env", "cc", "--version")

    /// Runs the script; the status is nil where it cannot be started.
    static func run(_ arguments: [String]) -> (status: Int32?, errors: String) {
        let script = Program.root.appendingPathComponent("tools/lab/faults").path
        // The script's compiled files (`-B` leaves them out) do not belong in the tree.
        let ended = try? ChildProgram.run(
            "/usr/bin/env", ["python3", "-B", script] + arguments)
        return (ended?.status, ended?.words ?? "")
    }
}

/// Runs against a server that resets, refuses, stalls and sends rubbish, compared with what it
/// logged, at a smaller size. Skipped where the server's source or python3 is not there.
@Suite("Faulty servers, against their own log", .serialized, .enabled(if: FaultLab.canRun))
struct FaultTests {
    @Test(
        "Every outcome and token count is the log's, and a changed one is noticed",
        arguments: ["paced", "split, 3 tokens a chunk", "64 KiB writes"])
    func agreesWithTheLog(name: String) throws {
        try Program.withFolder { folder in
            let kept = folder.appendingPathComponent("kept")
            let result = FaultLab.run([
                "--legato", Program.executable.path, "--truthserver", FaultLab.source.path,
                "--requests", "160", "--streams", "80", "--keep", kept.path, "--case", name,
            ])
            try #require(result.status == 0, "\(result.errors)")
            let cases = try FileManager.default.contentsOfDirectory(atPath: kept.path)
            let folder = kept.appendingPathComponent(try #require(cases.first))
            let run = folder.appendingPathComponent("run")
            let compare = [
                "--fast", "--compare", run.path, folder.appendingPathComponent("truth.log").path,
            ]
            try #require(FaultLab.run(compare).status == 0)
            // The comparison sees a token too many, and an outcome that was none.
            let lines = run.appendingPathComponent("requests.jsonl")
            let text = try String(contentsOf: lines, encoding: .utf8)
            for (said, other) in [
                ("\"error\":{\"kind\":\"reset\"", "\"error\":{\"kind\":\"malformed\""),
                ("],\"finish\":", ",1],\"finish\":"),
            ] {
                let range = try #require(text.range(of: said))
                try Data(text.replacingCharacters(in: range, with: other).utf8).write(to: lines)
                #expect(FaultLab.run(compare).status == 1)
            }
        }
    }
}

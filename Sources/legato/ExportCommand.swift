import ArgumentParser
import Exports
import Foundation
import Results
import Storage

extension ExportFormat: ExpressibleByArgument {}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a run as the file of another tool, for the plots that you have.",
        discussion: """
            --as vllm: the JSON of vllm bench serve --save-result --save-detailed. Its numbers are \
            those of legato score RUN --as-printed-by vllm, its arrays have an entry a request.

            --as aiperf: the lines of profile_export.jsonl.

            --as csv: a line a request with its figures for the run's readers, each heading with \
            its unit (RFC 4180). A text that a spreadsheet would take for a formula has an \
            apostrophe ahead.

            --as perfetto: a trace for https://ui.perfetto.dev: a track a stream, grouped by agent \
            and server, the phases of each request and its reader's idle times as slices, tokens a \
            second, the servers' own load and the clocks' bounds as counters.

            --as benchmark-report: the benchmark report v0.2 of llm-d, in JSON, with smooth \
            goodput and the verdict under `observability`.

            Warm-up requests are in no file. What a format leaves out or cannot say is told on \
            standard error. Nothing is written into the run's folder.

            Exit codes: 0 written, whatever the run's verdict; 64 bad usage; 65 a bad file; 1 one \
            that the system does not let be read or written, or --out that is there already.
            """)

    @Argument(
        help: ArgumentHelp("The run's folder, or its tokens.log.", valueName: "run"),
        completion: .file())
    var path: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Format: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format"))
    var format: ExportFormat

    @Option(
        help: ArgumentHelp(
            "Write into this file, which is not there yet (default: standard output).",
            valueName: "file"), completion: .file())
    var out: String?

    func validate() throws {
        if out?.isEmpty == true { throw ValidationError("--out is empty; name a file") }
    }

    func run() throws {
        do throws(FileProblem) {
            try export()
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
    }

    private func export() throws(FileProblem) {
        let run = try StoredRun(path: path, keepsRequests: false)
        let export = try RunExport(run, path: path)
        let remarks: [ExportRemark]
        if let out {
            var file = try NewOutput(out, outside: path)
            let descriptor = file.descriptor
            remarks = try export.write(as: format) { block throws(FileProblem) in
                try Self.write(block, to: descriptor, out)
            }
            file.keep()
        } else {
            remarks = try export.write(as: format) { block throws(FileProblem) in
                try Self.write(block, to: STDOUT_FILENO, "standard output")
            }
        }
        for remark in remarks { Console.note(remark.sentence) }
    }

    private static func write(
        _ block: [UInt8], to descriptor: Int32, _ name: String
    ) throws(FileProblem) {
        guard Output.write(block[...], to: descriptor) else {
            let words = String(cString: strerror(errno))
            throw FileProblem(
                .system, name, "cannot be written: \(words); name another place with --out")
        }
    }
}

/// A new file that a user named; unless it is kept, nothing of it remains.
private struct NewOutput: ~Copyable {
    let descriptor: Int32
    private let path: String
    private var isKept = false

    /// - Parameter run: The run's folder or a file of it, in which nothing is written.
    init(_ path: String, outside run: String) throws(FileProblem) {
        let place = URL(fileURLWithPath: path).deletingLastPathComponent().resolvingSymlinksInPath()
        var source = URL(fileURLWithPath: run).resolvingSymlinksInPath()
        if (try? source.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) != true {
            source.deleteLastPathComponent()
        }
        guard place.path != source.path, !place.path.hasPrefix(source.path + "/") else {
            throw FileProblem(
                .system, path,
                "lies in the run's own folder, which is left as it is; name another "
                    + "place with --out")
        }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            let code = errno
            throw FileProblem(
                .system, path,
                code == EEXIST
                    ? "is there already; name another file by --out"
                    : "cannot be made: \(String(cString: strerror(code))); name another place "
                        + "with --out")
        }
        descriptor = file
        self.path = path
    }

    mutating func keep() { isKept = true }

    deinit {
        close(descriptor)
        if !isKept { unlink(path) }
    }
}

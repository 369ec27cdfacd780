import ArgumentParser
import Console
import Database
import Foundation
import PlainText
import Results
import Storage

struct SQLiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sqlite",
        abstract: "Write a run as tables, for SQL: run.sqlite.",
        discussion: """
            One SQLite file with a table of requests and their scores, token times, servers' \
            samples, clocks and findings, units in the columns' names, and a view for each figure \
            of summary.json. `legato sqlite --schema` describes it all, with ten queries.

                legato sqlite RUN
                sqlite3 RUN/run.sqlite 'SELECT * FROM smooth_goodput'

            The run's other files stay as they are. A database that is there is replaced as a \
            whole, or, where something fails, left as it was.

            Exit codes: 0 written; 65 a bad file; 1 one that the system does not let be read or \
            written. Of several paths the worst counts.
            """)

    @Argument(
        help: "A run's folder, one of repeats or of a sweep; repeatable.", completion: .directory)
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where to write it, of one run (default: run.sqlite in the run's folder).",
            valueName: "file"), completion: .file())
    var out: String?

    @OptionGroup var storage: TokenStorageOptions

    @Flag(help: "Print what the file holds, as Markdown, and write nothing.")
    var schema = false

    func validate() throws {
        guard !schema else {
            guard paths.isEmpty, out == nil else {
                throw ValidationError("--schema describes every file alike; name no run with it")
            }
            return
        }
        guard !paths.isEmpty else {
            throw ValidationError("no run is named; give a run's folder, or --schema")
        }
        guard let out else { return }
        let count = runPaths.count
        guard count == 1 else {
            throw ValidationError(
                "--out \(out) is one file, and \(count) runs are named; name one, or drop --out")
        }
        guard !out.isEmpty else { throw ValidationError("--out is empty; name a file") }
    }

    private var runPaths: [String] { paths.flatMap(RunPaths.runs(at:)) }

    func run() throws {
        guard !schema else {
            Output.write(DatabaseSchema.markdown, to: STDOUT_FILENO)
            return
        }
        var worst: FileProblem?
        for path in runPaths {
            do throws(FileProblem) {
                let run = try StoredRun(path: path, keepsRequests: false)
                let written = try RunDatabase.write(
                    try run.summary(), of: run.requests,
                    to: out ?? "\(run.folder)/\(RunFileName.database)", tokens: storage.storage)
                Output.write(Self.line(written) + "\n", to: STDOUT_FILENO)
            } catch {
                Console.note("\(error)")
                if worst?.kind != .content { worst = error }
            }
        }
        if let worst { Foundation.exit(Exit.code(of: worst)) }
    }

    static func line(_ written: RunDatabase.Written) -> String {
        "\(written.path): \(Figures.count(written.requests, "request")), "
            + "\(Figures.fixed(Double(written.byteCount) / 1e6, 2)) MB"
    }
}

/// How token times are kept in a database.
struct TokenStorageOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "In run.sqlite, keep token times as rows, not as a BLOB a request: larger, and faster "
                + "to ask."))
    var tokenRows = false

    var storage: TokenStorage { tokenRows ? .rows : .deltas }
}

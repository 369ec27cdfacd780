import ArgumentParser
import Calibration
import Console
import Dispatch
import EngineModel
import Foundation
import JSON
import PlainText
import Results
import Scenario
import Storage
import Synchronization

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Fit an embedded engine to measured runs of a server, and state its error.",
        discussion: """
            Tokens that come together were made in one step: from the steps that a run shows, and \
            from the requests that met an idle server, the terms of the model's step time are \
            found. Printed is an `engine:` section: with it `legato run --virtual` and \
            `legato sweep --virtual` say what this server would do under other loads.

            How far that can be trusted is measured: an engine that was fitted to the other runs \
            alone is sent the requests of each run, at the instants at which they were sent. So \
            name two runs at least, of different loads: one in which requests hardly meet, and \
            one near what the server can do. Each server of a run is an engine by itself.

            How the server makes its batches is not found but told: --scheduler and the options \
            behind it. A prefix cache is not modelled: measure with prompts that share nothing.

            What is printed is a scenario's section as it stands, the errors are its comments: \
            legato run SCENARIO --virtual --engine FILE takes it.

            Exit codes: 0 done; 2 the engine does not tell the runs (over 30 % mean error of TTFT \
            or TBT, or 5 % of smooth goodput); 64 bad usage; 65 a bad file, or runs that tell \
            nothing; 1 a file that the system does not let be read or written, or --out that is \
            there already.
            """)

    @Argument(
        help: "Runs' folders; two at least for an error that means something.",
        completion: .directory)
    var runs: [String]

    @Option(help: "Scheduler of the server: \(EngineNames.schedulers).")
    var scheduler: String?

    @Option(help: "Tokens of a step of the chunked scheduler (max_num_batched_tokens).")
    var chunkBudget: Int?

    @Option(help: "Sequences that may run at once (max_num_seqs).")
    var maxSequences: Int?

    @Option(help: "Prompt and output of one request together, in tokens.")
    var maxModelLen: Int?

    @Option(help: "Key/value capacity of the server, in tokens.")
    var kvTokens: Int?

    @Option(
        help: ArgumentHelp(
            "Write the `engine:` section into this file, which is not there yet.",
            valueName: "file"), completion: .file())
    var out: String?

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    func validate() throws {
        if Set(runs).count < runs.count {
            throw ValidationError("a run is named twice: it would be tested on itself; name others")
        }
        if scheduler?.lowercased() == SchedulerKind.disaggregated.rawValue {
            throw ValidationError(
                "--scheduler disaggregated has engines of two kinds behind one address, which one "
                    + "set of costs does not tell apart; fit the kinds by themselves")
        }
    }

    func run() throws {
        let options: EngineOptions
        do throws(EngineOptionsError) {
            options = try self.options()
        } catch {
            Exit.now(Exit.usage, error.sentence(.options))
        }
        if let out { Self.checkPlace(out) }
        let read = runs.map { Self.read($0, for: options) }
        Self.checkDistinct(read)
        let fits = Calibration.fits(options, read)
        let seen = fits[0].seen
        Console.note(
            "fitting to \(Figures.count(seen.steps, "step")) and "
                + "\(Figures.count(seen.firsts, "request")) that met an idle server, seen in "
                + Figures.count(read.count, "run"))
        let found = Mutex([CostFit.Found?](repeating: nil, count: fits.count))
        DispatchQueue.concurrentPerform(iterations: fits.count) { index in
            let costs = fits[index].found()
            found.withLock { $0[index] = costs }
        }
        let calibration: Calibration
        do throws(FileProblem) {
            calibration = try Calibration(
                options, read, found.withLock { $0.compactMap { $0 } })
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
        if let out { Self.write(calibration.section, to: out) }
        let text =
            json
            ? calibration.json.indented : Console.result(calibration.lines)
        guard Output.write(text, to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the result cannot be printed")
        }
        if !calibration.isClose { Foundation.exit(Exit.notValid) }
    }

    private func options() throws(EngineOptionsError) -> EngineOptions {
        var settings = EngineSettings()
        settings.scheduler = scheduler
        settings.chunkBudget = chunkBudget
        settings.maxSequences = maxSequences
        settings.maxModelLen = maxModelLen
        settings.keyValueTokens = kvTokens
        return try settings.options()
    }

    private static func read(_ path: String, for options: EngineOptions) -> CalibrationRun {
        do throws(FileProblem) {
            let result = try RunDirectory(reading: path).measured()
            let run = CalibrationRun(path: path, header: result.header, requests: result.requests)
            try run.check(for: options)
            if !result.header.validity.verdict.isUsable {
                Console.note(
                    "\(path): the run is \(result.header.validity.verdict.rawValue), and is fitted "
                        + "to all the same")
            } else if result.header.simulated != nil {
                Console.note("\(path): its server is simulated")
            }
            return run
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
    }

    /// Ends the process where two folders hold one run, which would be tested on itself.
    private static func checkDistinct(_ runs: [CalibrationRun]) {
        for (index, run) in runs.enumerated() {
            if let twin = runs[..<index].first(where: { $0.header.runID == run.header.runID }) {
                Exit.now(
                    Exit.usage,
                    "\(run.path): is the run of \(twin.path), which would be tested on itself; "
                        + "name another one")
            }
        }
    }

    /// Ends the process where nothing can be written, before anything is fitted.
    private static func checkPlace(_ path: String) {
        if FileManager.default.fileExists(atPath: path) {
            Exit.now(Exit.failed, "\(path): is there already; name another file by --out")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if !FileManager.default.isWritableFile(atPath: folder) {
            Exit.now(Exit.failed, "\(path): nothing can be written to \(folder)")
        }
    }

    private static func write(_ lines: [String], to path: String) {
        let text = lines.map { $0 + "\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            Exit.now(Exit.failed, "\(path): \(error.localizedDescription)")
        }
    }
}

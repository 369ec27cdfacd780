import ArgumentParser
import Bench
import Console
import Foundation
import JSON
import ServingClient

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the tool itself, each figure beside a floor measured in the same run.",
        discussion: """
            \(Benchmark.allCases.map { "\($0.rawValue): \($0.abstract)" }.joined(separator: "\n"))

            `legato bench fidelity --run DIR --truth FILE` measures nothing anew: it compares the \
            token times of a finished run with the send times that `legato engine --truth FILE` \
            noted on the same machine.

            Each benchmark verifies its own result. Build with -c release: figures of a debug \
            build say nothing. Exit code 2 when a goal is missed.
            """)

    @Argument(help: "One of them: \(names); all without.")
    var name: Benchmark?

    @OptionGroup(title: "The client alone against a server")
    var server: BenchServerOptions

    @Option(
        help: ArgumentHelp(
            "With fidelity: beside this many threads that compute, at normal priority and at rr.",
            valueName: "threads"))
    var load: Int?

    @Option(help: "With results: about how many tokens the run has.")
    var tokens: Int?

    @Flag(help: "Small sizes, to see that everything works; goals are not judged.")
    var smoke = false

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("With fidelity: a run directory to judge.", valueName: "dir"),
        completion: .directory)
    var finishedRun: String?

    @Option(
        help: ArgumentHelp(
            "With --run: the truth file of that run's server (`legato engine --truth`).",
            valueName: "file"), completion: .file())
    var truth: String?

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    private static var names: String {
        Benchmark.allCases.map(\.rawValue).joined(separator: ", ")
    }

    func validate() throws {
        guard server.url == nil || name == .client else {
            throw ValidationError("--url belongs to legato bench client")
        }
        if let load {
            guard name == .fidelity, finishedRun == nil else {
                throw ValidationError("--load belongs to `legato bench fidelity`, without --run")
            }
            guard (1...1_024).contains(load) else {
                throw ValidationError("--load is \(load); 1 to 1024 threads compute")
            }
        }
        if let tokens {
            guard name == .results else {
                throw ValidationError("--tokens belongs to `legato bench results`")
            }
            guard (1_000...1_000_000_000).contains(tokens) else {
                throw ValidationError("--tokens is \(tokens); a run has 1,000 to 1,000,000,000")
            }
        }
        guard finishedRun != nil || truth != nil else { return }
        guard finishedRun != nil, truth != nil else {
            throw ValidationError(
                "--run and --truth go together: a run and its server's truth file")
        }
        guard name == .fidelity, !smoke else {
            throw ValidationError("--run and --truth belong to `legato bench fidelity`")
        }
    }

    func run() throws {
        if let url = server.url { return measureClient(url) }
        let rows: [BenchRow]
        do throws(BenchFailure) {
            if let finishedRun, let truth {
                rows = try RunFidelity.rows(run: finishedRun, truth: truth)
            } else if let tokens {
                rows = try ResultsBenchmark(tokens: tokens).rows()
            } else if let load {
                let found = try BusyFidelity(smoke ? .smoke : .full, loops: load).measured()
                PriorityRemarks.sentences([("this process", found.priority)]).forEach(Console.note)
                rows = found.rows
            } else {
                rows = try measured()
            }
        } catch {
            Exit.now(finishedRun == nil ? Exit.failed : Exit.badData, "\(error)")
        }
        let report = BenchReport(rows: rows)
        let text =
            json
            ? report.json.indented
            : Console.result(report.lines(style: Console.resultStyle))
        FileHandle.standardOutput.write(Data(text.utf8))
        if !smoke, !report.meetsGoals { Foundation.exit(Exit.notValid) }
    }

    private func measured() throws(BenchFailure) -> [BenchRow] {
        var rows: [BenchRow] = []
        for benchmark in name.map({ [$0] }) ?? Benchmark.allCases {
            rows += try benchmark.run(smoke ? .smoke : .full)
        }
        return rows
    }
}

extension BenchCommand {
    private func measureClient(_ url: String) {
        let cost: ClientCost
        do {
            cost = try ClientCost(
                Target(parsing: url),
                ClientCost.Load(
                    model: server.model, concurrency: server.maxConcurrency,
                    requests: server.numPrompts, outputTokens: server.outputLen))
        } catch let error as TargetError {
            Exit.now(Exit.usage, "\(error)")
        } catch {
            Exit.now(Exit.failed, "\(error)")
        }
        let text =
            json ? cost.json.indented : Console.result(cost.lines)
        FileHandle.standardOutput.write(Data(text.utf8))
        if cost.completed < cost.requests { Foundation.exit(Exit.notValid) }
    }
}

/// A server that `legato bench client` drives instead of its own source.
struct BenchServerOptions: ParsableArguments {
    @Option(
        name: [.customShort("u"), .long],
        help: "Drive this server in a closed loop, and print what the client's thread cost.")
    var url: String?

    @Option(name: [.customShort("m"), .long], help: "The model that is asked for.")
    var model = "model"

    @Option(help: "Requests in flight.")
    var maxConcurrency = 64

    @Option(help: "Requests in all.")
    var numPrompts = 2_000

    @Option(help: "Tokens of each answer.")
    var outputLen = 200

    func validate() throws {
        guard maxConcurrency > 0, numPrompts > 0, outputLen > 0, numPrompts <= 1 << 20 else {
            throw ValidationError(
                "--max-concurrency, --num-prompts and --output-len must be 1 or more,"
                    + " --num-prompts at most \(1 << 20)")
        }
    }
}

extension Benchmark: ExpressibleByArgument {}

import ArgumentParser
import Bench
import Foundation
import JSON

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the tool itself, each figure beside a floor measured in the same run.",
        discussion: """
            \(Benchmark.allCases.map { "\($0.rawValue): \($0.abstract)" }.joined(separator: "\n"))

            `legato bench fidelity --run DIR --truth FILE` measures nothing anew: it compares the \
            token times of a finished run with the send times that `legato engine --truth FILE` \
            noted on the same machine.

            Each benchmark verifies its own result. Build with -c release: figures of a debug build \
            say nothing. Exit code 2 when a goal is missed.
            """)

    @Argument(help: "One of them: \(names); all without.")
    var name: Benchmark?

    @Flag(help: "Small sizes, to see that everything works; goals are not judged.")
    var smoke = false

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("With fidelity: a run directory to judge.", valueName: "dir"))
    var finishedRun: String?

    @Option(
        help: ArgumentHelp(
            "With --run: the truth file of that run's server (`legato engine --truth`).",
            valueName: "file"))
    var truth: String?

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    private static var names: String {
        Benchmark.allCases.map(\.rawValue).joined(separator: ", ")
    }

    func validate() throws {
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
        let rows: [BenchRow]
        do throws(BenchFailure) {
            if let finishedRun, let truth {
                rows = try RunFidelity.rows(run: finishedRun, truth: truth)
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
            : report.lines(style: Console.resultStyle).map { $0 + "\n" }.joined()
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

extension Benchmark: ExpressibleByArgument {}

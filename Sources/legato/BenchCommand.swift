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

            Each benchmark verifies its own result. Build with -c release: figures of a debug build \
            say nothing. Exit code 2 when a goal is missed.
            """)

    @Argument(help: "One of them: \(names); all without.")
    var name: Benchmark?

    @Flag(help: "Small sizes, to see that everything works; goals are not judged.")
    var smoke = false

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    private static var names: String {
        Benchmark.allCases.map(\.rawValue).joined(separator: ", ")
    }

    func run() throws {
        var rows: [BenchRow] = []
        do throws(BenchFailure) {
            for benchmark in name.map({ [$0] }) ?? Benchmark.allCases {
                rows += try benchmark.run(smoke ? .smoke : .full)
            }
        } catch {
            Exit.now(Exit.failed, "\(error)")
        }
        let report = BenchReport(rows: rows)
        let text =
            json
            ? report.json.indented
            : report.lines(style: Console.resultStyle).map { $0 + "\n" }.joined()
        FileHandle.standardOutput.write(Data(text.utf8))
        if !smoke, !report.meetsGoals { Foundation.exit(Exit.notValid) }
    }
}

extension Benchmark: ExpressibleByArgument {}

import ArgumentParser
import Compare
import Console
import Foundation
import Goodput
import JSON
import Page
import PlainText
import Results
import RunRecord
import Storage
import Sweep

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare runs, or repeats of runs, with the first one.",
        discussion: """
            The first path is the base. A path is a run's folder, or a folder of repeats \
            (--repeat), which is one system. Where both had the same plan requests are paired; \
            each difference has its 95 % interval, and where that holds 0, or lies within the \
            floor, no difference is shown.

            Smooth goodput has a reader: with options for one all runs are scored for it anew.

            --fail-if 'smooth < -5 %' is for pipelines: it ends with 2 where a system's figure \
            lies that far below the base's and a difference is shown, or where it cannot be \
            compared.

            --html FILE writes the comparison as a page: the finding, what is better and worse, \
            the differences, who leads for which reader, both timelines, the same requests twice, \
            and latencies over one another.

            Exit codes: 0 compared; 2 a run may not be used, or --fail-if holds; 65 a bad file; 1 \
            one that the system does not let be read.
            """)

    @Argument(help: "The base's folder, and those of the others.", completion: .directory)
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "Names of the systems, in the order of the paths (default: their folders').",
            valueName: "a,b"))
    var names: String?

    @OptionGroup var reader: ReaderOptions

    @Option(
        help: ArgumentHelp(
            "Share of the base within which no difference is shown (default: 1 % with one run "
                + "each, none with three or more).", valueName: "share"))
    var floor: String?

    @Option(
        help: ArgumentHelp(
            "Condition on a difference that is a failure, such as 'smooth < -5 %' or 'ttft.p99 > "
                + "10 %'; repeatable.", valueName: "condition"))
    var failIf: [String] = []

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Write the comparison's page to this file: one HTML file that opens offline.",
            valueName: "file"))
    var html: String?

    @Flag(help: "End with 0 also when a run's verdict is partial or not valid.")
    var allowInvalid = false

    func validate() throws {
        guard paths.count >= 2 else {
            throw ValidationError("one run has nothing to be compared with; name two or more")
        }
        if let names, names.split(separator: ",").count != paths.count {
            throw ValidationError(
                "--names has \(names.split(separator: ",").count) names for \(paths.count) paths; "
                    + "give one each")
        }
        if html == "" { throw ValidationError("--html is empty; name a file") }
        _ = try reader.overrides()
        _ = try conditions()
        _ = try share()
    }

    func run() throws {
        let conditions = try conditions()
        let floor = try share()
        var overrides = try reader.overrides()
        overrides.surface = true
        let report: ComparisonReport
        do throws(FileProblem) {
            report = try compared(overrides, conditions, floor: floor)
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
        let text =
            json
            ? report.json.indented
            : Console.result(
                report.lines(style: Console.resultStyle, version: Release.version))
        guard Output.write(text, to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the comparison cannot be printed")
        }
        let isFailed = fails(report, conditions)
        let isUsable = report.systems.allSatisfy { system in
            system.runs.allSatisfy { $0.header.validity.verdict.isUsable }
        }
        Foundation.exit(isFailed || !(isUsable || allowInvalid) ? Exit.notValid : 0)
    }

    private func conditions() throws -> [FailCondition] {
        try failIf.map { text in
            do throws(FailCondition.Problem) {
                return try FailCondition(parsing: text)
            } catch {
                throw ValidationError("--fail-if \(error)")
            }
        }
    }

    private func share() throws -> Double? {
        try floor.map { try Quantities.share($0, "--floor") }
    }

    // MARK: Reading

    private func compared(
        _ overrides: ScoringOverrides, _ conditions: [FailCondition], floor: Double?
    ) throws(FileProblem) -> ComparisonReport {
        var summaries: [[Compared]] = []
        for path in paths { summaries.append(try runs(at: path, overrides)) }
        let hasBounds = summaries.joined().contains { each in
            each.summary.classParameters.contains { $0.parameters.objectives != Objectives() }
        }
        var figures = ComparisonReport.figures(hasBounds: hasBounds)
        for condition in conditions where !figures.contains(condition.figure) {
            figures.append(condition.figure)
        }
        let names = self.names?.split(separator: ",").map(String.init) ?? Self.names(of: paths)
        let systems = zip(names, summaries).map { name, runs in
            ComparedSystem(
                name: name,
                runs: runs.map {
                    ComparedSystem.Run($0.summary, path: $0.path, figures: figures)
                })
        }
        let report = ComparisonReport(systems, figures, floor: floor)
        if let html {
            let page = try ComparePage(
                report, runs: summaries.map { ($0[0].summary, $0[0].requests) })
            try PageBytes.write(
                page.html(version: Release.version), to: html, orInto: "", by: "--html")
        }
        return report
    }

    /// A run that is compared.
    private typealias Compared = (
        path: String, summary: RunSummary, requests: any MeasuredRequests
    )

    private func runs(
        at path: String, _ overrides: ScoringOverrides
    ) throws(FileProblem) -> [Compared] {
        var runs: [Compared] = []
        for each in RunPaths.runs(at: path) {
            let run = try StoredRun(path: each)
            // The page draws the first run of a system alone; the others are let go.
            let isDrawn = html != nil && runs.isEmpty
            runs.append(
                (
                    each, try run.summary(overrides),
                    isDrawn ? run.requests : StoredRequests([])
                ))
        }
        return runs
    }

    /// The last parts of the paths, more of them where these are equal.
    private static func names(of paths: [String]) -> [String] {
        let parts = paths.map { $0.split(separator: "/").map(String.init) }
        func names(_ count: Int) -> [String] {
            parts.map { $0.suffix(count).joined(separator: "/") }
        }
        let longest = parts.map(\.count).max() ?? 1
        let count = (1...max(1, longest)).first { Set(names($0)).count == paths.count } ?? longest
        return names(count)
    }

    // MARK: Conditions

    /// Says which conditions hold.
    private func fails(_ report: ComparisonReport, _ conditions: [FailCondition]) -> Bool {
        var isFailed = false
        for (system, rows) in zip(report.others, report.rows) {
            for condition in conditions {
                let name = system.name.harmless
                switch condition.outcome(rows) {
                case .holds(let relative):
                    isFailed = true
                    Console.note(
                        "--fail-if `\(condition.text)` holds for \(name): \(Self.share(relative))")
                case .notShown(let relative):
                    Console.note(
                        "--fail-if `\(condition.text)`: \(name) lies at \(Self.share(relative)), "
                            + "and no difference is shown; repeat both, or run longer")
                case .unknown:
                    isFailed = true
                    Console.note(
                        "--fail-if `\(condition.text)` cannot be judged for \(name): the figure is "
                            + "not there, or not compared")
                case .doesNotHold: break
                }
            }
        }
        return isFailed
    }

    private static func share(_ relative: Double) -> String {
        (relative < 0 ? "-" : "+") + Figures.percent(relative.magnitude)
    }
}

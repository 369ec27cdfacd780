import ArgumentParser
import Foundation
import Goodput
import JSON
import Page
import PlainText
import Results
import Storage

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a run's or a sweep's page: one HTML file that opens offline.",
        discussion: """
            The page has the verdict, the figures with their brackets, what readers got and when \
            they waited, where the rest went, latencies, nodes, clocks, and what ran. Two sliders \
            put it through any other reader, exactly as legato score would; the view is in its \
            address, and each chart gives its values. It asks nothing of any network.

            It is written to report.html in the run's folder, or to --out; nothing else is \
            changed. A damaged or rescued run, and one that is not valid, has a page that says \
            so. Up to 100,000 requests each of them is in it; of more, a sample by their ids, \
            which the page names, and every sum is of all. Above 2,000 requests or \
            600,000 tokens, tokens are counted in 1,600 columns of time.

            A sweep's folder gets the page of the sweep: its curves with their intervals and \
            knees, where it breaks, the frontier where the GPUs are known, and every point with \
            its runs, of the readers that the sweep had.

            Exit codes: 0 written; 65 a bad run; 1 a file that the system does not let be read or \
            written.
            """)

    @Argument(
        help: "A run's folder, or its tokens.log alone; or a sweep's folder.", completion: .file())
    var path: String

    @OptionGroup var reader: ReaderOptions

    @Option(
        help: ArgumentHelp("Write the page to this file.", valueName: "file"), completion: .file())
    var out: String?

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    func validate() throws {
        _ = try reader.overrides()
        if out == "" { throw ValidationError("--out is empty; name a file") }
    }

    func run() throws {
        let overrides = try reader.overrides()
        do throws(FileProblem) {
            if let sweep = try SweepReport(path: path) { return try write(sweep, overrides) }
            let page = try RunPage(path, overrides: overrides)
            let file = out ?? "\(page.folder)/\(RunFileName.report)"
            try PageBytes.write(page.bytes, to: out, orInto: page.folder)
            Output.write(text(page.summary, page.bytes.count, file) + "\n", to: STDOUT_FILENO)
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
    }

    private func write(
        _ report: SweepReport, _ overrides: ScoringOverrides
    ) throws(FileProblem) {
        var plain = ScoringOverrides()
        plain.surface = overrides.surface
        guard overrides == plain else {
            Exit.now(
                Exit.usage,
                "\(path) is a sweep, whose page is of the readers that it was run with; drop the "
                    + "options for another reader")
        }
        let bytes = report.html(for: out)
        try PageBytes.write(bytes, to: out, orInto: report.folder)
        let file = out ?? "\(report.folder)/\(RunFileName.report)"
        let line = json ? report.json(file, bytes.count) : file.harmless
        Output.write(line + "\n", to: STDOUT_FILENO)
    }

    private func text(_ summary: RunSummary, _ byteCount: Int, _ file: String) -> String {
        guard json else { return file.harmless }
        let value: JSONValue = [
            "report": .string(file), "bytes": .integer(Int64(byteCount)),
            "requests": .integer(Int64(summary.run.totals.requests)),
            "verdict": .string(summary.header.validity.verdict.rawValue),
        ]
        return String(decoding: value.serialized, as: UTF8.self)
    }
}

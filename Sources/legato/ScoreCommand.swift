import ArgumentParser
import Console
import Foundation
import Goodput
import Results
import Scenario
import Storage
import TimeBase
import ToolRules

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Score again, offline: runs' folders, others' results, files of requests.",
        discussion: """
            Without options a run's folder gives exactly the summary that the run wrote. With them \
            it is scored for another reader. Several paths give a line each, and with --json a \
            list in which each has its `path`; what is wrong with one of them is said on standard \
            error, and the others are scored.

            Nothing in a folder is changed, made or locked, whoever owns it. requests.jsonl is \
            held against the count, ids and checksum in the manifest. Of a damaged tokens.log, \
            where it is needed, all that is whole is scored, also behind the damage: the places, \
            the agents and the time that lost records are named, and the verdict is partial.

            A folder with nothing but tokens.log, whose coordinator died, is scored from it: the \
            figures that the run would have written, partial.

            --out DIR writes a run's folder anew, as at the run's end: a copy of tokens.log, and \
            all files made from it and from nothing else, its clocks fitted as by --remap. With \
            options for another reader summary.json in DIR is for that one, and all else for the \
            run's own. Where something fails, nothing of DIR stays.

            --remap goes back to the raw stamps and clock probes of tokens.log: it fits every \
            agent's clock anew, maps all stamps again and judges the clocks, by the estimator of \
            this version.

            Result files of other tools are scored, too: the detailed JSON of vllm bench serve and \
            sglang, aiperf's profile_export.jsonl and profile_export_raw.jsonl, guidellm's \
            benchmarks.json, inference-perf's per_request_lifecycle_metrics.json, etalon's \
            request_level_metrics.json, a run of genai-bench; the file's members tell which it \
            is. The table says how far the times of tokens are known (exact, by a rule, bounds \
            alone), gives [low, high] where bounds are all there is, says what the file cannot \
            tell, and holds the tool's own figures against ours. Several runs in a file are a \
            line each, FILE#1, FILE#2, ..., and FILE#2 alone is one of them. JSON has source, \
            summary_check and bounds.

            --as-printed-by TOOL makes the figures by the rule of another tool, in its words and \
            units, and says below what that rule loses here; with --json by the names of its own \
            result file. Of the other options --goodput, --remap, --json and, for vllm, \
            --percentiles go with it.

            Exit codes: 0 valid; 2 a run is partial or not valid; 65 a bad file; 1 one that the \
            system does not let be read or written. Of several paths the worst counts: 65, then \
            1, then 2.
            """)

    @Argument(
        help: """
            A run's folder, one of repeats or of a sweep, another tool's result file, or a JSON \
            file with parameters and requests; repeatable.
            """, completion: .file())
    var paths: [String]

    @OptionGroup var reader: ReaderOptions

    @Option(
        help: ArgumentHelp(
            "Percentiles that table and summary list, such as 50,95,99.9 (default: the run's).",
            valueName: "list"))
    var percentiles: String?

    @Flag(help: "Show smooth goodput for every reading speed and weight of waiting.")
    var surface = false

    @Option(
        help: ArgumentHelp(
            "Print the figures as vllm, sglang, aiperf or guidellm would have made them.",
            valueName: "tool"))
    var asPrintedBy: Tool?

    @Flag(help: "Fit a run's clocks anew from its tokens.log, and map all stamps again.")
    var remap = false

    @Option(
        help: ArgumentHelp(
            "Write all files of the run into this folder, new or empty.", valueName: "dir"),
        completion: .directory)
    var out: String?

    @Flag(help: "Show how the run's clocks and clients did in all detail.")
    var verbose = false

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    @Flag(help: "End with 0 also when the run's verdict is partial or not valid.")
    var allowInvalid = false

    func validate() throws {
        _ = try overrides()
        if let asPrintedBy { try checkPrinted(as: asPrintedBy) }
        let paths = runPaths
        if paths.count > 1,
            let option = verbose ? "--verbose" : surface && !json ? "--surface" : nil
        {
            throw ValidationError(
                "\(option) is for one run, and the table of \(paths.count) has no room for it; "
                    + "name one, or drop \(option)")
        }
        guard let out else { return }
        guard paths.count == 1 else {
            throw ValidationError(
                "--out \(out) takes one run, and \(paths.count) paths are given; name one, or drop "
                    + "--out")
        }
        guard !out.isEmpty else { throw ValidationError("--out is empty; name a folder") }
    }

    func run() throws {
        let overrides = try overrides()
        let paths = runPaths
        if let asPrintedBy { return printFigures(as: asPrintedBy, overrides) }
        var list = ScoreList(keepsJSON: json)
        var worst: FileProblem?
        for path in paths {
            do throws(FileProblem) {
                let scores = try scores(path, overrides)
                guard paths.count > 1 || scores.count > 1 else { return print(scores[0].score) }
                checkRoom(for: scores.count, of: path)
                for (name, score) in scores { list.add(score, path: name) }
            } catch {
                guard paths.count > 1 else { Exit.now(Exit.code(of: error), "\(error)") }
                Console.note("\(error)")
                if worst?.kind != .content { worst = error }
            }
        }
        write(json ? list.json : Console.result(list.lines(style: Console.resultStyle)))
        if let worst { Foundation.exit(Exit.code(of: worst)) }
        end(isValid: list.isValid)
    }

    /// All runs and files that are to be scored.
    var runPaths: [String] { paths.flatMap(RunPaths.runs(at:)) }

    private func print(_ score: StoredScore) {
        write(
            json
                ? score.json
                : Console.result(
                    score.lines(
                        style: Console.resultStyle, isVerbose: verbose,
                        columns: Console.resultColumns)))
        end(isValid: score.isValid)
    }

    private func scores(
        _ path: String, _ overrides: ScoringOverrides
    ) throws(FileProblem) -> [(path: String, score: StoredScore)] {
        if let out {
            return [(path, try StoredScore(path: path, overrides: overrides, writingTo: out))]
        }
        return try StoredScore.all(path: path, overrides: overrides, remaps: remap)
    }

    /// Refuses options that a line for each of a file's runs has no room for.
    private func checkRoom(for runs: Int, of path: String) {
        guard runs > 1, surface, !json else { return }
        Exit.now(
            Exit.usage,
            "\(path) holds \(runs) runs, and the table of them has no room for --surface; name "
                + "one, such as \(path)#\(runs), or drop --surface")
    }

    func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    func end(isValid: Bool) {
        if !isValid, !allowInvalid { Foundation.exit(Exit.notValid) }
    }

    private func overrides() throws -> ScoringOverrides {
        var overrides = try reader.overrides()
        overrides.surface = surface
        overrides.percentiles = try percentiles.map { try Quantities.percentiles($0) }
        return overrides
    }
}

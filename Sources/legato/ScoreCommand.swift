import ArgumentParser
import Coordinator
import Foundation
import Goodput
import Report
import TimeBase

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Score again, offline: a run's folder or a file of requests.",
        discussion: """
            Without options a run's folder gives exactly the summary that the run wrote. With them it \
            is scored for another reader; nothing in the folder changes.

            --remap goes back to the raw stamps and clock probes of tokens.log: it fits every agent's \
            clock anew, maps all stamps again and judges the clocks, by the estimator of this version.

            Exit codes: 0 valid; 2 the run is partial or not valid; 65 a bad file.
            """)

    @Argument(help: "A run's folder, or a JSON file with parameters and requests.")
    var path: String

    @Option(help: "Parameters to start from: default, robust, paper-v1 or paper-v2.")
    var preset: Preset?

    @Option(help: "Tokens a second that the reader takes in.")
    var readingSpeed: Double?

    @Option(help: "Where deadlines count from: arrival or first_token.")
    var anchor: Anchor?

    @Option(help: "Time to the first token that costs nothing, such as \"1 s\".")
    var ttftBudget: String?

    @Option(help: "Weight of the penalty.")
    var alpha: Double?

    @Option(
        help: "Penalty: linear, power, exponential, hinge, fraction or step, with its own defaults."
    )
    var penalty: String?

    @Option(help: "What requests that did not complete earn: delivered, waiting or void.")
    var incomplete: IncompletePolicy?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Classic bounds in ms, such as ttft:500 tpot:50.", valueName: "bound"))
    var goodput: [String] = []

    @Flag(help: "Fit a run's clocks anew from its tokens.log, and map all stamps again.")
    var remap = false

    @Flag(help: "Show how the run's clocks and clients did in all detail.")
    var verbose = false

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    @Flag(help: "End with 0 also when the run's verdict is partial or not valid.")
    var allowInvalid = false

    func run() throws {
        let overrides = try overrides()
        let score: StoredScore
        do throws(FileProblem) {
            score = try StoredScore(path: path, overrides: overrides, remaps: remap) {
                folder throws(FileProblem) in try JournalReader(folder: folder)
            }
        } catch {
            Exit.now(error.kind == .content ? Exit.badData : Exit.failed, "\(error)")
        }
        let text =
            json
            ? score.json
            : score.lines(style: Console.resultStyle, isVerbose: verbose).map { $0 + "\n" }.joined()
        FileHandle.standardOutput.write(Data(text.utf8))
        if !score.isValid, !allowInvalid { Foundation.exit(Exit.notValid) }
    }

    private func overrides() throws -> ScoringOverrides {
        var overrides = ScoringOverrides()
        overrides.preset = preset
        overrides.readingSpeed = readingSpeed
        overrides.anchor = anchor
        overrides.ttftBudget = try ttftBudget.map { try Quantities.span($0, "--ttft-budget").ns }
        overrides.alpha = alpha
        overrides.incomplete = incomplete
        if let penalty {
            guard let kind = Penalty(kind: penalty) else {
                throw ValidationError(
                    "--penalty is \"\(penalty)\"; write linear, power, exponential, hinge, "
                        + "fraction or step")
            }
            overrides.penalty = kind
        }
        for bound in goodput {
            let halves = bound.split(separator: ":")
            guard halves.count == 2, let ms = Double(halves[1]), ms > 0, ms < 1e12 else {
                throw ValidationError(
                    "--goodput has \"\(bound)\"; write bounds in ms, such as ttft:500 tpot:50")
            }
            let ns = Int64(ms * 1e6)
            switch halves[0] {
            case "ttft": overrides.objectives.ttft = ns
            case "tpot": overrides.objectives.tpot = ns
            case "tbt", "itl": overrides.objectives.tbt = ns
            case "e2e", "e2el": overrides.objectives.e2e = ns
            default:
                throw ValidationError(
                    "--goodput has \"\(bound)\"; the bounds are ttft, tpot, tbt and e2e")
            }
        }
        return overrides
    }
}

extension Preset: ExpressibleByArgument {}
extension Anchor: ExpressibleByArgument {}
extension IncompletePolicy: ExpressibleByArgument {}

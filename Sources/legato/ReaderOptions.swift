import ArgumentParser
import Goodput
import Results
import Scenario
import TimeBase

/// The reader that stored runs are scored for, instead of their own.
struct ReaderOptions: ParsableArguments {
    @Option(help: "Parameters to start from: default, robust, paper-v1, paper-v2, answer or agent.")
    var preset: Preset?

    @Option(help: "Tokens a second that the reader takes in.")
    var readingSpeed: Double?

    @Option(help: "Where deadlines count from: arrival or first_token.")
    var anchor: Anchor?

    @Option(help: "Time to the first token that costs nothing, such as \"1 s\"; bare: seconds.")
    var ttftBudget: String?

    @Option(help: "Weight of the penalty.")
    var alpha: Double?

    @Option(
        help:
            "Penalty: linear, power, exponential, hinge, fraction or step, with its own defaults.",
        completion: .list(Penalty.kinds))
    var penalty: String?

    @Option(help: "What requests that did not complete earn: delivered, waiting or void.")
    var incomplete: IncompletePolicy?

    @Option(help: "What the reader reads: all, or the answer without the thoughts before it.")
    var reads: ReadPart?

    @Option(
        help: ArgumentHelp(
            "Classic bounds, such as ttft:500 tpot:50; a bare number is ms.", valueName: "bound"))
    var goodput: [String] = []

    /// The choices, each in its range.
    func overrides() throws -> ScoringOverrides {
        var overrides = ScoringOverrides()
        overrides.preset = preset
        overrides.readingSpeed = readingSpeed
        overrides.anchor = anchor
        overrides.ttftBudget = try ttftBudget.map { try Quantities.span($0, "--ttft-budget").ns }
        overrides.alpha = alpha
        overrides.incomplete = incomplete
        overrides.reads = reads
        if let penalty {
            guard let kind = Penalty(kind: penalty) else {
                throw ValidationError(
                    "--penalty is \"\(penalty)\"; write linear, power, exponential, hinge, "
                        + "fraction or step")
            }
            overrides.penalty = kind
        }
        do throws(QuantityError) {
            overrides.objectives = try BoundText.objectives(goodput)
        } catch {
            throw ValidationError("--goodput: \(error.message)")
        }
        try check(overrides)
        return overrides
    }

    /// Refuses values that no reader has, under the options' names.
    private func check(_ overrides: ScoringOverrides) throws {
        do throws(ScoringError) {
            _ = try Reader(overrides.applied(to: .robust))
        } catch {
            guard case .parameter(let name, let problem) = error else { throw error }
            // `ttft_slo` is a bound of --goodput, `penalty.tau` a number of --penalty.
            let option =
                name.hasSuffix("_slo")
                ? "goodput" : String(name.prefix { $0 != "." }).replacing("_", with: "-")
            throw ValidationError("--\(option) \(problem)")
        }
    }
}

extension Preset: ExpressibleByArgument {}
extension Anchor: ExpressibleByArgument {}
extension IncompletePolicy: ExpressibleByArgument {}
extension ReadPart: ExpressibleByArgument {}

import ArgumentParser
import Results
import Sampling

/// How often a scenario is run.
struct RepeatOptions: ParsableArguments {
    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Run the scenario so many times, each with a plan of its own, and join their figures.",
            valueName: "runs"))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            """
            Repeat until half the interval of smooth goodput is at most this share of it, over 5 \
            runs or more (at most --repeat, else 20).
            """, valueName: "share"))
    var until: String?

    @Flag(help: "Give all repeats one plan: their interval is then of this plan alone.")
    var samePlan = false

    /// The most runs that somebody may ask for.
    private static let most = 1_000

    func validate() throws {
        if let count, !(1...Self.most).contains(count) {
            throw ValidationError("--repeat is \(count); write a number from 1 to \(Self.most)")
        }
        if try rule() != nil, let count, count <= RepeatUntil.fewest {
            throw ValidationError(
                "--until takes \(RepeatUntil.fewest + 1) runs or more, and --repeat allows "
                    + "\(count); raise it, or drop one of them")
        }
        if samePlan, repeats == nil {
            throw ValidationError(
                "--same-plan is about repeats: add --repeat N or --until SHARE, or leave it out")
        }
    }

    /// The repeats that are asked for; nil for a single run.
    var repeats: RepeatedRuns? {
        // validate() has refused what is no share.
        let until = (try? rule()) ?? nil
        return count == nil && until == nil ? nil : RepeatedRuns(most: count, until: until)
    }

    private func rule() throws -> RepeatUntil? {
        guard let until else { return nil }
        let share = try Quantities.share(until, "--until")
        guard share > 0 else {
            throw ValidationError("--until is \"\(until)\"; write a share such as 5%")
        }
        return RepeatUntil(share: share)
    }
}

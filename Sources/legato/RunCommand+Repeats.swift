import Console
import Coordinator
import DashboardServer
import Foundation
import Goodput
import JSON
import PlainText
import Results
import Sampling
import Scenario
import Storage

/// A scenario that is run several times.
extension RunCommand {
    /// Leads the runs of `repeats` into folders within `folder`, and joins them.
    ///
    /// - Parameters:
    ///   - prepared: The first run.
    ///   - first: Its scenario.
    func lead(
        _ repeats: RepeatedRuns, _ prepared: Prepared, of first: ResolvedScenario,
        into folder: borrowing RunDirectory, _ viewers: DashboardServer?
    ) throws {
        var repeats = repeats
        var prepared = prepared
        var resolved = first
        while true {
            let name = "run-\(repeats.made + 1)"
            Console.note("\(name) of at most \(repeats.most)")
            let outcome: CoordinatedRun.Outcome
            do {
                outcome = try lead(
                    prepared, of: resolved,
                    into: RunDirectory.create(at: "\(folder.path)/\(name)"), viewers)
            } catch {
                // A first run that never started leaves nothing behind.
                if repeats.made == 0 { rmdir(folder.path) }
                throw error
            }
            let left = repeats.add(outcome.summary, name: name)
            let verdict = left.map { "left out, \($0.reason.rawValue)" }
            Console.note(
                "\(name): smooth goodput \(Figures.rate(outcome.summary.run.totals.smoothGoodput)) "
                    + "tok/s, \(verdict ?? outcome.summary.header.validity.verdict.rawValue)")
            try folder.write(
                Array(repeats.joined.json.indented.utf8), to: RunFileName.joined)
            guard !repeats.isDone else { break }
            let seed = first.seed &+ (repetition.samePlan ? 0 : UInt64(repeats.made))
            resolved = scenario.resolve(seed: seed)
            prepared = try prepare(resolved)
        }
        report(
            repeats, folder: folder.path,
            isBounded: first.classScoring.contains { $0.objectives != Objectives() }, viewers)
    }

    private func report(
        _ repeats: RepeatedRuns, folder: String, isBounded: Bool, _ viewers: DashboardServer?
    ) -> Never {
        let joined = repeats.joined
        let text =
            json
            ? joined.json.indented
            : Console.result(
                joined.lines(
                    style: Console.resultStyle, folder: folder, isOfOnePlan: repetition.samePlan,
                    isBounded: isBounded, aim: repeats.until))
        guard Output.write(text, to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the result, which is in \(folder), cannot be printed")
        }
        if let viewers {
            let verdict =
                "\(Figures.count(repeats.made, "run")), "
                + (repeats.isValid ? "valid" : "not all of them valid")
            DashboardEnd.tell(folder, verdict: verdict, on: viewers)
        }
        Foundation.exit(repeats.isValid || allowInvalid ? 0 : Exit.notValid)
    }
}

import ArgumentParser
import Console
import Foundation
import Results
import Storage
import ToolRules

extension Tool: ExpressibleByArgument {}

// Figures as another tool would have printed them.
extension ScoreCommand {
    /// Refuses options that change nothing of what another tool prints.
    func checkPrinted(as tool: Tool) throws {
        let others: [(name: String, isGiven: Bool)] = [
            ("--preset", reader.preset != nil), ("--reading-speed", reader.readingSpeed != nil),
            ("--anchor", reader.anchor != nil), ("--ttft-budget", reader.ttftBudget != nil),
            ("--alpha", reader.alpha != nil), ("--penalty", reader.penalty != nil),
            ("--incomplete", reader.incomplete != nil), ("--reads", reader.reads != nil),
            ("--out", out != nil),
            ("--verbose", verbose),
            ("--surface", surface),
            ("--percentiles", percentiles != nil && tool != .vllm),
        ]
        for other in others where other.isGiven {
            throw ValidationError(
                "\(other.name) changes nothing of what \(tool.rawValue) prints; drop it, or drop "
                    + "--as-printed-by")
        }
    }

    /// Prints each path's figures as `tool` would have; what is wrong with one of several is said,
    /// and the others are printed.
    func printFigures(as tool: Tool, _ choices: ScoringOverrides) {
        let paths = runPaths
        var list = PrintedList()
        var worst: FileProblem?
        for path in paths {
            do throws(FileProblem) {
                let runs = try PrintedRun.all(path: path, as: tool, choices, remaps: remap)
                guard paths.count > 1 || runs.count > 1 else {
                    write(
                        json
                            ? runs[0].json
                            : Console.result(runs[0].lines(style: Console.resultStyle)))
                    return end(isValid: runs[0].isValid)
                }
                for run in runs { list.add(run) }
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
}

import ArgumentParser
import Foundation
import Scenario

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate a scenario and print its plan; sends nothing.")

    @OptionGroup var scenario: ScenarioOptions

    @Option(help: "Number of agents to deal the plan to.")
    var agents = 1

    @Flag(help: "Document every field of a scenario, with unit, default and example.")
    var explain = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...4_096).contains(agents) else {
            throw ValidationError("--agents is \(agents); a run has 1 to 4096 agents")
        }
    }

    func run() throws {
        if explain {
            let explanation = ScenarioExplanation()
            print(json ? explanation.json() : explanation.text())
            return
        }
        let resolved = scenario.resolve()
        do throws(ScenarioError) {
            let summary = try PlanSummary(resolved, agents: agents)
            print(json ? summary.json() : summary.text())
        } catch {
            Exit.now(Exit.badData, "\(error)")
        }
    }
}

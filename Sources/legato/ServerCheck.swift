import Agent
import Console
import Coordinator
import CoordinatorCore
import EventLoop
import Foundation
import JSON
import PlainText
import Scenario
import ServingClient
import Workload

/// `legato check --url`: what each server accepts, and whether the run would drive it.
enum ServerCheck {
    /// Asks the servers one after the other, as an agent that runs `scenario` would; ends the
    /// process with 65 where that cannot be asked for, and with 69 at one of whom nothing can be
    /// asked.
    static func reports(of scenario: ResolvedScenario, access: TargetAccess) -> [CapabilityReport] {
        do {
            let plan = try plan(scenario, access)
            return try plan.entries.map { try report(on: $0, of: plan, access) }
        } catch let refusal as PreparationRefusal {
            Exit.now(Exit.unavailable, "\(refusal)")
        } catch {
            Exit.now(Exit.badData, "\(error)")
        }
    }

    private static func plan(
        _ scenario: ResolvedScenario, _ access: TargetAccess
    ) throws -> TargetPlan {
        let targets = try scenario.servers.map { server throws(TargetError) in
            try Target(parsing: server.url)
        }
        // One agent asks for all, whoever the requests are dealt to.
        var whole = scenario
        whole.deal = .roundRobin
        let preparation = try RunPreparation(
            whole, agents: 1, engineJSON: nil, stampResolutionNs: 1)
        let assignment = preparation.assignments[0]
        return try TargetPlan(
            assignment.configuration, requests: assignment.requests, targets: targets,
            runID: "check", fields: access.fields.fields)
    }

    private static func report(
        on entry: TargetPlan.Entry, of plan: TargetPlan, _ access: TargetAccess
    ) throws -> CapabilityReport {
        let loop = try EventLoop(name: "check")
        return try loop.runUntilDone { done in
            CapabilityProbe.begin(
                loop: loop, target: entry.target, options: plan.options, wishes: entry.wishes,
                access: access, configuration: plan.client, progress: { Console.note($0) },
                completion: done)
        }.get()
    }

    /// Ends the process with 69 where the run would be refused, a sentence a server.
    static func judge(_ reports: [CapabilityReport]) {
        let refusals = reports.compactMap(\.refusal)
        guard let last = refusals.last else { return }
        for refusal in refusals.dropLast() { Console.note("\(refusal)") }
        Exit.now(Exit.unavailable, "\(last)")
    }

    /// A table a server, a line a capability.
    static func lines(_ reports: [CapabilityReport], style: ConsoleStyle) -> [String] {
        reports.flatMap { report in
            let head = style.bold("\(report.target), model \(report.model)".harmless)
            let width = report.answers.map(\.name.count).max() ?? 0
            let lines = report.answers.map { answer in
                " " + answer.name.left(width) + "  "
                    + answer.verdict.rawValue.left(8) + " " + answer.sentence.harmless
            }
            // One line for what is sent and one for prompts: both are long.
            let runs = Endpoint.allCases.flatMap { endpoint -> [String] in
                guard let profile = report.profiles[endpoint] else { return [] }
                return [
                    " a run over \(endpoint.rawValue) posts to \(profile.postsTo)",
                    "   and sends \(profile.sends.joined(separator: ", "))",
                    "   and its prompts are \(profile.promptWords)",
                ]
            }
            return [head] + lines + runs
        }
    }

    /// The same as a list, a member a capability.
    static func json(_ reports: [CapabilityReport]) -> JSONValue {
        .array(
            reports.map { report in
                let answers = report.answers.map { answer in
                    JSONMember(
                        answer.capability.rawValue,
                        [
                            "asked": .string(answer.name),
                            "verdict": .string(answer.verdict.rawValue),
                            "sentence": .string(answer.sentence),
                        ])
                }
                return [
                    "url": .string(report.target.description), "model": .string(report.model),
                    "accepts": .object(answers),
                    "refused": report.refusal.map { .string($0.description) } ?? .null,
                    "runs": .object(
                        Endpoint.allCases.compactMap { endpoint in
                            report.profiles[endpoint].map {
                                JSONMember(endpoint.rawValue, $0.json)
                            }
                        }),
                ]
            })
    }
}

import Bench
import Console
import Coordinator
import Foundation
import Goodput
import Host
import JSON
import Scenario
import ServingClient
import TimeBase
import TokenLog

/// `legato check --headroom`, and the short look before a run.
enum HeadroomCheck {
    /// The length of the measurement that is asked for, and of the one before a run.
    private static let asked = TimeSpan.seconds(5)
    private static let beforeRun = TimeSpan.seconds(2)

    /// The plan's distance from what this node drives, one agent a node; ends the process where
    /// that cannot be measured.
    static func report(
        of scenario: ResolvedScenario, agents: Int, span: TimeSpan?
    ) -> HeadroomReport {
        do {
            let preparation = try RunPreparation(
                scenario, agents: agents, engineJSON: nil, stampResolutionNs: 1)
            let targets = try scenario.servers.map { server throws(TargetError) in
                try Target(parsing: server.url)
            }
            let pace = ExpectedPace(scenario.scoring.objectives)
            guard
                let plan = HeadroomPlan(preparation, agents: 1, targets: targets, pace: pace)
            else { Exit.now(Exit.badData, "the plan has no requests: nothing is to be driven") }
            return try measured(plan, within: span ?? asked, priority: .realTime)
        } catch let error as ScenarioError {
            Exit.now(Exit.code(of: error), "\(error)")
        } catch let error as TargetError {
            Exit.now(Exit.badData, "\(error)")
        } catch {
            Exit.now(Exit.failed, "\(error)")
        }
    }

    /// Sentences before a run whose peak comes near what clients drive: a warning where the plan
    /// is more than half of it.
    static func note(
        _ preparation: RunPreparation, _ scenario: ResolvedScenario, agents: RunOptions.Agents,
        targets: [Target], priority: ThreadPriority
    ) {
        let pace = ExpectedPace(scenario.scoring.objectives)
        guard
            let plan = HeadroomPlan(
                preparation, agents: agents.count, targets: targets, pace: pace),
            HeadroomMeasurement.isNotable(plan.peak)
        else { return }
        guard !agents.areRemote else {
            return Console.note(
                "the plan asks much of each client; `legato check SCENARIO --headroom --agents "
                    + "\(agents.count)` on a node of theirs tells whether it can drive it")
        }
        Console.note(
            "looking for \(beforeRun.ns / 1_000_000_000) s whether this node can drive the plan; "
                + "--no-headroom leaves it out")
        do {
            let report = try measured(plan, within: beforeRun, priority: priority)
            guard report.verdict != .fits else { return }
            Console.note("warning: \(report.scarcity(report.scarcest))")
        } catch {
            Console.note("warning: this node's head-room is not known: \(error)")
        }
    }

    private static func measured(
        _ plan: HeadroomPlan, within span: TimeSpan, priority: ThreadPriority
    ) throws(BenchFailure) -> HeadroomReport {
        try HeadroomMeasurement(plan, on: NodeResources.read(), priority: priority)
            .report(within: span, host: ThisHost.hostname)
    }
}

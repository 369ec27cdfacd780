import Bytes
import CoordinatorCore
import Goodput
import Host
import JSON
import PlainText
import Results
import Scenario
import TimeBase
import TokenLog
import Transport
import Workload

extension ResultAssembly {
    /// The whole result: header, requests, verdict.
    func result(of scenario: ResolvedScenario, options: RunOptions) throws -> RunResult {
        let targets = agentTargets()
        let (requests, bounds) = requests(targets: targets)
        let end = ClusterInstant(ns: requests.map(\.finish.ns).max() ?? 0)
        let findings = findings()
        var header = RunHeader(
            runID: options.runID.description, name: scenario.name, seed: scenario.seed,
            version: options.version, epoch: epoch(bootID: ThisHost.bootID),
            agents: agents(targets: targets, findings: findings, bounds: bounds),
            classes: classes(of: scenario), validity: validity(findings: findings, until: end),
            complete: isComplete, lossless: isLossless)
        header.clockLedger = ledgerRows()
        header.simulated = hasEngines ? options.engine : nil
        header.scenario = try JSONValue(parsing: Array(scenario.manifestJSON().utf8))
        header.host = ThisHost.manifestFacts
        header.gaps = gaps()
        header.interrupted = wasInterrupted
        header.load = loadPlan(of: scenario)
        header.notes =
            scenario.files.compactMap(\.note) + notes(options, header.agents)
            + pinNotes(requests)
        header.percentiles = options.percentiles
        return RunResult(header: header, requests: requests)
    }

    private func classes(of scenario: ResolvedScenario) -> [RunClass] {
        zip(scenario.workload.classes, scenario.classScoring).map {
            RunClass(name: $0.name, parameters: $1)
        }
    }

    private func notes(_ options: RunOptions, _ agents: [RunAgent]) -> [String] {
        var notes: [String] = []
        if case .insecure(beyondLoopback: true) = options.security {
            notes.append("coordinator and agents spoke without encryption (--insecure)")
        }
        let unverified = Set(agents.flatMap(\.tls).filter { !$0.isVerified }.map(\.url)).sorted()
        if let first = unverified.first {
            let others = unverified.count > 1 ? " and \(unverified.count - 1) more" : ""
            notes.append(
                "The certificate of \(first)\(others) was not verified (--insecure-target): who "
                    + "answered is not known; give its authority by --ca instead.")
        }
        let again = merge.requests.dropFirst(plan.requests.count).count {
            plan.request($0.id).usesTexts
        }
        if again > 0 {
            notes.append(
                "The prompts that were given were used up: \(again) requests sent one of them "
                    + "again, which a prefix cache may know; give more of them, or a shorter "
                    + "duration.")
        }
        notes += clockCostNotes() + realtimeNotes() + agents.flatMap(awayNotes)
        if wasInterrupted {
            notes.append(Self.interruptedNote)
        }
        return notes + remarks()
    }

    /// When an agent was cut off and came back: its figures are whole, its clock less well known.
    private func awayNotes(_ agent: RunAgent) -> [String] {
        // Before the start there was nothing to lose.
        let returns = agent.away.compactMap { away in
            away.to.flatMap { $0 > 0 ? (away, $0) : nil }
        }
        guard let (first, to) = returns.first else { return [] }
        let more = returns.count > 1 ? ", and \(returns.count - 1) more times" : ""
        return [
            "\(agent.name) was cut off from \(Figures.span(first.from)) to "
                + "\(Figures.span(to))\(more) (\(first.reason)): its load went on, its records "
                + "arrived afterwards, and its clock is less well known there."
        ]
    }
}

import ArgumentParser
import Bytes
import Coordinator
import CoordinatorCore
import EngineModel
import EventLoop
import Foundation
import Goodput
import JSON
import RunRecord
import Scenario
import ServingClient
import Storage
import TimeBase
import Transport
import Wire
import Workload

/// Turns the options of `legato run` into what the coordinator is told.
enum RunAssembly {
    static func options(
        _ command: RunCommand, _ scenario: ResolvedScenario
    ) throws -> RunOptions {
        var scenario = scenario
        if let drain = command.drain {
            scenario.drain.givenNs = try Quantities.span(drain, "--drain").ns
        }
        if let grace = command.grace {
            scenario.graceNs = try Quantities.span(grace, "--grace").ns
        }
        let urls = scenario.servers.map(\.url)
        let targets = try urls.map { url throws(TargetError) in try Target(parsing: url) }
        let agents: RunOptions.Agents =
            command.agents.map { .remote(count: $0) }
            ?? .local(count: command.local ?? 1, urls: urls)
        if let names = agents.names { try scenario.checkDeal(to: names) }
        let engine = try engine(scenario)
        let preparation = try RunPreparation(
            scenario, agents: agents.count, engineJSON: engine.json,
            stampResolutionNs: try command.stampResolutionNs(), keepsRawStamps: command.rawStamps)
        for warning in PlanSummary.repeatedPrompts(preparation.plan, scenario.workload) {
            Console.note(warning)
        }
        let protection = protection(command)
        var generator = SystemRandomNumberGenerator()
        var options = RunOptions(
            agents: agents,
            listen: command.listen.flatMap { HostPort(parsing: $0) }
                ?? HostPort(host: "127.0.0.1", port: 0),
            security: protection.security, token: protection.token,
            assignments: preparation.assignments, dealOrder: preparation.dealOrder,
            plan: preparation.plan,
            patience: try patience(preparation.assignments.map(\.configuration), command),
            drain: TimeSpan(ns: scenario.drain.afterInterruptNs),
            grace: TimeSpan(ns: scenario.graceNs), executable: "/proc/self/exe",
            opening: RunOpening(
                scenario, preparation.plan, runID: RunID(using: &generator), agents: agents.count,
                security: protection.security,
                percentiles: try command.percentiles.map { try Quantities.percentiles($0) }
                    ?? .standard,
                version: Release.version, engine: engine.description, command: Invocation.kept))
        if command.agents == nil {
            var fields = command.target.access().fields
            try add(headers: scenario.servers, to: &fields)
            options.localFields = fields.text
            options.localArguments =
                command.target.trustArguments + command.priority.arguments
                + [TargetOptions.proxyIsSaid]
            TargetOptions.noteProxy(urls)
        }
        if !command.noHeadroom {
            HeadroomCheck.note(
                preparation, scenario, agents: agents, targets: targets,
                priority: command.priority.wanted)
        }
        return options
    }

    /// Agents that wait for servers are waited for, a little longer than they wait themselves: they
    /// know which server it is.
    private static func patience(
        _ configurations: [RunConfiguration], _ command: RunCommand
    ) throws -> CoordinatorMachine.Patience {
        CoordinatorMachine.Patience(
            joinNs: try Quantities.span(command.patience, "--patience").ns,
            readyNs: configurations.map(\.readyNs).max() ?? 0,
            leadNs: try Quantities.span(command.lead, "--lead").ns)
    }

    /// The headers that the scenario names; the command line's go first.
    private static func add(
        headers servers: [ScenarioServer], to fields: inout RequestFields
    ) throws {
        let given = fields.names
        let headers = servers.map { $0.headers.map { "\($0.name): \($0.value)" } }
        guard let first = headers.first else { return }
        guard headers.allSatisfy({ $0 == first }) else {
            throw RequestFieldError(
                description: "the scenario's servers have different `headers`, and all requests of "
                    + "an agent carry the same; give each server the same ones")
        }
        for header in servers[0].headers where !given.contains(header.name.lowercased()) {
            try fields.add("\(header.name): \(header.value)")
        }
    }

    /// Local agents get a token that is made for them; others share one by file.
    private static func protection(
        _ command: RunCommand
    ) -> (security: Security, token: SharedToken?) {
        if command.agents == nil, command.tokenFile == nil {
            let token = SharedToken.generate()
            return (.psk(token), token)
        }
        let security = SecurityOptions.security(
            tokenFile: command.tokenFile, insecure: command.insecure)
        guard case .psk(let token) = security else { return (security, nil) }
        return (security, token)
    }

    private static func engine(
        _ scenario: ResolvedScenario
    ) throws -> (json: String, description: String) {
        let options = try scenario.engine.options()
        return (String(decoding: options.json.serialized, as: UTF8.self), options.description)
    }

    static func folder(
        _ command: RunCommand, _ scenario: ResolvedScenario
    ) throws -> RunDirectory {
        if let out = command.out { return try RunDirectory.create(at: out) }
        return try RunDirectory.create(
            under: "runs", name: scenario.name, utc: Int64(Date().timeIntervalSince1970))
    }
}

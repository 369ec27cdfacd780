import Bytes
import Coordinator
import CoordinatorCore
import EngineModel
import Foundation
import Goodput
import Loss
import Randomness
import Results
import RunRecord
import Scenario
import Storage
import TimeBase
import Transport
import VirtualLoad
import Workload

/// Turns a scenario into a run in virtual time.
struct VirtualAssembly: Sendable {
    private let agents: Int?
    private let drainNs: Int64?
    private let percentiles: PercentileRanks

    /// - Throws: A mistake in the options.
    init(_ command: RunCommand) throws {
        agents = command.local
        drainNs = try command.drain.map { try Quantities.span($0, "--drain").ns }
        percentiles =
            try command.percentiles.map { try Quantities.percentiles($0) } ?? .standard
    }

    /// - Throws: A mistake in the scenario.
    func load(_ scenario: ResolvedScenario) throws -> VirtualLoad {
        var scenario = scenario
        if let drainNs { scenario.drain.givenNs = drainNs }
        Self.check(scenario)
        let count = agents ?? scenario.deal.agentCount ?? 1
        let names = (1...count).map { "local-\($0)" }
        try scenario.checkDeal(to: names)
        let engine = try scenario.engine.options()
        let preparation = try RunPreparation(
            scenario, agents: count, engineJSON: nil, stampResolutionNs: 1)
        let opening = RunOpening(
            scenario, preparation.plan, runID: Self.runID(of: scenario, agents: count),
            agents: count, security: .insecure(beyondLoopback: false), percentiles: percentiles,
            version: Release.version, engine: engine.description, command: Invocation.kept)
        return VirtualLoad(
            opening, realtimeNs: Int64(Date().timeIntervalSince1970 * 1e9),
            parts: zip(names, preparation.assignments).map { name, assignment in
                VirtualLoad.Part(
                    name: name, configuration: assignment.configuration,
                    requests: assignment.requests)
            }, options: engine)
    }

    private static func check(_ scenario: ResolvedScenario) {
        if case .limited(let most) = scenario.connections {
            Exit.now(
                Exit.badData,
                "\(scenario.file): `connections: \(most)` is about sockets, and a virtual run has "
                    + "none; bound the requests in flight by `concurrency` instead")
        }
    }

    /// Sentences that a user should read before.
    static func notes(_ scenario: ResolvedScenario) -> [String] {
        scenario.servers.isEmpty
            ? []
            : [
                "no server is asked: --virtual drives engines of the scenario's `engine` section"
            ]
    }

    /// Writes the files of a run into `folder`.
    ///
    /// - Parameter withSurface: Whether the summary that is returned, unlike the one that is
    ///   written, has smooth goodput for every reader.
    static func write(
        _ load: VirtualLoad, into folder: borrowing RunDirectory, withSurface: Bool = false
    ) throws(FileProblem) -> RunSummary {
        var surface: SurfaceFigures?
        var summary = try folder.write(
            load, runID: load.header.runID, tokens: .always
        ) { (requests) throws(FileProblem) in
            var summary = try load.summary(of: requests, withSurface: withSurface)
            surface = summary.analyses?.surface
            summary.analyses?.surface = nil
            return summary
        } header: {
            load.header
        }
        summary.analyses?.surface = surface
        return summary
    }

    /// The name of a virtual run: equal runs have equal names, and so equal files.
    private static func runID(of scenario: ResolvedScenario, agents: Int) -> RunID {
        let low = mix64(
            scenario.manifestJSON().utf8, from: mix64(scenario.seed &+ UInt64(agents) << 32))
        return RunID(high: mix64(low ^ 0x7669_7274), low: low)
    }
}

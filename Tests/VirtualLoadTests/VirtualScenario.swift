import Bytes
import Coordinator
import CoordinatorCore
import EngineModel
import Goodput
import Results
import RunRecord
import Scenario
import Transport
import VirtualLoad

/// A scenario's text as a run in virtual time.
enum VirtualScenario {
    /// - Parameters:
    ///   - yaml: The scenario.
    ///   - agents: How many there are.
    ///   - change: Changes the engines.
    static func load(
        _ yaml: String, agents: Int = 1,
        _ change: (inout EngineOptions) -> Void = { _ in }
    ) throws -> VirtualLoad {
        try load(try ScenarioFile.parse(yaml), agents: agents, change)
    }

    static func load(
        _ scenario: ResolvedScenario, agents: Int = 1,
        _ change: (inout EngineOptions) -> Void = { _ in }
    ) throws -> VirtualLoad {
        var options = try scenario.engine.options()
        change(&options)
        let preparation = try RunPreparation(
            scenario, agents: agents, engineJSON: nil, stampResolutionNs: 1)
        let opening = RunOpening(
            scenario, preparation.plan, runID: RunID(high: 1, low: 2), agents: agents,
            security: .insecure(beyondLoopback: false), percentiles: .standard, version: "1",
            engine: options.description, command: [])
        return VirtualLoad(
            opening, realtimeNs: 0,
            parts: preparation.assignments.enumerated().map { index, assignment in
                VirtualLoad.Part(
                    name: "local-\(index + 1)", configuration: assignment.configuration,
                    requests: assignment.requests)
            }, options: options)
    }
}

extension VirtualLoad {
    /// Its requests by id.
    func requests() throws -> [MeasuredRequest] {
        var requests: [MeasuredRequest] = []
        try forEach(withTokens: true) { requests.append($0) }
        return requests.sorted { $0.id < $1.id }
    }
}

extension MeasuredRequest {
    /// When its tokens came, ns.
    var tokenTimes: [Int64] { (tokens ?? []).map(\.time) }
}

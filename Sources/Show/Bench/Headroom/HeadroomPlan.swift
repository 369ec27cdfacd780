package import Coordinator
import CoordinatorCore
package import ServingClient
import Wire
package import Workload

/// The part of a plan that one node is asked about.
package struct HeadroomPlan: Hashable, Sendable {
    /// Agents on this node.
    package var agents: Int
    /// The peak of the busiest of them.
    package var peak: LoadPeak
    package var pace: ExpectedPace
    /// Mean input tokens of a request.
    package var promptTokens: UInt32
    /// Requests of the whole plan.
    package var requests: Int
    package var endpoint: Endpoint
    package var connections: ConnectionRule
    /// Addresses that connections go to over TCP; 0 where all are sockets of this node.
    package var addresses: Int
    package var speaksTLS: Bool

    package init(
        agents: Int, peak: LoadPeak, pace: ExpectedPace = .usual, promptTokens: UInt32,
        requests: Int, endpoint: Endpoint = .chat, connections: ConnectionRule = .kept,
        addresses: Int = 1, speaksTLS: Bool = false
    ) {
        self.agents = agents
        self.peak = peak
        self.pace = pace
        self.promptTokens = promptTokens
        self.requests = requests
        self.endpoint = endpoint
        self.connections = connections
        self.addresses = addresses
        self.speaksTLS = speaksTLS
    }

    /// - Parameters:
    ///   - agents: how many of the plan's agents this node has, at least 1.
    ///   - targets: the servers; none for embedded engines.
    /// - Returns: nil for a plan without requests.
    /// - Complexity: O(n log n) of n requests.
    package init?(
        _ preparation: RunPreparation, agents: Int, targets: [Target],
        pace: ExpectedPace = .usual
    ) {
        guard let first = preparation.assignments.first else { return nil }
        let peaks = preparation.assignments.compactMap { each in
            PlannedLoad(
                requests: each.requests, stages: each.configuration.stages,
                rounds: each.configuration.rounds
            ).peak(pace)
        }
        guard let peak = peaks.max(by: { $0.tokensPerSecond < $1.tokensPerSecond }) else {
            return nil
        }
        let requests = preparation.plan.requests
        let input = requests.reduce(0) { $0 + UInt64($1.inputTokens) }
        let hosts = Set(
            targets.compactMap { target in
                if case .network = target.address { target.authority } else { nil }
            })
        self.init(
            agents: agents, peak: peaks.reduce(peak) { $0.joined($1) }, pace: pace,
            promptTokens: UInt32(clamping: input / UInt64(max(1, requests.count))),
            requests: requests.count, endpoint: first.configuration.endpoint,
            connections: first.configuration.connections,
            addresses: targets.isEmpty ? 1 : hosts.count,
            speaksTLS: targets.contains(where: \.isTLS))
    }
}

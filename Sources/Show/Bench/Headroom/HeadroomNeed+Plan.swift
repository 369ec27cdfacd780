import Host
import ServingClient
import Workload

extension HeadroomNeed {
    /// Seconds for which the kernel keeps a port of a connection that this side closed.
    private static let timeWaitSeconds = 60.0
    /// Bytes that an agent's process takes without load, or the coordinator's.
    private static let processBytes = 64e6
    /// Bytes of a stream: its connection, its exchange, the prompt that is ready, its sockets.
    private static let streamBytes = 32e3
    /// Bytes of a request in the plan, its shard and the result.
    private static let requestBytes = 1e3

    /// The needs of `plan` that the node knows its means for, in the order of their kinds.
    static func list(
        _ plan: HeadroomPlan, _ capacity: ClientCapacity, _ node: NodeResources
    ) -> [HeadroomNeed] {
        let agents = Double(plan.agents)
        let streams = plan.peak.streams.rounded(.up)
        let share = plan.peak.share(of: capacity.limit)
        let ofDriven = plan.peak.share(of: capacity.driven.rates)
        var needs = [
            HeadroomNeed(
                .client, needed: share * ClientCapacity.allowedBusy,
                available: ClientCapacity.allowedBusy),
            HeadroomNeed(
                .cores, needed: agents * capacity.driven.cores * ofDriven, available: node.freeCores
            ),
            HeadroomNeed(
                .openFiles, needed: streams + Double(OpenFiles.reserve),
                available: Double(node.openFiles)),
        ]
        if plan.addresses > 0, let ports = node.ports {
            needs.append(
                HeadroomNeed(
                    .ports, needed: agents * self.ports(plan, streams), available: Double(ports)))
        }
        if let memory = node.memoryBytes {
            let bytes =
                processBytes + agents * (processBytes + streams * streamBytes)
                + Double(plan.requests) * requestBytes
            needs.append(HeadroomNeed(.memory, needed: bytes, available: Double(memory)))
        }
        return needs
    }

    /// Ports of one agent to the address that has most of its connections.
    private static func ports(_ plan: HeadroomPlan, _ streams: Double) -> Double {
        let addresses = Double(plan.addresses)
        let each = (streams / addresses).rounded(.up)
        return switch plan.connections {
        case .kept: each
        case .limited(let most): min(each, Double(most))
        case .fresh:
            each + (plan.peak.requestsPerSecond * timeWaitSeconds / addresses).rounded(.up)
        }
    }
}

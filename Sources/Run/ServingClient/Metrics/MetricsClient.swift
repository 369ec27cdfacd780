package import EventLoop
package import TimeBase
import TokenLog

/// Asks servers for their metrics, over connections of its own: none of a measured request waits
/// for it.
///
/// Confined to its loop's thread; made, used and closed there.
package final class MetricsClient {
    /// How long an answer is waited for, connection included.
    package static let patience = TimeSpan.seconds(1)

    private let client: ServingClient
    private let requests = NoRequests()

    /// - Parameter servers: those that are asked, by their positions here, at the addresses where
    ///   they were found.
    package init(loop: EventLoop, servers: [FoundServer], access: TargetAccess) {
        var configuration = ClientConfiguration()
        configuration.timeouts.connect = Self.patience
        configuration.connectionLimit = servers.count
        configuration.spareTLSConnections = 0
        configuration.reopens = false
        configuration.trust = access.trust
        client = ServingClient(
            loop: loop, targets: servers.map(\.target), configuration: configuration,
            probeFields: access.fields.fields, sink: requests)
        client.addresses = servers.map(\.address)
    }

    /// Asks the server at `index`, which is not being asked.
    ///
    /// - Parameter completion: called once, unless the client is closed before.
    package func ask(_ index: Int, _ completion: @escaping (MetricsAnswer) -> Void) {
        client.get(client.targets[index].metricsPath, index, patience: Self.patience) { answer in
            completion(MetricsAnswer(answer))
        }
    }

    /// Connections, opening ones included: at most one a server.
    var connectionCount: Int { client.connectionCount }

    package func close() { client.close() }

    /// The sink of a client that sends probes alone, of which a sink hears nothing.
    private final class NoRequests: StreamSink {
        func requestSent(_ id: UInt32, at instant: LocalInstant) {}
        func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {}
        func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {}
    }
}

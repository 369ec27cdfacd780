import AgentCore
import Bytes
import EventLoop
import ServingClient
import TimeBase
import TokenLog
import Wire
import Workload

/// The load's thread: due times, streams, stamps.
actor LoadRole: LoopActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let link: LinkRole
    private var driver: LoadDriver?
    private var statusTimer: LoopTimer?
    private let priority: LoadPriority

    private static let statusInterval = TimeSpan.seconds(1)

    init(loop: EventLoop, link: LinkRole, priority: ThreadPriority) {
        self.loop = loop
        self.link = link
        self.priority = LoadPriority(wanted: priority)
    }

    /// Checks the targets, opens connections and takes the shard; the link hears how it went.
    func prepare(
        _ configuration: RunConfiguration, _ shard: RequestShard, runID: RunID,
        urls: [String], access: TargetAccess, progress: @escaping @Sendable (String) -> Void
    ) {
        do {
            let targets = try urls.map { url throws(TargetError) in try Target(parsing: url) }
            let (link, priority) = (link, priority)
            let driver = try LoadDriver(
                loop: loop,
                onStarted: { started in link.enter { $0.loadStarted(started) } },
                onFlush: { flush in
                    var flush = flush
                    if flush.end != nil {
                        priority.lower()
                        flush.end?.priority = priority.audit
                    }
                    let handed = flush
                    link.enter { $0.flushed(handed) }
                })
            self.driver = driver
            driver.prepare(
                configuration, shard, runID: runID.description, targets: targets, access: access,
                progress: progress
            ) { result in
                let servers = driver.client?.foundServers ?? []
                link.enter { $0.prepared(result, servers: servers) }
            }
        } catch {
            let failure = PreparationFailure(reason: "\(error)")
            link.enter { $0.prepared(.failure(failure)) }
        }
    }

    func arm(start: LocalInstant) {
        priority.raise()
        driver?.arm(start: start)
        let timer = LoopTimer(loop: loop)
        statusTimer = timer
        timer.start(after: Self.statusInterval, repeating: Self.statusInterval) { [unowned self] in
            assumeIsolated { $0.reportStatus() }
        }
    }

    func stop(drain: TimeSpan, reason: String) { driver?.stop(drain: drain, reason: reason) }

    private func reportStatus() {
        priority.look()
        guard var status = driver?.takeStatus() else { return }
        status.audit.priority = priority.audit
        let measured = status
        link.enter { $0.measured(measured) }
    }

    /// Closes everything of this thread.
    func close(_ done: @escaping @Sendable () -> Void) {
        statusTimer?.close()
        priority.lower()
        guard let driver else { return done() }
        driver.close(done)
    }
}

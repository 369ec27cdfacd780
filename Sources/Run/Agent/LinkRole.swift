import AgentCore
import EventLoop
import Glibc
import Host
import Journal
import ServingClient
import Storage
import TimeBase
import Wire
import Workload

/// The link's thread: commands, encoding, spool.
actor LinkRole: LoopActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var driver: LinkDriver?
    private var signals: [SignalSource] = []
    private var parent: ParentProcess?

    /// How long an agent whose coordinator is gone may take to leave in order, in seconds.
    private static let lastMoment: UInt32 = 3

    init(loop: EventLoop) { self.loop = loop }

    /// Opens the spool and dials the coordinator; `orders.exit` hears where that is not possible.
    func begin(_ options: AgentOptions, orders: LinkDriver.Orders) {
        let path = options.spoolFolder ?? SpoolLocation.standard(agent: options.name)
        let spool: Spool
        do throws(StorageError) {
            spool = try Spool(loop: loop, path: path, limitBytes: options.spoolLimitBytes)
        } catch {
            guard let holder = error.holder, options.spoolFolder == nil else {
                return orders.exit(.failed("\(error)"))
            }
            return orders.exit(
                .unavailable(
                    "the name \(options.name) is taken on this host, by the agent of process "
                        + "\(holder); give each agent its own --name"))
        }
        let facts = HostFacts.read()
        let hello = Hello(
            name: options.name, identity: spool.agent.identity,
            incarnation: spool.agent.incarnation, heldRun: nil, bootID: ThisHost.bootID,
            timeNamespace: ThisHost.timeNamespace, host: facts,
            targets: options.urls.map { url in
                // A query may hold a secret; the plain form leaves it out.
                TargetFacts(
                    url: (try? Target(parsing: url))?.description ?? "", model: "")
            },
            embeddedEngine: options.embeddedEngine)
        let driver = LinkDriver(
            loop: loop, options: options, hello: hello, spool: spool,
            clock: ThisHost.clock,
            orders: orders)
        self.driver = driver
        signals = SignalSource.endings.map { signal in
            SignalSource(loop: loop, signal: signal) { driver.interrupted(by: .signal) }
        }
        driver.begin()
        guard let lifeline = options.lifeline else { return }
        do throws(SystemError) {
            parent = try ParentProcess(loop: loop, descriptor: lifeline) {
                // The kernel ends what does not leave by itself: nobody is left to do it.
                alarm(Self.lastMoment)
                driver.interrupted(by: .parentEnded)
            }
        } catch {
            orders.exit(.failed("--lifeline: \(error)"))
        }
    }

    func prepared(_ result: Result<Ready, PreparationFailure>, servers: [FoundServer] = []) {
        driver?.prepared(result, servers: servers)
    }
    func loadStarted(_ started: Started) { driver?.loadStarted(started) }
    func measured(_ status: AgentStatus) { driver?.measured(status) }
    func flushed(_ flush: LoadDriver.Flush) { driver?.flushed(flush) }

    /// Closes everything of this thread.
    func close(_ done: @escaping @Sendable () -> Void) {
        for signal in signals { signal.close() }
        parent?.close()
        guard let driver else { return done() }
        driver.close(done)
    }
}

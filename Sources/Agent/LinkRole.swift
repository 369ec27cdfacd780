import AgentCore
import EventLoop
import Glibc
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

    init(loop: EventLoop) { self.loop = loop }

    /// Opens the spool and dials the coordinator; `orders.exit` hears where that is not possible.
    func begin(_ options: AgentOptions, orders: LinkDriver.Orders) {
        let path = options.spoolFolder ?? SpoolLocation.standard(agent: options.name)
        let spool: Spool
        do throws(StorageError) {
            spool = try Spool(loop: loop, path: path, limitBytes: options.spoolLimitBytes)
        } catch {
            return orders.exit(.failed("\(error)"))
        }
        let facts = NodeFacts.read()
        let hello = Hello(
            name: options.name, identity: spool.agent.identity,
            incarnation: spool.agent.incarnation, heldRun: nil, bootID: NodeFacts.bootID,
            timeNamespace: NodeFacts.timeNamespace, host: facts,
            targets: options.urls.map { url in
                // A query may hold a secret; the plain form leaves it out.
                TargetFacts(
                    url: (try? Target(parsing: url))?.description ?? "", model: "")
            },
            embeddedEngine: options.embeddedEngine)
        let driver = LinkDriver(
            loop: loop, options: options, hello: hello, spool: spool,
            clock: ClockName(
                host: facts.hostname, bootID: hello.bootID, timeNamespace: hello.timeNamespace),
            orders: orders)
        self.driver = driver
        signals = SignalSource.endings.map { signal in
            SignalSource(loop: loop, signal: signal) { driver.interrupted() }
        }
        driver.begin()
    }

    func prepared(_ result: Result<Ready, PreparationFailure>) { driver?.prepared(result) }
    func loadStarted(_ started: Started) { driver?.loadStarted(started) }
    func measured(_ status: AgentStatus) { driver?.measured(status) }
    func flushed(_ flush: LoadDriver.Flush) { driver?.flushed(flush) }

    /// Closes everything of this thread.
    func close(_ done: @escaping @Sendable () -> Void) {
        for signal in signals { signal.close() }
        guard let driver else { return done() }
        driver.close(done)
    }
}

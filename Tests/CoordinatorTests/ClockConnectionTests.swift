import Agent
import Bytes
import ClockSync
import CoordinatorCore
import EventLoop
import PlainText
import RunRecord
import Testing
import TimeBase
import Transport
import Wire

@testable import Coordinator

/// Both ends of one clock connection on one loop, with a hop between them that can be cut.
private final class ClockBench {
    let loop: EventLoop
    private let finish: ([ProbeRow]) -> Void
    private var wanted = 0
    private var rows: [ProbeRow] = []
    private var listener: MessageListener?
    private var hop: TCPListener?
    private var hops: [TCPConnection] = []
    /// Connections made so far, and how many of them carry nothing any more.
    private var made = 0
    private var stalled = 0
    /// How many of them end without either side's hearing of it.
    private var vanished = 0
    private var security: Security?
    private var responder: ClockResponder?
    private(set) var link: ClockLink!
    /// How often the agent introduced itself.
    private(set) var introductions = 0
    var onRow: ((Int) -> Void)?

    private init(loop: EventLoop, finish: @escaping ([ProbeRow]) -> Void) {
        self.loop = loop
        self.finish = finish
    }

    /// Runs `body` until it ends the bench; returns the rows of all answered probes.
    static func run(
        _ security: Security, _ body: @escaping @Sendable (ClockBench) -> Void
    ) async throws -> [ProbeRow] {
        let loop = try EventLoop(name: "clocks")
        loop.start()
        let rows: Result<[ProbeRow], any Error> = await withCheckedContinuation { waiting in
            loop.post {
                let bench = ClockBench(loop: loop) { waiting.resume(returning: .success($0)) }
                do {
                    try bench.open(security)
                    body(bench)
                } catch {
                    waiting.resume(returning: .failure(error))
                }
            }
        }
        loop.shutdown()
        return try rows.get()
    }

    private func open(_ security: Security) throws {
        link = ClockLink(loop: loop) { [unowned self] row in
            rows.append(row)
            onRow?(rows.count)
        } onContradiction: { error in
            Issue.record("\(error)")
        }
        let here = HostPort(host: "127.0.0.1", port: 0)
        let listener = try MessageListener(loop: loop, at: here, security: security) {
            [unowned self] connection in
            connection.onMessage = { [unowned self, unowned connection] message, _ in
                guard case .clockHello = message else { return }
                introductions += 1
                link.attach(connection)
            }
        }
        self.listener = listener
        let hop = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) {
            [unowned self] client in
            hops.append(client)
            forward(client, to: SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!)
        }
        self.hop = hop
        self.security = security
        dial()
    }

    private func dial() {
        guard let hop, let security else { return }
        responder = ClockResponder(
            loop: loop, address: HostPort(host: "127.0.0.1", port: hop.localPort),
            security: security,
            hello: ClockHello(runID: RunID(high: 1, low: 2), agentIndex: 0, incarnation: 1))
    }

    private func forward(_ client: TCPConnection, to address: SocketAddress) {
        TCPConnection.connect(loop: loop, to: address) { [self] result in
            guard case .success(let server) = result else { return client.close() }
            guard link != nil else { return server.close() }
            hops.append(server)
            made += 1
            let number = made
            for (from, to) in [(client, server), (server, client)] {
                from.startReading { [self] bytes in
                    if number > stalled, !to.isClosed { to.write(bytes) }
                } onEnd: { [self] _ in
                    if number > vanished { to.close() }
                }
            }
        }
    }

    /// Cuts every connection between the two.
    func cut() {
        for hop in hops { hop.close() }
        hops = []
    }

    /// Every connection there is carries nothing any more, and stays open.
    func stall() { stalled = made }

    /// The agent's connection is gone without the coordinator's hearing of it, and it dials again.
    func redial() {
        stall()
        vanished = made
        responder?.close()
        dial()
    }

    func end() {
        onRow = nil
        responder?.close()
        link.close()
        cut()
        hop?.close()
        listener?.close { [self] in
            let rows = rows
            // Cuts the circles through the closures.
            link = nil
            responder = nil
            listener = nil
            finish(rows)
        }
    }
}

extension Security {
    fileprivate static let shared = Security.psk(.generate())
}

@Suite("The clock connection, both ends")
struct ClockConnectionTests {
    @Test(
        "Trains of four, stamped by the kernel, consistent with one clock",
        arguments: [Security.shared, .insecure(beyondLoopback: false)])
    func exchanges(_ security: Security) async throws {
        let rows = try await ClockBench.run(security) { bench in
            bench.link.probe(at: .burst(agents: 1))
            bench.onRow = { if $0 == 80 { bench.end() } }
        }
        let exchanges = rows.map(\.exchange)
        for (index, exchange) in exchanges.enumerated() {
            #expect(Int(exchange.member) == index % 4 && Int(exchange.train) == index / 4 + 1)
        }
        for exchange in exchanges {
            // One host, one clock: each message took a time that is not below zero.
            let exact = exchange.stampedByKernel
            #expect(exact.t1 <= exact.t2 && exact.t2 <= exchange.t2 && exchange.t2 <= exact.t3)
            #expect(exact.t3 <= exact.t4 && exact.t4 <= exchange.t4)
        }
        // The kernel turns its stamps on late: the first ones may be missing.
        let stamped = exchanges.suffix(40).filter { $0.k2 != nil && $0.k4 != nil }
        #expect(stamped.count >= 36, "\(stamped.count) of 40 were stamped")
        for row in rows {
            #expect((row.reading.rawNs - row.exchange.t2).magnitude < 1_000_000_000)
            #expect(row.reading.boottimeNs >= row.reading.monotonicNs)
        }
    }

    @Test("A connection that is cut is made again; nothing of before is lost")
    func reconnects() async throws {
        let rows = try await ClockBench.run(.shared) { bench in
            bench.link.probe(at: .burst(agents: 1))
            bench.onRow = { count in
                if count == 42 || count == 85 { bench.cut() }
                guard count == 130 else { return }
                #expect(bench.introductions == 3)
                bench.end()
            }
        }
        #expect(rows.count == 130)
        let exchanges = rows.map(\.exchange)
        // Trains are numbered on over all connections, and a cut one ends where it was cut.
        #expect(zip(exchanges, exchanges.dropFirst()).allSatisfy { $0.train <= $1.train })
        #expect(exchanges[41].member == 1)
        #expect(exchanges[42].member == 0 && exchanges[42].train == exchanges[41].train + 1)
        #expect(exchanges[42].t1 - exchanges[41].t4 >= 100_000_000)
        #expect(exchanges.allSatisfy { $0.t1 <= $0.t2 && $0.t3 <= $0.t4 })
    }

    @Test(
        "The end waits until a dead connection is back, known dead or not, and the burst follows",
        arguments: [true, false])
    func concludes(isKnown: Bool) async throws {
        let rows = try await ClockBench.run(.insecure(beyondLoopback: false)) { bench in
            bench.link.probe(at: .burst(agents: 1))
            bench.onRow = { count in
                guard count == 41 else { return }
                if isKnown { bench.cut() } else { bench.stall() }
                bench.loop.next {
                    bench.link.conclude(at: .burst(agents: 1)) { bench.end() }
                }
            }
        }
        // 100 trains of four in the second after the connection was there again, less what a busy
        // machine takes.
        #expect(rows.count > 41 + 100)
        let last = rows.suffix(rows.count - 41).map(\.exchange)
        #expect((last.last?.t4 ?? 0) - (last.first?.t1 ?? 0) > 800_000_000)
    }

    @Test("A newer connection is probed at once, whatever the older one still owes")
    func replaced() async throws {
        let rows = try await ClockBench.run(.insecure(beyondLoopback: false)) { bench in
            bench.link.probe(at: .burst(agents: 1))
            bench.onRow = { count in
                // The train's next probe is out, and never answered.
                if count == 42 { bench.redial() }
                guard count == 60 else { return }
                #expect(bench.introductions == 2)
                bench.end()
            }
        }
        let (last, next) = (rows[41].exchange, rows[42].exchange)
        #expect(last.member == 1 && next.member == 0 && next.train == last.train + 1)
        #expect(TimeSpan(ns: next.t1 - last.t4) < ProbeTrains.silence)
    }

    @Test("20 trains a second each, 4,000 together, and bursts of 100")
    func paces() {
        #expect(ClockLink.Pace.run(agents: 1).interval == .milliseconds(50))
        #expect(ClockLink.Pace.run(agents: 200).interval == .milliseconds(50))
        #expect(ClockLink.Pace.run(agents: 1_000).interval == .milliseconds(250))
        #expect(ClockLink.Pace.run(agents: 4_000).interval == .seconds(1))
        #expect(ClockLink.Pace.burst(agents: 100).interval == .milliseconds(10))
        #expect(ClockLink.Pace.burst(agents: 1_000).interval == .milliseconds(100))
    }
}

@Suite("The coordinator's own clocks")
struct OwnClocksTests {
    @Test("A row is kept every 0.9 s, and where a clock moved by itself")
    func rows() throws {
        let loop = try EventLoop(name: "ledger")
        loop.post {
            let clocks = OwnClocks(loop: loop)
            var offset: Int64 = 5
            for step in 0...40 {
                if step == 23 { offset += 1_000_000 }
                let ns = Int64(step) * 100_000_000
                clocks.take(
                    ClockReading(
                        rawNs: ns, monotonicNs: ns, boottimeNs: ns, realtimeNs: ns + offset),
                    bracket: TimeSpan(ns: 200))
            }
            let rows = clocks.takeRows()
            #expect(rows.map { $0.rawNs / 100_000_000 } == [0, 9, 18, 23, 32])
            // A row is handed out once.
            #expect(clocks.takeRows().isEmpty)
            // A reading that took long says as little of the next one as of the one before.
            func take(_ ns: Int64, ahead: Int64, bracket: Int64) {
                clocks.take(
                    ClockReading(
                        rawNs: ns, monotonicNs: ns, boottimeNs: ns, realtimeNs: ns + ahead),
                    bracket: TimeSpan(ns: bracket))
            }
            take(5_000_000_000, ahead: offset, bracket: 2_000_000)
            take(5_100_000_000, ahead: offset + 1_000_000, bracket: 200)
            #expect(clocks.takeRows().map(\.rawNs) == [5_000_000_000])
            clocks.stop()
            loop.requestStop()
        }
        loop.runOnThisThread()
    }
}

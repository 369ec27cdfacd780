import Agent
import CReceiver
import EngineModel
import EventLoop
import Glibc
import ServingClient
import TimeBase
package import TokenLog
import Workload

/// Stamps and lateness of a client that shares its processors with threads that compute without a
/// pause, as a server on the same node does: at normal priority, and at the one that an agent asks
/// for.
///
/// Both are measured in turn, several times, beside the same threads. The engine that answers is a
/// normal thread: what it sends late is late, and its truth file says so.
package struct BusyFidelity {
    private let loops: Int
    private let rounds: Int
    private let requests: Int
    private let tokens: Int
    private let interval: TimeSpan

    /// - Parameter loops: threads that compute, at least 1.
    package init(_ size: BenchSize, loops: Int) {
        self.loops = loops
        rounds = size == .full ? 4 : 1
        requests = size == .full ? 120 : 8
        tokens = size == .full ? 40 : 4
        interval = size == .full ? .milliseconds(20) : .milliseconds(10)
    }

    /// Rows that were found, and the priority that was to be had for them: where none was, there
    /// are only rows of the normal one.
    package struct Found: Sendable {
        package var rows: [BenchRow]
        package var priority: PriorityAudit
    }

    /// Measures and verifies; rows of the higher priority have those of the normal one as their
    /// floor.
    ///
    /// - Throws: ``BenchFailure`` when a token is lost, a thread has another priority than its
    ///   audit says, or the computing threads did not compute.
    package func measured() throws(BenchFailure) -> Found {
        guard let busy = legato_busy_start(UInt32(loops)) else {
            throw wrong("no threads to compute: \(String(cString: strerror(errno)))")
        }
        defer { legato_busy_finish(busy) }
        var normal = BusyMeasurement()
        var raised = BusyMeasurement()
        for round in 0..<rounds {
            // Each goes first as often: what changes slowly on the machine then meets both.
            let order: [ThreadPriority] =
                round.isMultiple(of: 2) ? [.normal, .realTime] : [.realTime, .normal]
            for priority in order {
                let part = try measure(priority, busy)
                if priority == .normal { normal.add(part) } else { raised.add(part) }
            }
        }
        guard normal.loopCores > 0.1 else {
            throw wrong("the \(loops) threads got \(normal.loopCores) cores, so nothing was busy")
        }
        let name = "\(loops) loops"
        var rows = normal.rows("\(name), normal", floor: nil)
        guard let priority = raised.priority else { throw wrong("no priority was asked for") }
        if priority.got != .normal {
            rows += raised.rows("\(name), \(priority.got.name)", floor: normal)
        }
        return Found(rows: rows, priority: priority)
    }

    private func measure(
        _ priority: ThreadPriority, _ busy: OpaquePointer
    ) throws(BenchFailure) -> BusyMeasurement {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.path + "/truth.csv"
        let begun = (
            work: legato_busy_work(busy), cpu: legato_busy_cpu_ns(busy), at: RawClock.now()
        )
        let outcome = try serve(priority, truth: path)
        var part = BusyMeasurement()
        part.wallNs = (RawClock.now() - begun.at).ns
        part.work = legato_busy_work(busy) - begun.work
        part.loopCPUNs = legato_busy_cpu_ns(busy) - begun.cpu
        part.clientCPUNs = outcome.cpuNs
        part.clientWallNs = outcome.wall.ns
        part.priority = outcome.priority
        try verify(outcome)
        let truth = try TruthFile(path: path)
        for (request, stamps) in outcome.stampsByRequest().enumerated() {
            let id = UInt32(request)
            let sent = truth.sentNs(request: "busy-\(request)")
            guard stamps.count == tokens, sent.count == tokens, let due = outcome.due[id],
                let left = outcome.sent[id]
            else {
                throw wrong(
                    "request \(request) of \(tokens) tokens was sent \(sent.count) and has "
                        + "\(stamps.count) stamps")
            }
            part.errors.add(stamps: stamps[...], sent: sent[...])
            part.lateness.append((left - due).ns)
            part.clientTTFT.append((left - due).ns + abs(stamps[0] - sent[0]))
        }
        for record in outcome.records { part.events.add(UInt64(record.events), record.source) }
        return part
    }

    private func verify(_ outcome: ClientDrive.Outcome) throws(BenchFailure) {
        guard outcome.completed == requests else {
            throw wrong("\(outcome.completed) of \(requests) requests completed")
        }
        let isRoundRobin = outcome.policy & 0xFF == SCHED_RR
        guard let audit = outcome.priority, isRoundRobin == (audit.got == .realTime) else {
            throw wrong("the client's thread has policy \(outcome.policy), not what it was given")
        }
    }

    /// Runs the engine on a loop of its own, and the client on this thread.
    private func serve(
        _ priority: ThreadPriority, truth: String
    ) throws(BenchFailure) -> ClientDrive.Outcome {
        do throws(SystemError) {
            let engine = try ServedEngine(truth: truth)
            defer { engine.stop() }
            let requests = EngineRequests(run: "busy", count: requests, tokens: tokens)
            let (target, prepared) = requests.prepared(port: engine.port)
            return try ClientDrive.run(
                target, prepared, pace: .every(interval), expectedTokens: tokens,
                priority: priority)
        } catch {
            throw wrong("\(error)")
        }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .fidelity, problem: problem)
    }
}

/// Measurements of some runs of one priority.
private struct BusyMeasurement {
    var errors = StampErrors()
    /// Sent minus due of every request, ns.
    var lateness: [Int64] = []
    /// Lateness and the first stamp's error together, ns: what of a TTFT is the client's own.
    var clientTTFT: [Int64] = []
    var events = ClientAudit.Events()
    var priority: PriorityAudit?
    var clientCPUNs: Int64 = 0
    var clientWallNs: Int64 = 0
    /// Steps of the computing threads, and their CPU time, over `wallNs`.
    var work: UInt64 = 0
    var loopCPUNs: Int64 = 0
    var wallNs: Int64 = 0

    mutating func add(_ part: BusyMeasurement) {
        errors.add(part.errors)
        lateness += part.lateness
        clientTTFT += part.clientTTFT
        events.add(part.events)
        priority = part.priority
        clientCPUNs += part.clientCPUNs
        clientWallNs += part.clientWallNs
        work += part.work
        loopCPUNs += part.loopCPUNs
        wallNs += part.wallNs
    }

    var loopCores: Double { wallNs == 0 ? 0 : Double(loopCPUNs) / Double(wallNs) }
    private var workRate: Double { Double(work) * 1e9 / Double(max(1, wallNs)) }
    private var clientCores: Double { Double(clientCPUNs) / Double(max(1, clientWallNs)) }

    func rows(_ name: String, floor: BusyMeasurement?) -> [BenchRow] {
        var audit = ClientAudit()
        audit.events = events
        // Goals of stamps are those of a machine that nothing else uses.
        var rows = errors.rows(name, floor: floor?.errors, joinedShare: audit.joinedShare).map {
            row in
            var row = row
            if row.unit == "us" { row.goal = nil }
            return row
        }
        for (title, rank) in [("p50", 0.5), ("p99", 0.99), ("max", 1)] {
            rows.append(
                span("\(name), lateness \(title)", lateness, floor?.lateness, rank))
        }
        for (title, rank) in [("p50", 0.5), ("p99", 0.99)] {
            rows.append(
                span(
                    "\(name), client's TTFT \(title)", clientTTFT, floor?.clientTTFT, rank))
        }
        rows.append(
            BenchRow(
                benchmark: .fidelity, name: "\(name), client's CPU", value: clientCores,
                unit: "cores", floor: floor?.clientCores))
        rows.append(
            BenchRow(
                benchmark: .fidelity, name: "\(name), work of the loops", value: workRate,
                unit: "steps/s", floor: floor?.workRate))
        return rows
    }

    private func span(
        _ name: String, _ values: [Int64], _ floor: [Int64]?, _ rank: Double
    ) -> BenchRow {
        BenchRow(
            benchmark: .fidelity, name: name, value: StampErrors.quantile(rank, values) ?? 0,
            unit: "us", floor: floor.flatMap { StampErrors.quantile(rank, $0) })
    }
}

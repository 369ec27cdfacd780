import CReceiver
import EngineServer
import EventLoop
import Glibc
import ServingClient
import TimeBase
import TokenLog

/// How far the client's stamps are from the instants at which a server really sent.
///
/// Both read CLOCK_MONOTONIC_RAW of one host, so nothing is mapped and nothing is hidden by a fit.
/// A sender notes the instant just before its write, and the kernel stamps within it: what a
/// loopback write takes is the least error that can be seen.
struct FidelityBenchmark {
    private let streams: Int
    private let tokens: Int

    init(_ size: BenchSize) {
        streams = size == .full ? 64 : 8
        tokens = size == .full ? 200 : 20
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let periodNs: Int64 = 20_000_000
        return try sourceRows("\(streams) paced streams", .spread(periodNs: periodNs))
            + sourceRows("\(streams) streams in step", .inStep(periodNs: periodNs)) + engineRows()
    }

    // MARK: A source in C

    /// The client's stamps beside those of a C program that reads the clock after recv.
    private func sourceRows(
        _ name: String, _ pace: StreamSource.Pace
    ) throws(BenchFailure) -> [BenchRow] {
        let stream = SampleStream(events: tokens)
        let floor = try receiveInC(stream, pace)
        let source = try StreamSource(stream, connections: streams, pace: pace)
        let outcome: ClientDrive.Outcome
        do throws(SystemError) {
            outcome = try ClientDrive.run(
                port: source.port, requests: streams, expectedTokens: tokens)
        } catch {
            throw wrong("\(error)")
        }
        let errors = try Self.errors(
            outcome.stampsByRequest(), sent: try source.finish(), tokens: tokens)
        return errors.rows(name, floor: floor, joinedShare: outcome.joinedShare)
    }

    private func receiveInC(
        _ stream: SampleStream, _ pace: StreamSource.Pace
    ) throws(BenchFailure) -> StampErrors {
        let source = try StreamSource(stream, connections: streams, pace: pace)
        var received = legato_received()
        var stamps = Array(repeating: Int64(0), count: streams * tokens)
        let code = stamps.withUnsafeMutableBufferPointer { stamps in
            // Sound: neither buffer is empty, and both outlive the call.
            var wanted = legato_stamps(
                head: stream.head.count, event: stream.event.count, events: UInt32(tokens),
                ns: stamps.baseAddress!)
            return ClientDrive.plainRequest.withUnsafeBufferPointer { request in
                legato_receive(
                    source.port, UInt32(streams),
                    legato_piece(bytes: request.baseAddress!, size: request.count),
                    UInt64(stream.byteCount), &wanted, &received)
            }
        }
        let sent = try source.finish()
        guard code == 0 else { throw wrong("the C receiver: \(String(cString: strerror(code)))") }
        return try Self.errors(
            (0..<streams).map { Array(stamps[$0 * tokens..<($0 + 1) * tokens]) }, sent: sent,
            tokens: tokens)
    }

    private static func errors(
        _ stamps: [[Int64]], sent: [Int64], tokens: Int
    ) throws(BenchFailure) -> StampErrors {
        var errors = StampErrors()
        for (stream, own) in stamps.enumerated() {
            guard own.count == tokens, !own.contains(0) else {
                throw BenchFailure(
                    benchmark: .fidelity,
                    problem: "stream \(stream) has \(own.count) stamps of \(tokens) tokens")
            }
            errors.add(stamps: own[...], sent: sent[stream * tokens..<(stream + 1) * tokens])
        }
        return errors
    }

    // MARK: The embedded engine

    /// The client's stamps against the engine's truth file; the floor is what a write takes.
    private func engineRows() throws(BenchFailure) -> [BenchRow] {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.path + "/truth.csv"
        let outcome = try serveAndMeasure(truth: path)
        let truth = try TruthFile(path: path)
        var errors = StampErrors()
        for (request, stamps) in outcome.stampsByRequest().enumerated() {
            let sent = truth.sentNs(request: "fidelity-\(request)")
            guard stamps.count == tokens, sent.count == tokens else {
                throw wrong(
                    "request \(request) of \(tokens) tokens was sent \(sent.count) and has "
                        + "\(stamps.count) stamps")
            }
            errors.add(stamps: stamps[...], sent: sent[...])
        }
        guard outcome.completed == streams else {
            throw wrong("\(outcome.completed) of \(streams) requests completed")
        }
        let floor = try Self.sendSpans()
        var rows = errors.rows("engine, \(streams) streams", joinedShare: outcome.joinedShare)
        rows[0].floor = Double(floor.sorted()[floor.count / 2]) / 1e3
        return rows
    }

    /// The times that writes of an event's size take on the loopback, ns.
    private static func sendSpans() throws(BenchFailure) -> [Int64] {
        var spans = [Int64](repeating: 0, count: 2_000)
        let code = legato_time_sends(
            UInt32(spans.count), SampleStream(events: 1).event.count, &spans)
        guard code == 0 else {
            throw BenchFailure(
                benchmark: .fidelity,
                problem: "no loopback connection: \(String(cString: strerror(code)))")
        }
        return spans
    }

    /// Runs the engine on a loop of its own, and the client on this thread.
    private func serveAndMeasure(truth path: String) throws(BenchFailure) -> ClientDrive.Outcome {
        do throws(SystemError) {
            let engine = try ServedEngine(truth: path)
            let outcome: ClientDrive.Outcome
            do throws(SystemError) {
                let requests = EngineRequests(run: "fidelity", count: streams, tokens: tokens)
                let (target, prepared) = requests.prepared(port: engine.port)
                outcome = try ClientDrive.run(
                    target, prepared, pace: .concurrency(streams), expectedTokens: tokens)
            } catch {
                engine.stop()
                throw error
            }
            engine.stop()
            return outcome
        } catch {
            throw wrong("\(error)")
        }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .fidelity, problem: problem)
    }
}

extension ClientDrive.Outcome {
    /// The stamp of every token, a list a request; ns of CLOCK_MONOTONIC_RAW.
    func stampsByRequest() -> [[Int64]] {
        var stamps = Array(repeating: [Int64](), count: tokens.count)
        for record in records {
            for _ in 0..<record.count { stamps[Int(record.request)].append(record.stamp.ns) }
        }
        return stamps
    }

    /// The share of events that shared a read with another; nil without events.
    fileprivate var joinedShare: Double? {
        var events = ClientAudit.Events()
        for record in records { events.add(UInt64(record.events), record.source) }
        var audit = ClientAudit()
        audit.events = events
        return audit.joinedShare
    }
}

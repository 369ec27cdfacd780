import CReceiver
import EngineModel
import EngineServer
import EventLoop
import Glibc
import ServingClient
import TimeBase
import TokenLog
import Workload

/// How far the client's stamps are from the instants at which the engine really sent.
///
/// Both read CLOCK_MONOTONIC_RAW of one host, so nothing is mapped and nothing is hidden by a fit.
/// The engine notes the instant after its write; the kernel stamps within it. What a loopback write
/// takes is therefore the floor: nearer than that the truth itself is not known.
struct FidelityBenchmark {
    private let requests: Int
    private let tokens: Int

    init(_ size: BenchSize) {
        requests = size == .full ? 64 : 8
        tokens = size == .full ? 200 : 20
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.path + "/truth.csv"
        let outcome = try serveAndMeasure(truth: path)
        let truth = try TruthFile(path: path)
        var errors: [Int64] = []
        var firsts: [Int64] = []
        var places = Array(repeating: 0, count: requests)
        for record in outcome.records {
            let request = Int(record.request)
            for _ in 0..<record.count {
                let place = places[request]
                places[request] += 1
                guard let sent = truth.sentNs(request: "fidelity-\(request)", token: place) else {
                    throw wrong("the engine sent no token \(place) of request \(request)")
                }
                errors.append(abs(record.stamp.ns - sent))
                if place == 0 { firsts.append(record.stamp.ns - sent) }
            }
        }
        guard truth.count == requests * tokens, errors.count == truth.count,
            outcome.completed == requests
        else {
            throw wrong(
                "\(truth.count) tokens were sent and \(errors.count) stamped, of \(requests * tokens)"
            )
        }
        let floor = try Self.sendSpans()
        return rows(errors, floor, name: "|stamp - true send|")
            + rows(firsts.map(abs), floor, name: "|TTFT error|")
    }

    private func rows(_ errors: [Int64], _ floor: [Int64], name: String) -> [BenchRow] {
        let sorted = errors.sorted()
        let least = floor.sorted()
        func at(_ rank: Double, _ values: [Int64]) -> Double {
            Double(values[min(values.count - 1, Int(rank * Double(values.count)))]) / 1e3
        }
        return [("p50", 0.5), ("p99", 0.99), ("max", 1)].map { label, rank in
            BenchRow(
                benchmark: .fidelity, name: "\(requests) streams, \(name) \(label)",
                value: at(rank, sorted), unit: "us", floor: at(rank, least))
        }
    }

    /// What writes of an event's size take on the loopback, ns.
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
                outcome = try ClientDrive.run(
                    port: engine.port, try prepared(port: engine.port), expectedTokens: tokens)
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

    private func prepared(port: UInt16) throws(SystemError) -> [PreparedRequest] {
        let options = RequestOptions(
            runID: "fidelity", model: EngineOptions().model.publishedName)
        do {
            let target = try Target(parsing: "http://127.0.0.1:\(port)")
            let builder = try RequestBuilder(targets: [target], options: options)
            return (0..<UInt32(requests)).map { id in
                builder.prepare(
                    PlannedRequest(
                        index: id, phase: .scored, stage: 0, classIndex: 0, session: id, turn: 0,
                        scheduledNs: 0, thinkNs: 0, inputTokens: 32, outputTokens: UInt32(tokens),
                        prompt: [PromptSegment(seed: UInt64(id), tokens: 32)]), target: 0)
            }
        } catch {
            preconditionFailure("plain options make a request: \(error)")
        }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .fidelity, problem: problem)
    }
}

import Goodput
import Results
import Storage
import TokenLog

/// How far the token times of a finished run are from what its server says that it sent.
///
/// Coordinator, agents and server must have shared one host: the truth file holds its
/// CLOCK_MONOTONIC_RAW, onto which the run's timeline is moved back by the manifest's epoch. The
/// times compared are those that the run reports, so the mapping of the agents' clocks is in the
/// errors.
package enum RunFidelity {
    /// Errors from here on are no errors of stamps, ns.
    private static let otherClockNs: Int64 = 60_000_000_000

    /// - Parameters:
    ///   - run: a run directory.
    ///   - truth: the file that `legato engine --truth` wrote meanwhile.
    /// - Throws: ``BenchFailure`` with the file, or with the request whose tokens do not fit.
    package static func rows(run: String, truth: String) throws(BenchFailure) -> [BenchRow] {
        let result: RunResult
        do throws(FileProblem) {
            let folder = try RunDirectory(reading: run)
            result = try folder.result(folder.manifest())
        } catch {
            throw BenchFailure(benchmark: .fidelity, problem: "\(error)")
        }
        return try rows(result, try TruthFile(path: truth))
    }

    static func rows(_ result: RunResult, _ truth: TruthFile) throws(BenchFailure) -> [BenchRow] {
        var errors = StampErrors()
        var tokens = 0
        for request in result.requests {
            let stamps = (request.tokens ?? []).flatMap { event in
                Array(repeating: event.time + result.header.epoch.raw, count: Int(event.count))
            }
            let name = MeasuredRequest.requestID(run: result.header.runID, id: request.id)
            let sent = truth.sentNs(request: name)
            // A server goes on sending until it sees that a client has gone.
            guard
                request.outcome == .completed
                    ? stamps.count == sent.count : stamps.count <= sent.count
            else {
                throw wrong(
                    "request \(name) has \(stamps.count) tokens in the run and \(sent.count) in "
                        + "the truth file; is it the file of this run's server, whole?")
            }
            if let stamp = stamps.first, abs(stamp - sent[0]) > otherClockNs {
                throw wrong(
                    "request \(name) was stamped \(abs(stamp - sent[0]) / 1_000_000_000) s from "
                        + "its send: the truth file is of another host, or of another boot of this "
                        + "one")
            }
            errors.add(stamps: stamps[...], sent: sent.prefix(stamps.count))
            tokens += stamps.count
        }
        guard tokens > 0 else { throw wrong("the run has no token to compare") }
        var events = ClientAudit.Events()
        for agent in result.header.agents { events.add(agent.audit?.events ?? .init()) }
        var audit = ClientAudit()
        audit.events = events
        return [
            BenchRow(
                benchmark: .fidelity, name: "run, tokens compared", value: Double(tokens),
                unit: "tokens")
        ] + errors.rows("run", joinedShare: audit.joinedShare)
    }

    private static func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .fidelity, problem: problem)
    }
}

extension ClientAudit.Events {
    mutating func add(_ other: Self) {
        kernel += other.kernel
        kernelJoined += other.kernelJoined
        callback += other.callback
        callbackJoined += other.callbackJoined
    }
}

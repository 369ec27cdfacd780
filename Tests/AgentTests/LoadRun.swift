import EventLoop
import LoopRuns
import ServingClient
import TimeBase
import TokenLog
import Wire
import Workload

@testable import Agent

/// A load's whole course against servers on its own loop.
struct LoadRun {
    /// Servers that live as long as the run.
    struct Servers {
        var ports: [UInt16]
        var close: () -> Void
    }

    var requests: [PlannedRequest]
    var stage: StagePlan
    var rounds: PlanRounds?
    var drain = TimeSpan.seconds(10)

    /// Runs it; gives all records, each kind in the order in which they were logged.
    func records(_ serve: @escaping @Sendable (EventLoop) -> Servers) async throws -> LogBatch {
        let loop = try EventLoop(name: "load-run", measuresLoad: true)
        let records: Result<LogBatch, PreparationFailure> = await loop.runUntilDone { done in
            let servers = serve(loop)
            let targets = servers.ports.map { try! Target(parsing: "http://127.0.0.1:\($0)") }
            var driver: LoadDriver!
            let end = { (result: Result<LogBatch, PreparationFailure>) in
                driver.close {
                    servers.close()
                    loop.next {
                        withExtendedLifetime((driver, servers)) {
                            done(result)
                        }
                        driver = nil
                    }
                }
            }
            var records = LogBatch()
            driver = try! LoadDriver(loop: loop, onStarted: { _ in }) { flush in
                records.sent += flush.records.sent
                records.tokens += flush.records.tokens
                records.finishes += flush.records.finishes
                if flush.end != nil { loop.next { end(.success(records)) } }
            }
            let configuration = RunConfiguration(
                endpoint: .chat, model: "", probes: false, stages: [stage], classNames: ["a"],
                timeouts: RequestTimeouts(), drainNs: drain.ns, graceNs: 0,
                requests: UInt32(requests.count), rounds: rounds, seed: 1)
            driver.prepare(
                configuration, RequestShard(requests: requests, texts: [:]), runID: "test",
                targets: targets, access: TargetAccess(), progress: { _ in }
            ) { result in
                switch result {
                case .success: driver.arm(start: RawClock.now())
                case .failure(let failure): end(.failure(failure))
                }
            }
        }
        return try records.get()
    }
}

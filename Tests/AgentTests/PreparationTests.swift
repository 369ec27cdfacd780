import EngineServer
import EventLoop
import LoopRuns
import ServingClient
import Testing
import TokenLog
import Wire
import Workload

@testable import Agent

@Suite struct PreparationTests {
    /// Prepares a load of these stages against an engine, and returns what the coordinator is told.
    private func prepare(_ stages: [StagePlan], targets: Int = 1) async throws -> Ready {
        let loop = try EventLoop(name: "preparation-test")
        let result: Result<Ready, PreparationFailure> = await loop.runUntilDone { done in
            let engine = try! EngineServer(
                loop: loop, configuration: EngineServer.Configuration())
            let driver = try! LoadDriver(loop: loop, onStarted: { _ in }, onFlush: { _ in })
            let target = try! Target(parsing: "http://127.0.0.1:\(engine.localPort)")
            let configuration = RunConfiguration(
                endpoint: .chat, model: "", probes: false, stages: stages, classNames: ["a"],
                timeouts: RequestTimeouts(), drainNs: 0, graceNs: 0, requests: 0, seed: 1)
            var access = TargetAccess()
            try! access.fields.add("x-team: secret")
            driver.prepare(
                configuration, RequestShard(requests: [], texts: [:]), runID: "test",
                targets: Array(repeating: target, count: targets), access: access,
                progress: { _ in }
            ) { result in
                driver.close {
                    engine.close()
                    loop.next {
                        withExtendedLifetime((driver, engine)) {
                            done(result)
                        }
                    }
                }
            }
        }
        return try result.get()
    }

    private func closed(_ concurrency: UInt32) -> StagePlan {
        StagePlan(kind: .closed(concurrency: concurrency), beginNs: 0, endNs: nil)
    }

    @Test func aClosedLoopFindsItsConnectionsOpen() async throws {
        let open = StagePlan(kind: .open, beginNs: 0, endNs: 1_000_000_000)
        #expect(try await prepare([open]).connections == 16)
        #expect(try await prepare([closed(5)]).connections == 16)
        #expect(try await prepare([closed(40), closed(70)]).connections == 70)
        // A session stays on one target: they share the load.
        #expect(try await prepare([closed(41)], targets: 2).connections == 42)
    }

    @Test func headersAreNamedWithoutTheirValues() async throws {
        let ready = try await prepare([closed(1)])
        #expect(ready.headerNames == ["x-team"])
        #expect(ready.targets.map(\.tls) == [nil])
        #expect(!"\(ready)".contains("secret"))
    }
}

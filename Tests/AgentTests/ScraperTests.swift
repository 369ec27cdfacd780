import EventLoop
import HTTP
import LoopRuns
import ServingClient
import TargetFixtures
import Testing
import TimeBase
import TokenLog

@testable import Agent

/// A scraper and its servers, all on one loop.
private final class ScraperBench {
    struct Outcome: Sendable {
        var records: [ScrapeRecord] = []
        /// Paths that each server was asked for.
        var paths: [[String]] = []
    }

    private let loop: EventLoop
    private let limit: LoopTimer
    private var servers: [FieldServer] = []
    private var client: ServingClient!
    private var scraper: Scraper!
    private let sink = Deaf()
    private var outcome = Outcome()
    private let isEnough: (Outcome) -> Bool
    private let done: (Outcome) -> Void

    private init(
        loop: EventLoop, _ isEnough: @escaping (Outcome) -> Bool,
        _ done: @escaping (Outcome) -> Void
    ) {
        self.loop = loop
        self.isEnough = isEnough
        self.done = done
        limit = LoopTimer(loop: loop)
    }

    /// Asks servers of these rules each 50 ms until that is enough, or 15 s are over.
    static func run(
        _ rules: [FieldRules], until isEnough: @escaping @Sendable (Outcome) -> Bool
    ) async throws -> Outcome {
        let loop = try EventLoop(name: "scraper")
        return await loop.runUntilDone { done in
            let bench = ScraperBench(loop: loop, isEnough, { done($0) })
            bench.begin(rules)
        }
    }

    private func begin(_ rules: [FieldRules]) {
        servers = rules.map { try! FieldServer(loop: loop, $0) }
        let targets = servers.map { try! Target(parsing: "http://127.0.0.1:\($0.port)/v1") }
        // Two models of the last server are two targets.
        client = ServingClient(loop: loop, targets: targets + [targets.last!], sink: sink)
        limit.start(after: .seconds(15)) { self.end() }
        client.open { _ in
            let scraper = Scraper(
                loop: self.loop, servers: self.client.foundServers, access: TargetAccess(),
                interval: .milliseconds(50)
            ) { self.take() }
            self.scraper = scraper
            scraper.begin(at: RawClock.now())
        }
    }

    private func take() {
        outcome.records += scraper.take()
        guard isEnough(outcome) else { return }
        end()
    }

    private func end() {
        limit.close()
        scraper.close()
        client.close()
        outcome.paths = servers.map { $0.requests.map(\.path) }
        for server in servers { server.close() }
        loop.next { [self] in
            scraper = nil
            done(outcome)
        }
    }

    private final class Deaf: StreamSink {
        func requestSent(_ id: UInt32, at instant: LocalInstant) {}
        func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {}
        func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {}
    }
}

@Suite("An agent asks its servers for their metrics")
struct ScraperTests {
    private static let metrics = FieldRules {
        $0.lists["/metrics"] = (200, "vllm:num_requests_running{engine=\"0\"} 3\n")
    }
    private static let none = FieldRules()
    private static let silent = FieldRules {
        $0.lists["/metrics"] = (200, "")
        $0.loadingRequests = .max
        $0.loadingStatus = 503
    }

    @Test("One server answers, one has none, one is busy: each is asked for itself, once a time")
    func servers() async throws {
        let outcome = try await ScraperBench.run([Self.metrics, Self.none, Self.silent]) {
            outcome in
            outcome.records.count { $0.target == 0 } >= 6
                && outcome.records.count { $0.target == 2 } >= 3
        }
        func answers(_ target: UInt16) -> [ScrapeRecord.Answer] {
            outcome.records.filter { $0.target == target }.map(\.answer)
        }
        var figures = ServerFigures()
        figures.running = 3
        #expect(answers(0).allSatisfy { $0 == .figures(figures) } && answers(0).count >= 6)
        let tries = (1...3).map {
            ScrapeRecord.Answer.fault(ScrapeFailure(.httpStatus, status: 404, isLast: $0 == 3))
        }
        #expect(answers(1) == tries)
        let busy = (1...3).map {
            ScrapeRecord.Answer.fault(ScrapeFailure(.httpStatus, status: 503, isLast: $0 == 3))
        }
        #expect(answers(2) == busy)
        // The second model of the last server has no questions of its own.
        #expect(answers(3) == [])
        #expect(outcome.paths.allSatisfy { $0.allSatisfy { $0 == "/metrics" } })
        #expect(outcome.paths[1].count == 3 && outcome.paths[2].count == 3)
        let own = outcome.records.filter { $0.target == 0 }
        for (before, next) in zip(own, own.dropFirst()) { #expect(next.asked > before.at) }
        // Intervals behind the start, to the timers' milliseconds; none is made up for.
        let span = own[own.count - 1].asked - own[0].asked
        #expect(span >= .milliseconds(Int64(own.count - 1) * 50 - 10), "\(span)")
    }
}

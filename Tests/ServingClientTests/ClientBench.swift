import EventLoop
import HTTP
import LoopRuns
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

/// Collects a client's records.
final class Recorder: StreamSink {
    var sent: [UInt32: LocalInstant] = [:]
    /// A record an event.
    var tokens: [TokenRecord] = []
    /// Records as they came.
    var records = 0
    var finished: [FinishRecord] = []
    var retryAfter: [UInt32: TimeSpan] = [:]
    var waits: [UInt32: TimeSpan] = [:]
    var onToken: (TokenRecord) -> Void = { _ in }
    var onFinish: (FinishRecord) -> Void = { _ in }

    func requestWaited(_ id: UInt32, _ wait: TimeSpan) { waits[id] = wait }

    func requestSent(_ id: UInt32, at instant: LocalInstant) { sent[id] = instant }

    func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {
        self.records += records.count
        for record in records {
            for count in record.eventCounts {
                var event = record
                (event.count, event.events) = (count, 1)
                tokens.append(event)
                onToken(event)
            }
        }
    }

    func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {
        finished.append(record)
        self.retryAfter[record.request] = retryAfter
        onFinish(record)
    }
}

/// The results that a test gets back from the loop.
struct Outcomes: Sendable {
    var sent: [UInt32: LocalInstant]
    var tokens: [TokenRecord]
    var records: Int
    var finished: [FinishRecord]
    var retryAfter: [UInt32: TimeSpan]
    var waits: [UInt32: TimeSpan]
    var requests: [HTTPRequest] = []
    var accepted = 0
    var endlessBytes = 0
    var reads = ReadAudit()

    init(_ recorder: Recorder) {
        sent = recorder.sent
        tokens = recorder.tokens
        records = recorder.records
        finished = recorder.finished
        retryAfter = recorder.retryAfter
        waits = recorder.waits
    }

    func finish(_ id: UInt32) -> FinishRecord? { finished.first { $0.request == id } }
}

func plain(_ id: UInt32, target: Int = 0) -> PreparedRequest {
    let head = "POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}"
    return PreparedRequest(id: id, target: target, bytes: Array(head.utf8), prompt: 0..<0)
}

/// Runs a client on a loop of its own against a scripted server, until `count` requests have
/// finished; the client is opened first, then `body` sends.
func drive(
    _ scripts: [[ServerAct]], until count: Int, configuration: ClientConfiguration = .init(),
    _ body: @escaping @Sendable (ServingClient, Recorder) -> Void
) async throws -> Outcomes {
    let loop = try EventLoop(name: "client-test")
    let outcomes = await loop.runUntilDone { done in
        let server = try! ScriptedServer(loop: loop, scripts: scripts)
        let recorder = Recorder()
        let target = try! Target(parsing: "http://127.0.0.1:\(server.port)")
        let client = ServingClient(
            loop: loop, targets: [target], configuration: configuration, sink: recorder)
        body.self(client, recorder)
        let before = recorder.onFinish
        recorder.onFinish = { record in
            before(record)
            guard recorder.finished.count == count else { return }
            loop.next {
                client.close()
                server.close()
                var outcomes = Outcomes(recorder)
                outcomes.reads = client.reads
                outcomes.requests = server.requests
                outcomes.accepted = server.accepted
                outcomes.endlessBytes = server.endlessBytes
                withExtendedLifetime((client, recorder, server)) {
                    done(outcomes)
                }
            }
        }
    }
    return outcomes
}

/// Time limits that a test can wait for.
func briefly(
    firstToken: Int64 = 10_000, betweenTokens: Int64 = 10_000, total: Int64? = nil
) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.timeouts.firstToken = .milliseconds(firstToken)
    configuration.timeouts.betweenTokens = .milliseconds(betweenTokens)
    configuration.timeouts.total = total.map { .milliseconds($0) }
    return configuration
}

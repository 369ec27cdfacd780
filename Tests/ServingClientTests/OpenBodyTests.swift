import AnswerStream
import EventLoop
import Testing
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

/// Servers that leave the body of an answer open which has ended.
@Suite("Bodies that stay open", .serialized) struct OpenBodyTests {
    /// A stream up to `[DONE]`, without the end of its body.
    private static let open = String(eventStream(tokens: 2).dropLast("0\r\n\r\n".count))
    /// A stream up to its finish reason.
    static let unfinished = {
        let line =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
        return eventStream(tokens: 2, ends: false)
            + String(line.utf8.count, radix: 16) + "\r\n\(line)\r\n"
    }()

    /// Calls `body` on the loop once `condition` holds there.
    private func wait(
        _ loop: EventLoop, until condition: @escaping () -> Bool, _ body: @escaping () -> Void
    ) {
        guard !condition() else { return body() }
        let timer = LoopTimer(loop: loop)
        timer.start(after: .milliseconds(1), repeating: .milliseconds(1)) {
            guard condition() else { return }
            timer.close()
            body()
        }
    }

    @Test("[DONE] ends the answer at its stamp, and the next request goes at once")
    func doneIsTheEnd() async throws {
        let outcomes = try await drive([[.write(Self.open)]], until: 3) { client, recorder in
            recorder.onFinish = { record in
                if record.request < 2 { client.send(plain(record.request + 1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed && $0.outputTokens == 2 })
        // All of an answer came in one read, and no later instant is its end.
        for finish in outcomes.finished {
            let last = outcomes.tokens.last { $0.request == finish.request }
            #expect(finish.at == last?.stamp)
        }
        // The connection before waits for the end of its body.
        #expect(outcomes.accepted == 3)
    }

    @Test("Where one connection is allowed, a request that comes after [DONE] waits no second")
    func theNextOneIsNotHeldUp() async throws {
        var configuration = ClientConfiguration()
        configuration.connections = .limited(1)
        let outcomes = try await drive(
            [[.write(Self.open)]], until: 2, configuration: configuration
        ) { client, recorder in
            recorder.onFinish = { if $0.request == 0 { client.send(plain(1)) } }
            client.open { _ in client.send(plain(0)) }
        }
        let wait = try #require(outcomes.waits[1])
        #expect(outcomes.accepted == 2 && wait < .milliseconds(700), "\(wait)")
    }

    @Test("Two seconds of silence behind a finish reason are enough")
    func twoSecondsAreEnough() throws {
        let exchange = Exchange(
            plain(0), memory: ServerMemory(), secrets: .none, at: LocalInstant(ns: 0))
        exchange.sent = LocalInstant(ns: 0)
        var tokens: [AnswerTokens] = []
        Array(Self.unfinished.utf8).withUnsafeBytes { bytes in
            var input = bytes
            _ = exchange.stream.read(&input, into: &tokens)
        }
        exchange.lastToken = LocalInstant(ns: 0)
        func kind(after span: TimeSpan) -> ErrorClass? {
            exchange.overdue(at: LocalInstant(ns: 0) + span, ClientTimeouts())?.kind
        }
        #expect(kind(after: .milliseconds(1_900)) == nil)
        #expect(kind(after: .milliseconds(2_100)) == .betweenTokensTimeout)
    }

    @Test("A body that ends in time leaves its connection to the next request")
    func theRestIsRead() async throws {
        let acts = [ServerAct.write(Self.open), .drip("0\r\n\r\n")]
        let outcomes = try await drive([acts], until: 2) { client, recorder in
            recorder.onFinish = { record in
                guard record.request == 0 else { return }
                wait(client.loop, until: { client.idle[0].count == 1 }) { client.send(plain(1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.accepted == 1 && outcomes.requests.count == 2)
    }

    @Test(
        "A connection whose body does not end, or goes on with rubbish, is dropped and replaced",
        arguments: [
            [ServerAct.write(open)], [.write(open), .drip("rubbish\r\n")],
            // The body's end, and in the same read what nobody asked for.
            [.write(open), .drip("0"), .write("\r\n\r\n" + eventStream(tokens: 7))],
        ])
    func theConnectionIsDropped(acts: [ServerAct]) async throws {
        let outcomes = try await drive([acts, [.write(eventStream(tokens: 1))]], until: 2) {
            client, recorder in
            recorder.onFinish = { record in
                guard record.request == 0 else { return }
                wait(
                    client.loop,
                    until: { client.connectionCount == 1 && client.idle[0].count == 1 }
                ) { client.send(plain(1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.accepted == 2)
        let pause = try #require(outcomes.sent[1]) - (try #require(outcomes.finish(0)?.at))
        if acts.count == 1 { #expect(pause >= ClientTimeouts.afterDone) }
    }

    @Test("A finish reason and then nothing is an answer, ended by its last event")
    func silenceBehindTheFinishReason() async throws {
        let outcomes = try await drive([[.write(Self.unfinished)]], until: 1) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.outcome == .completed && finish.outputTokens == 2)
        #expect(finish.notes.ending == .finishReason && finish.notes.marks == .bodyLeftOpen)
        #expect(finish.at == outcomes.tokens.last?.stamp)
    }
}

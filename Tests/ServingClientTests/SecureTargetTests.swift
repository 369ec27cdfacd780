import EventLoop
import HTTP
import TLSStream
import TargetFixtures
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

@Suite(.serialized) struct SecureTargetTests {
    private let file = AuthorityFile()

    @Test(
        arguments: [
            ("localhost", "127.0.0.1", false, "localhost"),
            ("127.0.0.1", "127.0.0.1", false, nil), ("[::1]", "::1", false, nil),
            ("localhost", "127.0.0.1", true, "localhost"),
        ] as [(String, String, Bool, String?)])
    func aStreamOverTLSGivesItsTokens(
        host: String, address: String, speaksTLS12: Bool, asked: String?
    ) async throws {
        var gateway = Gateway(file)
        gateway.host = host
        gateway.address = address
        gateway.speaksTLS12 = speaksTLS12
        let outcomes = try await drive(
            [[.drip(eventStream(tokens: 5))]], through: gateway, until: 1
        ) { client, _ in client.send(plain(7)) }
        let version = speaksTLS12 ? "TLSv1.2" : "TLSv1.3"
        #expect(outcomes.refusal == nil)
        let finish = try #require(outcomes.client.finish(7))
        #expect(finish.outcome == .completed && finish.outputTokens == 5)
        #expect(outcomes.client.tokens.map(\.count) == [1, 1, 1, 1, 1])
        #expect(outcomes.agreed?.version == version && outcomes.agreed?.isVerified == true)
        let first = try #require(outcomes.clients.first)
        #expect(first.name == asked && first.version == version && first.hasProtocol)
    }

    @Test func recordsKeepTheKernelsStamp() async throws {
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 3))]], through: Gateway(file), until: 1
        ) { client, _ in client.send(plain(0)) }
        // One write of the server is one record, one read and one stamp, and so they are joined.
        let tokens = outcomes.client.tokens
        #expect(tokens.count == 3 && Set(tokens.map(\.stamp)).count == 1)
        #expect(tokens.allSatisfy { $0.source == .kernelJoined })
        let sent = try #require(outcomes.client.sent[0])
        #expect(tokens.allSatisfy { $0.stamp > sent })
    }

    @Test(arguments: [TLSForwarder.Manner.dripping, .updatingKeys])
    func anySplitAndEveryKeyIsTaken(manner: TLSForwarder.Manner) async throws {
        var gateway = Gateway(file)
        gateway.manner = manner
        var configuration = ClientConfiguration()
        configuration.spareTLSConnections = 0
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 2))]], through: gateway, until: 4,
            configuration: configuration
        ) { client, recorder in
            recorder.onFinish = { record in
                if record.request < 3 { client.send(plain(record.request + 1)) }
            }
            client.send(plain(0))
        }
        #expect(outcomes.client.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.client.tokens.count == 8)
        // Tickets and key updates on an idle connection do not use it up.
        #expect(outcomes.accepted == 1)
    }

    @Test func aLargeRequestIsSentWholeAndStampedAtItsEnd() async throws {
        let length = 8 << 20
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 1))]], through: Gateway(file), until: 1
        ) { client, _ in
            var request = plain(0)
            request.bytes = Array(
                "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: \(length)\r\n\r\n".utf8)
            request.bytes += [UInt8](repeating: 0x61, count: length)
            client.send(request)
        }
        #expect(outcomes.client.finish(0)?.outcome == .completed)
        #expect(outcomes.client.requests.first?.body.count == length)
    }

    /// A body that the connection's end delimits is whole only where TLS says goodbye, unless the
    /// answer has its finish reason, which came through TLS.
    @Test(arguments: [TLSForwarder.Manner.orderly, .cutting], [true, false])
    func aCutIsNoEnd(manner: TLSForwarder.Manner, hasReason: Bool) async throws {
        var gateway = Gateway(file)
        gateway.manner = manner
        let usage = #"data: {"choices":[],"usage":{"completion_tokens":1}}"# + "\n\n"
        let reason = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
            + #"data: {"choices":[{"index":0,"delta":{"content":"a"}}]}"# + "\n\n"
            + (hasReason ? reason : usage)
        let outcomes = try await drive([[.write(answer), .close]], through: gateway, until: 1) {
            client, _ in client.send(plain(0))
        }
        let finish = try #require(outcomes.client.finish(0))
        #expect(outcomes.client.tokens.count == 1)
        switch (manner, hasReason) {
        case (.cutting, false):
            #expect(finish.error?.kind == .closedEarly)
            #expect(finish.error?.detail.contains("without a close_notify") == true)
        case (.cutting, true):
            #expect(finish.outcome == .completed && finish.notes.marks == .bodyLeftOpen)
        default:
            #expect(finish.outcome == .completed && finish.outputTokens == 1)
            #expect(finish.notes.ending == (hasReason ? .finishReason : .usage))
        }
    }

    @Test(arguments: [TLSForwarder.Manner.orderly, .cutting])
    func anEarlyEndSaysWhere(manner: TLSForwarder.Manner) async throws {
        var gateway = Gateway(file)
        gateway.manner = manner
        let acts: [ServerAct] = [.write(eventStream(tokens: 2, ends: false)), .close]
        let outcomes = try await drive([acts], through: gateway, until: 1) { client, _ in
            client.send(plain(0))
        }
        let error = try #require(outcomes.client.finish(0)?.error)
        #expect(error.kind == .closedEarly && error.detail.contains("before the last chunk"))
        #expect(outcomes.client.tokens.count == 2)
    }

    @Test func anIdleConnectionThatTheServerEndedIsReplaced() async throws {
        let answer = [ServerAct.write(eventStream(tokens: 1)), .close]
        let outcomes = try await drive([answer], through: Gateway(file), until: 3) {
            client, recorder in
            let pause = LoopTimer(loop: client.loop)
            recorder.onFinish = { record in
                guard record.request < 2 else { return pause.close() }
                pause.start(after: .milliseconds(20)) { client.send(plain(record.request + 1)) }
            }
            client.send(plain(0))
        }
        #expect(outcomes.client.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.client.requests.count == 3)
    }

    @Test func connectionsAreKeptReadyAheadOfNeed() async throws {
        var configuration = briefly(betweenTokens: 300)
        configuration.spareTLSConnections = 2
        let stalled = [ServerAct.write(eventStream(tokens: 1, ends: false))]
        let outcomes = try await drive(
            [stalled], through: Gateway(file), until: 3, configuration: configuration
        ) { client, _ in
            for id in 0..<3 { client.send(plain(UInt32(id))) }
        }
        // The first, two more that were needed at once, and two that nobody needed.
        #expect(outcomes.accepted == 5)
        #expect(outcomes.client.finished.count == 3)
    }
}

import EventLoop
import Testing
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

@Suite("Which connections requests go out on", .serialized) struct ConnectionRuleTests {
    private func ruled(_ rule: ConnectionRule) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.connections = rule
        return configuration
    }

    @Test("fresh: a new connection a request, opened when it is sent")
    func fresh() async throws {
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 1))]], until: 4, configuration: ruled(.fresh)
        ) { client, recorder in
            recorder.onFinish = { record in
                #expect(client.connectionCount == 0)
                if record.request < 3 { client.send(plain(record.request + 1)) }
            }
            client.open { _ in
                client.prepareConnections(8, target: 0) { ready, _ in
                    #expect(ready == 1)  // the one that showed that the server is there
                    client.send(plain(0))
                }
            }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.accepted == 4 && outcomes.requests.count == 4)
    }

    @Test("A limit: requests wait for a connection, the first to come first", arguments: [1, 2, 5])
    func limited(limit: Int) async throws {
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 1))]], until: 6,
            configuration: ruled(.limited(UInt16(limit)))
        ) { client, recorder in
            recorder.onFinish = { _ in #expect(client.connectionCount <= limit) }
            client.open { _ in
                for id in 0..<6 { client.send(plain(UInt32(id))) }
                #expect(client.inFlight == 6 && client.connectionCount == limit)
            }
        }
        #expect(Set(outcomes.finished.map(\.request)) == Set(0..<6))
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.accepted == limit)
        // Those that waited say so: no lateness of the client's.
        var before = try #require(outcomes.finished.map(\.at).min())
        for id in UInt32(limit)..<6 {
            let sent = try #require(outcomes.sent[id])
            let wait = try #require(outcomes.waits[id])
            #expect(sent >= before && wait > .zero)
            before = sent
        }
    }

    @Test func whoWaitsMayBeCancelled() async throws {
        let stalled = [ServerAct.write(eventStream(tokens: 1, ends: false))]
        let outcomes = try await drive(
            [stalled, [.write(eventStream(tokens: 1))]], until: 3,
            configuration: ruled(.limited(1))
        ) { client, recorder in
            recorder.onToken = { token in
                guard token.request == 0 else { return }
                #expect(client.cancel(1, outcome: .abandoned, reason: "the reader left"))
                #expect(!client.cancel(1, outcome: .abandoned, reason: "again"))
                client.cancel(0, outcome: .abandoned, reason: "the reader left")
            }
            client.open { _ in for id in 0..<3 { client.send(plain(UInt32(id))) } }
        }
        #expect(outcomes.sent[1] == nil && outcomes.finish(1)?.outcome == .abandoned)
        #expect(outcomes.finish(0)?.outcome == .abandoned)
        #expect(outcomes.finish(2)?.outcome == .completed)
        #expect(outcomes.requests.count == 2)
    }

    @Test func closingEndsThoseWhoWait() async throws {
        let outcomes = try await drive(
            [[.write("")]], until: 3, configuration: ruled(.limited(1))
        ) { client, _ in
            client.open { _ in
                for id in 0..<3 { client.send(plain(UInt32(id))) }
                client.close()
            }
        }
        #expect(outcomes.finished.map(\.request) == [1, 2, 0])
        #expect(outcomes.finished.allSatisfy { $0.outcome == .unfinished })
    }

    /// A body that stays open holds no connection that somebody waits for.
    @Test func aConnectionThatLingersIsGivenUpForWhoWaits() async throws {
        let open = String(eventStream(tokens: 1).dropLast("0\r\n\r\n".count))
        let outcomes = try await drive(
            [[.write(open)]], until: 3, configuration: ruled(.limited(1))
        ) { client, _ in
            client.open { _ in for id in 0..<3 { client.send(plain(UInt32(id))) } }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        let first = try #require(outcomes.sent[0])
        let last = try #require(outcomes.finish(2)?.at)
        #expect(outcomes.accepted == 3 && last - first < ClientTimeouts.afterDone)
    }

    @Test("Cut before one byte of an answer on a connection that had served: it is said")
    func reused() async throws {
        let scripts: [[ServerAct]] = [[.write(eventStream(tokens: 1))], [.close]]
        let outcomes = try await drive(scripts, until: 3) { client, recorder in
            recorder.onFinish = { record in
                if record.request < 2 { client.send(plain(record.request + 1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finish(0)?.outcome == .completed)
        let second = try #require(outcomes.finish(1))
        #expect(second.outcome == .failed && second.notes.marks == .reusedConnection)
        #expect(second.error?.detail.contains("had served before") == true)
        #expect(second.error?.detail.contains("`connections: fresh`") == true)
        // The third had a connection of its own, and fails without that excuse.
        let third = try #require(outcomes.finish(2))
        #expect(third.outcome == .failed && third.notes.marks == [])
    }

    /// Bytes that follow an answer belong to nothing that was asked: what came next on that
    /// connection would be read as the answer to another request.
    @Test(
        "A connection with bytes behind an answer is not used again",
        arguments: ["\r\n", eventStream(tokens: 7), "HTTP/1.1 200 OK\r\n"])
    func leftOver(bytes: String) async throws {
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 1) + bytes)], [.write(eventStream(tokens: 2))]], until: 2
        ) { client, recorder in
            recorder.onFinish = { record in
                guard record.request == 0 else { return }
                #expect(client.idle[0].isEmpty)
                client.send(plain(1))
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.finished.map(\.outputTokens) == [1, 2])
        #expect(outcomes.accepted == 2 && outcomes.requests.count == 2)
    }

    @Test func aCutBehindTheFirstByteIsNoMatterOfTheConnection() async throws {
        let scripts: [[ServerAct]] = [
            [.write(eventStream(tokens: 1))], [.write("HTTP/1.1 200"), .close],
        ]
        let outcomes = try await drive(scripts, until: 2) { client, recorder in
            recorder.onFinish = { record in
                if record.request < 1 { client.send(plain(record.request + 1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finish(1)?.outcome == .failed)
        #expect(outcomes.finish(1)?.notes.marks == [])
    }
}

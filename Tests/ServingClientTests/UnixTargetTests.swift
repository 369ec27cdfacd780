import EventLoop
import Foundation
import TargetFixtures
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

@Suite(.serialized) struct UnixTargetTests {
    private let path = "/tmp/legato-\(UUID().uuidString.prefix(8)).sock"
    private static let scripts: [[ServerAct]] = [[.drip(eventStream(tokens: 2))]]

    /// Sends `count` requests over a Unix socket in front of a scripted server.
    private func send(
        _ count: Int, accepts: Bool = true,
        _ began: @escaping @Sendable (UnixForwarder, ServingClient) -> Void = { _, _ in }
    ) async throws -> Outcomes {
        let path = path
        return try await drive(Self.scripts, until: count) { client, recorder in
            guard case .network(_, let port) = client.targets[0].address else { return }
            let forwarder = try! UnixForwarder(
                loop: client.loop, path: path, backend: port, acceptsAtOnce: accepts)
            let other = ServingClient(
                loop: client.loop, targets: [try! Target(parsing: "unix:\(path):/api")],
                sink: recorder)
            other.open { errors in
                #expect(errors == [nil])
                for id in 0..<count { other.send(plain(UInt32(id))) }
                began(forwarder, other)
            }
            recorder.onFinish = { _ in
                guard recorder.finished.count == count else { return }
                other.close()
                forwarder.close()
                client.loop.next { withExtendedLifetime((other, forwarder)) {} }
            }
        }
    }

    @Test func aStreamOverASocketGivesItsTokens() async throws {
        let outcomes = try await send(2)
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed && $0.outputTokens == 2 })
        #expect(outcomes.tokens.count == 4)
        // The kernel stamps no Unix stream; the callback does, and the record says so.
        #expect(
            outcomes.tokens.allSatisfy { $0.source == .callback || $0.source == .callbackJoined })
    }

    /// The kernel refuses a connection to a socket whose queue is full, instead of waiting for it.
    @Test func aFullQueueIsWaitedFor() async throws {
        let count = 6
        let outcomes = try await send(count, accepts: false) { forwarder, client in
            #expect(client.connectionCount == count)
            let pause = LoopTimer(loop: client.loop)
            pause.start(after: .milliseconds(20)) {
                pause.close()
                #expect(forwarder.accepted == 0)
                forwarder.beginAccepting()
            }
        }
        #expect(outcomes.finished.count == count)
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
    }

    @Test func aSocketThatIsNotThereIsNamed() async throws {
        let path = path
        let outcomes = try await drive(Self.scripts, until: 1) { client, recorder in
            let other = ServingClient(
                loop: client.loop, targets: [try! Target(parsing: "unix:\(path)")], sink: recorder)
            other.open { errors in
                let words = errors[0]?.sentence(other.targets[0]) ?? ""
                #expect(words.contains("unix:\(path) cannot be reached"))
                #expect(words.contains("ENOENT"))
                other.send(plain(0))
            }
            recorder.onFinish = { _ in
                other.close()
                client.loop.next { withExtendedLifetime(other) {} }
            }
        }
        #expect(outcomes.finish(0)?.error?.kind == .connect)
    }
}

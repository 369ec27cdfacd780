import Bytes
import EventLoop
import Glibc
import Journal
import LoopRuns
import Scratch
import Storage
import Testing
import TimeBase
import Wire

@testable import Agent

/// A spool in a scratch folder, on a loop of its own, and what it says.
private final class SpoolBench {
    struct Heard: Sendable {
        /// Numbers of the batches that left.
        var left: [UInt64] = []
        /// Why nothing further will be durable.
        var failures: [String] = []
    }

    static let run = RunID(high: 1, low: 2)
    /// The time after which an answer that was not heard does not come.
    private static let patience = TimeSpan.seconds(15)

    let spool: Spool
    private let limit: LoopTimer
    private(set) var heard = Heard()
    /// Whether this is all; asked after each word.
    var isAll: (Heard) -> Bool = { _ in true }
    private var finish: ((Heard) -> Void)?

    private init(loop: EventLoop, folder: String, finish: @escaping (Heard) -> Void) throws {
        spool = try Spool(loop: loop, path: folder, limitBytes: 1 << 30)
        limit = LoopTimer(loop: loop)
        self.finish = finish
        // The spool holds this bench until the end.
        spool.onBatch = { batch in self.hear { $0.left.append(batch.number) } }
        spool.onFailure = { reason in self.hear { $0.failures.append(reason) } }
        try spool.begin(
            run: Self.run, agentIndex: 0, clock: ClockName(host: "host", bootID: "boot"))
        limit.start(after: Self.patience) {
            self.isAll = { _ in true }
            self.hear { $0.failures.append("nothing more was heard") }
        }
    }

    private func hear(_ word: (inout Heard) -> Void) {
        word(&heard)
        guard let finish, isAll(heard) else { return }
        self.finish = nil
        limit.close()
        spool.onBatch = nil
        spool.onFailure = nil
        isAll = { _ in true }
        let heard = heard
        // Sound: called once, with what no one else has.
        nonisolated(unsafe) let told = { finish(heard) }
        spool.close { told() }
    }

    /// Runs `body` on a fresh loop and hears the spool in `folder` until that is all.
    static func hear(
        _ folder: ScratchFolder, _ body: @escaping @Sendable (SpoolBench) throws -> Void
    ) async throws -> Heard {
        let loop = try EventLoop(name: "spool")
        let heard: Result<Heard, any Error> = await loop.runUntilDone { done in
            do {
                try body(
                    SpoolBench(loop: loop, folder: folder.path + "/agent") {
                        done(.success($0))
                    })
            } catch {
                done(.failure(error))
            }
        }
        return try heard.get()
    }

    /// Takes in batches of `byteCount` bytes each, and asks for their sync.
    func make(_ count: Int, byteCount: Int = 100) {
        for _ in 0..<count {
            _ = spool.append([UInt8](repeating: 7, count: byteCount), records: 1)
        }
        spool.flush()
    }
}

/// The agent's spool on a real disk.
@Suite("The agent's spool") struct SpoolTests {
    private let folder = ScratchFolder()

    @Test("Batches leave in order, once each, as soon as they are durable")
    func order() async throws {
        let heard = try await SpoolBench.hear(folder) { bench in
            bench.isAll = { $0.left.last == 5 }
            bench.make(5)
        }
        #expect(heard.left == [1, 2, 3, 4, 5] && heard.failures.isEmpty)
    }

    /// Reads are on their way when the link goes: what they bring is sent again over the new link,
    /// by reads of its own, and never twice. The last batch shows that reads before it are over.
    @Test(
        "Batches that were read for an older session never go out on a newer one",
        arguments: [(0, [1, 2, 3]), (2, [3])] as [(UInt64, [UInt64])])
    func olderSession(acknowledged: UInt64, again: [UInt64]) async throws {
        let heard = try await SpoolBench.hear(folder) { bench in
            var isCut = false
            bench.isAll = { heard in
                if heard.left == [1, 2, 3], !isCut {
                    isCut = true
                    bench.spool.sessionClosed()
                    // Read for a session that is over before the read has ended, and again.
                    bench.spool.resume(after: 0)
                    bench.spool.sessionClosed()
                    bench.spool.resume(after: acknowledged)
                    bench.make(1)
                }
                return heard.left.last == 4
            }
            bench.make(3)
        }
        #expect(heard.left == [1, 2, 3] + again + [4] && heard.failures.isEmpty)
    }

    /// The second segment cannot be begun, where the first holds a batch that was written well: no
    /// word of the system says that it is on the disk.
    @Test("What a sync that failed was to make durable never leaves")
    func failedSync() async throws {
        let path = folder.path + "/agent/run-\(SpoolBench.run)/segment-00000001"
        let heard = try await SpoolBench.hear(folder) { bench in
            try #require(mkdir(path, 0o700) == 0)
            // Larger than a segment: the next one begins another.
            _ = bench.spool.append([UInt8](repeating: 7, count: 9 << 20), records: 1)
            bench.make(1)
        }
        #expect(heard.left.isEmpty)
        #expect(heard.failures.count == 1)
        #expect(heard.failures.first?.contains("segment-00000001") == true, "\(heard.failures)")
    }
}

import Glibc
import LoopRuns
import Testing
import TimeBase

@testable import EventLoop

/// Runs `body` on a fresh loop and returns what it hands to its continuation; the loop must close
/// clean afterwards.
func onLoop<Result: Sendable>(
    _ name: String = "test", measuresLoad: Bool = false,
    _ body: @escaping @Sendable (EventLoop, @escaping @Sendable (Result) -> Void) throws -> Void
) async throws -> Result {
    let loop = try EventLoop(name: name, measuresLoad: measuresLoad)
    let result: Swift.Result<Result, any Error> = await loop.runUntilDone { done in
        do {
            try body(loop) { done(.success($0)) }
        } catch {
            done(.failure(error))
        }
    }
    return try result.get()
}

@Suite struct EventLoopTests {
    @Test func unusedLoopCloses() throws {
        _ = try EventLoop(name: "unused")
    }

    @Test func postedWorkRunsInOrderOnTheLoop() async throws {
        let loop = try EventLoop(name: "order")
        let seen = Guarded<[Int]>([])
        // Before the start too.
        loop.post { seen.withLock { $0.append(-1) } }
        loop.start()
        for value in 0..<1000 {
            loop.post { [unowned loop] in
                #expect(loop.isCurrent)
                seen.withLock { $0.append(value) }
            }
        }
        #expect(!loop.isCurrent)
        // Work that was posted before the end runs before it.
        loop.shutdown()
        #expect(seen.withLock { $0 } == Array(-1..<1000))
        loop.post { Issue.record("work after the end") }
    }

    @Test func postFromManyThreads() async throws {
        let loop = try EventLoop(name: "many")
        loop.start()
        let count = Guarded(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2_000 { loop.post { count.withLock { $0 += 1 } } }
                }
            }
        }
        #expect(await loop.run { count.withLock { $0 } } == 16_000)
        loop.shutdown()
    }

    @Test func runsOnTheCallersThreadUntilItsWorkIsDone() throws {
        let loop = try EventLoop(name: "inline")
        let thread = pthread_self()
        var turns = 0
        let words = loop.runUntilDone { done in
            let timer = LoopTimer(loop: loop)
            timer.start(after: .milliseconds(1), repeating: .milliseconds(1)) {
                #expect(loop.isCurrent && pthread_self() == thread)
                turns += 1
                guard turns == 3 else { return }
                timer.close { done("after \(turns) turns") }
            }
        }
        #expect(words == "after 3 turns" && !loop.isCurrent)
    }

    @Test func aReadHasItsInstantWhateverItBrought() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[0]) }
        let loop = try EventLoop(name: "receive")
        let far = ends[1]
        loop.runUntilDone { (done: @escaping (()) -> Void) in
            func read() -> Int {
                let before = RawClock.now()
                let (count, receipt) = loop.receive(ends[0])
                #expect(before <= receipt.read && receipt.read <= RawClock.now())
                // The kernel stamps no Unix stream.
                #expect(receipt.kernel == nil)
                return count
            }
            #expect(read() == -Int(EAGAIN))
            #expect(send(far, "abc", 3, 0) == 3)
            #expect(read() == 3 && Array(loop.received(3)) == Array("abc".utf8))
            // A process that some other test starts just now may hold a copy of it.
            shutdown(far, Int32(SHUT_RDWR))
            close(far)
            #expect(read() == 0)
            done(())
        }
    }

    /// An actor on the loop whose callbacks come from C.
    actor Counter {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        var ticks = 0
        var timer: LoopTimer?
        var waiter: CheckedContinuation<Int, Never>?

        init(loop: EventLoop) { self.loop = loop }

        func count(to limit: Int) async -> Int {
            await withCheckedContinuation { continuation in
                waiter = continuation
                let timer = LoopTimer(loop: loop)
                self.timer = timer
                timer.start(after: .zero, repeating: .milliseconds(1)) { self.tick(limit) }
            }
        }

        private func tick(_ limit: Int) {
            ticks += 1
            guard ticks == limit else { return }
            timer?.close()
            waiter?.resume(returning: ticks)
        }

        /// Entered from a posted closure, which has no isolation of its own.
        nonisolated func poke() { assumeIsolated { $0.ticks += 1 } }
    }

    @Test func actorOnTheLoopIsEnteredFromCallbacks() async throws {
        let loop = try EventLoop(name: "actor")
        loop.start()
        let counter = Counter(loop: loop)
        #expect(await counter.count(to: 3) == 3)
        await loop.run { counter.poke() }
        #expect(await counter.ticks == 4)
        #expect(loop.isIsolatingCurrentContext() == false)
        loop.shutdown()
    }

    @Test func nextRunsOnALaterTurn() async throws {
        let order: [String] = try await onLoop { loop, done in
            var order: [String] = []
            loop.next {
                order.append("next")
                done(order)
            }
            order.append("now")
        }
        #expect(order == ["now", "next"])
    }

    @Test func busyShareSeparatesWorkFromWaiting() async throws {
        let shares: [Double] = try await onLoop(measuresLoad: true) { loop, done in
            let timer = LoopTimer(loop: loop)
            let begin = loop.load()
            timer.start(after: .milliseconds(40)) {
                let middle = loop.load()
                let end = RawClock.now() + .milliseconds(40)
                while RawClock.now() < end {}
                let last = loop.load()
                timer.close()
                done([middle.busyShare(since: begin)!, last.busyShare(since: middle)!])
            }
        }
        #expect(shares[0] < 0.5)
        #expect(shares[1] > 0.9)
        let load = LoopLoad(at: .zero, idle: .zero)
        #expect(load.busyShare(since: load) == nil)
    }

    @Test func aConversionServesForAHundredMicroseconds() async throws {
        let pairs: [RealtimeConversion] = try await onLoop { loop, done in
            let first = loop.realtimeConversion(at: RawClock.now())
            // From when it was read, however long after it was asked for that was.
            done(
                [first]
                    + [0, 99_999, 100_000].map { ns in
                        loop.realtimeConversion(at: first.pair.raw + TimeSpan(ns: ns))
                    })
        }
        #expect(pairs[0] == pairs[1] && pairs[1] == pairs[2])
        #expect(pairs[2] != pairs[3])
    }
}

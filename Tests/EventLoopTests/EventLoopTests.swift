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
    loop.start()
    let result: Result = try await withCheckedThrowingContinuation { continuation in
        loop.post {
            do {
                try body(loop) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
    loop.shutdown()
    return result
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

    @Test func runsOnTheCallersThread() throws {
        let loop = try EventLoop(name: "inline")
        let fired = Guarded(0)
        loop.post { [unowned loop] in
            let timer = LoopTimer(loop: loop)
            timer.start(after: .milliseconds(1)) {
                fired.withLock { $0 += 1 }
                timer.close { loop.requestStop() }
            }
        }
        loop.runOnThisThread()
        #expect(fired.withLock { $0 } == 1)
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

import Testing
import TimeBase

@testable import EventLoop

@Suite struct ClockTests {
    @Test func rawNeverGoesBack() {
        var last = RawClock.now()
        for _ in 0..<10_000 {
            let now = RawClock.now()
            #expect(now >= last)
            last = now
        }
    }

    @Test func readingLiesWithinItsBracket() {
        let before = RawClock.now()
        let (reading, bracket) = SystemClocks.read()
        let after = RawClock.now()
        #expect(before.ns <= reading.rawNs && reading.rawNs <= after.ns)
        #expect(bracket >= .zero && bracket <= after - before)
        #expect(reading.boottimeNs >= reading.monotonicNs)
        // 2020, in ns: the host's calendar is no part of the contract, but it is set.
        #expect(reading.realtimeNs > 1_577_836_800_000_000_000)
    }

    @Test func pairsAgreeWithEachOther() {
        let first = SystemClocks.monotonicPair()
        let second = SystemClocks.monotonicPair()
        let raw = (second.raw - first.raw).ns
        let monotonic = second.otherNs - first.otherNs
        let slack = (first.bracket + second.bracket).ns + raw / 1000 + 1
        #expect(abs(raw - monotonic) <= slack)
    }

    /// From MONOTONIC = 1000 ns: a far hop stops short of its instant, a near one is exact, one
    /// into the past is due at once, and none is 0, which would disarm.
    @Test(
        arguments: [
            (-5, 1_000), (0, 1_000), (1, 1_001), (2_000_000, 2_001_000),
            (3_000_000, 2_998_000), (1_000_000_000, 999_001_000), (60_000_000_000, 999_001_000),
            (.max, 999_001_000),
        ] as [(Int64, Int64)])
    func hops(ahead: Int64, wakeUp: Int64) {
        let now = ClockPair(raw: LocalInstant(ns: 0), otherNs: 1_000, bracket: .zero)
        #expect(DeadlineTimer.hop(to: LocalInstant(ns: ahead), from: now) == wakeUp)
        let young = ClockPair(raw: LocalInstant(ns: 5), otherNs: 0, bracket: .zero)
        #expect(DeadlineTimer.hop(to: LocalInstant(ns: ahead), from: young) >= 1)
    }

    @Test func deadlineTimerIsNeverEarlyAndSeldomLate() async throws {
        let delaysUs: [Int64] = [0, 1, 3, 10, 50, 200, 1_000, 1_999, 2_001, 5_000, 20_000, 60_000]
        let late: [Int64] = try await onLoop { loop, done in
            let timer = try DeadlineTimer(loop: loop)
            var late: [Int64] = []
            func arm(_ index: Int) {
                guard index < delaysUs.count else {
                    timer.close()
                    timer.close()
                    return done(late)
                }
                let at = RawClock.now() + .microseconds(delaysUs[index])
                var isArming = true
                timer.arm(at: at) {
                    #expect(!isArming)
                    late.append((RawClock.now() - at).ns)
                    arm(index + 1)
                }
                isArming = false
            }
            arm(0)
        }
        #expect(late.count == delaysUs.count)
        #expect(late.allSatisfy { $0 >= 0 })
        // Other tests share the cores: the best shows what the timer can do.
        #expect(late.min()! < 1_000_000)
    }

    @Test func deadlineTimerIsReplacedAndDisarmed() async throws {
        let fired: [String] = try await onLoop { loop, done in
            let timer = try DeadlineTimer(loop: loop)
            var fired: [String] = []
            timer.arm(at: RawClock.now()) { fired.append("replaced") }
            timer.arm(at: RawClock.now() + .milliseconds(1)) {
                fired.append("second")
                timer.arm(at: RawClock.now()) { fired.append("disarmed") }
                timer.disarm()
                let end = LoopTimer(loop: loop)
                end.start(after: .milliseconds(20)) {
                    timer.close()
                    end.close()
                    done(fired)
                }
            }
        }
        #expect(fired == ["second"])
    }

    @Test func aReadingIsCheapOrItIsASystemCall() {
        #expect(!ClockReadingCost(rawNs: 25, systemCallNs: 220).isSystemCall)
        #expect(ClockReadingCost(rawNs: 210, systemCallNs: 220).isSystemCall)
        #expect(ClockReadingCost(rawNs: 900, systemCallNs: 220).isSystemCall)
        let cost = ClockReadingCost.measured()
        #expect(cost.rawNs > 0 && cost.rawNs < 100_000)
        // Some hundred ns at least: the kernel is entered.
        #expect(cost.systemCallNs > 20 && cost.systemCallNs < 100_000)
    }

    @Test func loopTimerFiresRepeatsAndStops() async throws {
        let count: Int = try await onLoop { loop, done in
            let timer = LoopTimer(loop: loop)
            var count = 0
            timer.start(after: .milliseconds(1), repeating: .microseconds(1)) {
                count += 1
                guard count == 3 else { return }
                timer.stop()
                #expect(!timer.isActive)
                timer.start(after: -.seconds(1)) {
                    #expect(!timer.isActive)
                    timer.close()
                    timer.stop()
                    timer.close { done(count) }
                }
                #expect(timer.isActive)
            }
        }
        #expect(count == 3)
    }
}

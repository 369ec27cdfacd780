import Testing
import TimeBase

@testable import ServingClient

@Suite struct StreamStampsTests {
    private struct Read {
        var kernel: Int64?
        var now: Int64
    }

    private func stamps(_ reads: [Read], sentAt sent: Int64 = 100) -> [String] {
        var stamps = StreamStamps(at: LocalInstant(ns: 50))
        stamps.sent(at: LocalInstant(ns: sent))
        return reads.map { read in
            let (stamp, isKernel) = stamps.next(
                read.kernel.map { LocalInstant(ns: $0) }, now: LocalInstant(ns: read.now))
            return "\(isKernel ? "kernel" : "callback") \(stamp.ns)"
        }
    }

    @Test func kernelStampsAreTakenInOrder() {
        #expect(
            stamps([Read(kernel: 200, now: 300), Read(kernel: 250, now: 400)])
                == ["kernel 200", "kernel 250"])
    }

    @Test func aCallbackStampIsAnUpperBoundOfWhatFollows() {
        // The second read's segment came before the first read's callback: the bound is repeated.
        #expect(
            stamps([
                Read(kernel: nil, now: 300), Read(kernel: 280, now: 400),
                Read(kernel: 290, now: 500), Read(kernel: 450, now: 600),
            ]) == ["callback 300", "callback 300", "callback 300", "kernel 450"])
    }

    @Test func anAnswerDuringTheSendingIsStampedAtItsEnd() {
        #expect(stamps([Read(kernel: 90, now: 300)]) == ["callback 100"])
    }

    @Test func whatCannotBeIsNotBelieved() {
        // Before the stream began, before the kernel stamp before it, and after the callback.
        #expect(stamps([Read(kernel: 40, now: 300)]) == ["callback 300"])
        #expect(
            stamps([Read(kernel: 200, now: 300), Read(kernel: 150, now: 400)])
                == ["kernel 200", "callback 400"])
        #expect(stamps([Read(kernel: 5_000, now: 300)]) == ["callback 300"])
        // Within the error of the mapping it is the callback's instant.
        #expect(stamps([Read(kernel: 700, now: 300)]) == ["kernel 300"])
    }

    @Test(arguments: 0..<20)
    func stampsNeverDecreaseAndNeverPassTheCallback(seed: Int64) {
        var state = UInt64(seed + 1)
        func random(_ bound: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % bound
        }
        var stamps = StreamStamps(at: LocalInstant(ns: 0))
        var now: Int64 = 0
        var before = LocalInstant(ns: 0)
        for _ in 0..<500 {
            now += random(2_000)
            let kernel = random(4) == 0 ? nil : LocalInstant(ns: now + 1_500 - random(4_000))
            let (stamp, _) = stamps.next(kernel, now: LocalInstant(ns: now))
            #expect(stamp >= before && stamp.ns <= now)
            before = stamp
        }
    }
}

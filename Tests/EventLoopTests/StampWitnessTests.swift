import Testing
import TimeBase

@testable import EventLoop

@Suite struct StampWitnessTests {
    /// The process's own REALTIME converts the kernel's stamps; one that is bent by 100 us, either way,
    /// does not.
    @Test(arguments: [0, 100_000, -100_000] as [Int64])
    func onlyTheKernelsClockConverts(bentNs: Int64) throws {
        let witness = try #require(StampWitness())
        // A machine that is busy for a while may deliver late, which is no verdict.
        let verdicts = (0..<20).compactMap { _ in
            var pair = SystemClocks.realtimePair()
            pair.otherNs += bentNs
            return witness.confirms(RealtimeConversion(pair: pair))
        }
        #expect(!verdicts.isEmpty)
        let agreeing = verdicts.count { $0 == (bentNs == 0) }
        #expect(agreeing > verdicts.count / 2, "\(verdicts)")
    }

    @Test func aForeignStampIsNotConverted() {
        var conversion = RealtimeConversion(pair: SystemClocks.realtimePair())
        let stamp = conversion.pair.otherNs
        #expect(conversion.raw(ofRealtimeNs: stamp) == conversion.pair.raw)
        conversion.isForeign = true
        #expect(conversion.raw(ofRealtimeNs: stamp) == nil)
    }
}

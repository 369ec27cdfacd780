import Simulation
import Testing
import TimeBase

@Suite struct JournalSimulationTests {
    @Test func aThousandWorldsKeepEveryPromise() throws {
        var journalled = 0
        var repetitions = 0
        var lost = 0
        var faults = 0
        for seed in WorldSeeds.hundreds.joined() {
            let plan = JournalFaults(
                agents: 1 + Int(seed % 3), batchesEach: 24, count: Int(seed % 10),
                calm: .seconds(3))
            let outcome = try JournalSimulation(seed: seed, faults: plan).run()
            journalled += outcome.journalled
            repetitions += outcome.repetitions
            lost += outcome.lost
            faults += outcome.faults
        }
        // The worlds must have been hard enough to prove anything.
        #expect(journalled > 10_000)
        #expect(repetitions > 500)
        #expect(lost > 50)
        #expect(faults > 4_000)
    }

    @Test func withoutFaultsNothingIsLostOrRepeated() throws {
        for seed in 0..<50 as Range<UInt64> {
            let plan = JournalFaults(agents: 3, batchesEach: 10, count: 0)
            let outcome = try JournalSimulation(seed: seed, faults: plan).run()
            #expect(outcome.journalled == 30)
            #expect(outcome.repetitions == 0)
            #expect(outcome.lost == 0)
        }
    }

    @Test func oneSeedIsOneWorld() throws {
        for seed in 0..<20 as Range<UInt64> {
            let first = try JournalSimulation(seed: seed).run()
            let second = try JournalSimulation(seed: seed).run()
            #expect(first == second)
        }
        let one = try JournalSimulation(seed: 1).run()
        let two = try JournalSimulation(seed: 2).run()
        #expect(one.traceHash != two.traceHash)
    }
}

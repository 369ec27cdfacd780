import Testing
import TimeBase

@testable import AgentCore

@Suite("When a thread that runs before others steps back")
struct PriorityWatchTests {
    /// Readings of CPU time and of the clock, ms, and whether each makes the thread step back.
    private static let cases: [(readings: [(cpu: Int64, at: Int64)], stepsBack: [Bool])] = [
        // Half of a processor is what it may take; a thousandth more is too much.
        ([(500, 1_000)], [false]),
        ([(501, 1_000)], [true]),
        // Calm before does not buy a busy second after.
        ([(0, 1_000), (0, 2_000), (501, 3_000)], [false, false, true]),
        ([(400, 1_000), (900, 2_000), (1_400, 3_000)], [false, false, false]),
        // A burst in a short stretch is judged with what follows it.
        ([(300, 300), (310, 1_000)], [false, false]),
        ([(300, 300), (600, 600), (900, 900)], [false, false, true]),
        // A reading that comes late covers all that has passed.
        ([(1_400, 3_000)], [false]),
        ([(2_990, 3_000)], [true]),
        // Two readings of one instant, and clocks that have not moved.
        ([(0, 0), (0, 0)], [false, false]),
    ]

    @Test(arguments: cases.indices)
    func table(index: Int) {
        var watch = PriorityWatch(cpuNs: 7_000_000, at: LocalInstant(ns: -5))
        let (readings, stepsBack) = Self.cases[index]
        for (reading, expected) in zip(readings, stepsBack) {
            let isOver = watch.read(
                cpuNs: 7_000_000 + reading.cpu * 1_000_000,
                at: LocalInstant(ns: -5 + reading.at * 1_000_000))
            #expect(isOver == expected, "\(reading)")
        }
    }
}

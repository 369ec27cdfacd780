import ClockSync
import CoordinatorCore
import Testing
import TimeBase

@testable import Coordinator

@Suite("What live views are told of a clock") struct LiveClocksTests {
    /// Ten seconds of exchanges, 20 us each way with a turnaround of 3 us, with an agent whose
    /// clock is `behind` ns behind and slow by 50 ppm.
    private func exchanges(behind: Int64) -> [ClockExchange] {
        (0..<200).map { (index: Int64) -> ClockExchange in
            let sent = 5_000_000_000 + index * 50_000_000
            let agent = { (ns: Int64) in ns - behind - (ns - 5_000_000_000) / 20_000 }
            return ClockExchange(
                train: UInt32(index), member: 1, t1: sent, t2: agent(sent + 20_000),
                t3: agent(sent + 23_000), t4: sent + 43_000)
        }
    }

    @Test(
        "The bound holds at the last reply, however far apart the clocks are",
        arguments: [0, 5_000_000, -5_000_000, 3_600_000_000_000, -4_000_000_000] as [Int64])
    func atTheLastReply(behind: Int64) throws {
        let exchanges = exchanges(behind: behind)
        let last = try #require(exchanges.last)
        let bound = try #require(LiveClocks.bound(exchanges, at: last))
        // The agent's clock showed t3 at 20 us before the answer came.
        let offset = last.t4 - 20_000 - last.t3
        #expect((bound.offsetNs - offset).magnitude < 2_000)
        #expect(bound.uncertaintyNs >= 20_000 && bound.uncertaintyNs < 40_000)
        #expect(bound.at.ns == last.t4 && (bound.ratePPM - 50).magnitude < 1)
        let later = bound.moved(to: bound.at + .seconds(2))
        #expect((later.offsetNs - offset - 100_000).magnitude < 4_000)
    }
}

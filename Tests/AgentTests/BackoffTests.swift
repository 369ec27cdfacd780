import Testing
import TimeBase

@testable import Agent

@Suite struct BackoffTests {
    @Test("Waits double up to the longest, each up to half as long again")
    func doubles() {
        var backoff = Backoff()
        for _ in 0..<2 {
            for base in [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000] as [Int64] {
                let wait = backoff.next()
                let range = TimeSpan.milliseconds(base)...TimeSpan.milliseconds(base * 3 / 2)
                #expect(range.contains(wait), "\(wait) is not of \(base) ms")
            }
            backoff.reset()
        }
    }
}

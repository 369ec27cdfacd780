import Randomness
import Testing

@testable import TokenLog

@Suite struct LogHistogramTests {
    @Test func everyStepEndsWhereTheNextBegins() {
        for step in 0..<(LogHistogram.steps - 1) {
            let last = LogHistogram.upperBound(ofStep: step)
            #expect(LogHistogram.step(of: last) == step)
            #expect(LogHistogram.step(of: last + 1) == step + 1)
        }
        #expect(LogHistogram.step(of: .max) == LogHistogram.steps - 1)
        #expect(LogHistogram.step(of: -5) == 0)
        #expect(
            LogHistogram.upperBound(ofStep: LogHistogram.steps - 1)
                == LogHistogram.ceiling)
    }

    @Test(arguments: 0..<8)
    func percentilesAreBoundsAtMostAQuarterAbove(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var histogram = LogHistogram()
        let spans = (0..<1_000).map { _ in
            Int64.random(
                in: 0...(1 << Int64.random(in: 0...39, using: &generator)), using: &generator)
        }.sorted()
        for span in spans { histogram.add(span) }
        #expect(histogram.total == 1_000)
        for rank in [0.001, 0.25, 0.5, 0.9, 0.99, 1] {
            let exact = spans[Int((rank * 1_000).rounded(.up)) - 1]
            let bound = histogram.upperBound(ofRank: rank) ?? -1
            #expect(bound >= exact && bound <= exact + exact / 4)
        }
    }

    @Test func nothingHasNoPercentile() {
        #expect(LogHistogram().upperBound(ofRank: 0.5) == nil)
        #expect(ClientAudit().joinedShare == nil && ClientAudit().coresBusy == nil)
    }

    @Test func sharesAreOfAllEvents() {
        var audit = ClientAudit()
        for source in StampSource.allCases { audit.events.add(2, source) }
        audit.events.add(2, .kernel)
        #expect(audit.joinedShare == 0.4 && audit.fallbackShare == 0.4)
    }
}

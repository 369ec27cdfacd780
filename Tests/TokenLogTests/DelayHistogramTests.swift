import SeededRandom
import Testing

@testable import TokenLog

@Suite struct DelayHistogramTests {
    @Test func everyStepEndsWhereTheNextBegins() {
        for step in 0..<(DelayHistogram.steps - 1) {
            let last = DelayHistogram.upperBound(ofStep: step)
            #expect(DelayHistogram.step(of: last) == step)
            #expect(DelayHistogram.step(of: last + 1) == step + 1)
        }
        #expect(DelayHistogram.step(of: .max) == DelayHistogram.steps - 1)
        #expect(DelayHistogram.step(of: -5) == 0)
        #expect(
            DelayHistogram.upperBound(ofStep: DelayHistogram.steps - 1)
                == DelayHistogram.ceilingNs)
    }

    @Test(arguments: 0..<8)
    func percentilesAreBoundsAtMostAQuarterAbove(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var histogram = DelayHistogram()
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
        #expect(DelayHistogram().upperBound(ofRank: 0.5) == nil)
        #expect(ClientAudit().joinedShare == nil && ClientAudit().coresBusy == nil)
    }

    @Test func sharesAreOfAllEvents() {
        var audit = ClientAudit()
        for source in StampSource.allCases { audit.events.add(2, source) }
        audit.events.add(2, .kernel)
        #expect(audit.joinedShare == 0.4 && audit.fallbackShare == 0.4)
    }
}

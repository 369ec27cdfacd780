import Testing

@testable import Sweep

/// Searches against curves that are known.
@Suite struct SweepSearchTests {
    /// Runs a search on a curve; how many points it took, and its end.
    private func run(
        _ search: PeakSearch, _ curve: (Double) -> Double?, width: Double = 0
    ) -> (points: [SweepReading], PeakSearch.Outcome) {
        var points: [SweepReading] = []
        while true {
            switch search.next(points) {
            case .done(let outcome): return (points, outcome)
            case .measure(let loads):
                #expect(!loads.isEmpty && Set(loads).count == loads.count)
                for load in loads {
                    #expect(!points.contains { $0.load == load }, "\(load) again")
                    let value = curve(load)
                    points.append(
                        SweepReading(
                            load: load, value: value,
                            interval: width > 0 ? value.map { $0 - width...$0 + width } : nil))
                }
            }
            if points.count > 60 {
                Issue.record("no end")
                return (points, .unknown)
            }
        }
    }

    @Test(arguments: [1.3, 2.0, 3.25, 5.1, 7.0])
    func aPeakIsFoundWhereverItIs(peak: Double) {
        let (points, outcome) = run(PeakSearch(over: 1...8, .rate)) {
            100 - ($0 - peak) * ($0 - peak)
        }
        guard case .found(let load, _, let bracket) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(bracket.contains(peak) && bracket.upperBound / bracket.lowerBound < 1.11)
        #expect((load / peak - 1).magnitude < 0.06 && points.count <= 17)
    }

    /// Points that nobody can tell apart are not divided further.
    @Test func intervalsEndASearch() {
        let curve = { (load: Double) -> Double? in 100 - (load - 3) * (load - 3) }
        let (sharp, _) = run(PeakSearch(over: 1...8, .rate), curve)
        let (blurred, outcome) = run(PeakSearch(over: 1...8, .rate), curve, width: 3)
        #expect(blurred.count < sharp.count)
        guard case .found(_, _, let bracket) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(bracket.contains(3))
    }

    /// Points of one plan that show no difference to the best one end a search, and widen the
    /// stretch in which the peak may lie.
    @Test func alikePointsEndASearch() {
        func step(
            _ values: [Double], alike: [Bool?]
        ) -> SweepStep<PeakSearch.Outcome> {
            let search = PeakSearch(over: 1...64, .field("x"))
            return search.next(
                zip(search.grid, zip(values, alike)).map { load, point in
                    var reading = SweepReading(load: load, value: point.0)
                    reading.isLikeBest = point.1
                    return reading
                })
        }
        let hill: [Double] = [1, 2, 3, 4, 3, 2, 1]
        #expect(
            step(hill, alike: [false, false, true, true, true, true, false])
                == .done(.found(load: 8, value: 4, bracket: 2...64)))
        #expect(
            step(hill, alike: Array(repeating: true, count: 7))
                == .done(.flat(load: 8, value: 4)))
        // A neighbour that is shown to be worse, and one that cannot be compared.
        for other in [false, nil] {
            #expect(
                step(hill, alike: [false, false, other, true, true, false, false])
                    == .measure([6, 11]))
        }
        // A plateau at an end, of which the lowest of equals is the best; one that rises on is as
        // good as anybody can tell.
        let rising: [Double] = [1, 2, 3, 4, 5, 6, 6]
        #expect(
            step(rising, alike: [false, false, false, false, false, true, true])
                == .measure([23, 45]))
        #expect(
            step(hill.sorted(), alike: [false, false, false, false, false, true, true])
                == .done(.found(load: 64, value: 4, bracket: 16...64)))
    }

    @Test func aPeakBeyondTheRangeIsSaidToBe() {
        #expect(run(PeakSearch(over: 1...8, .rate)) { $0 }.1 == .aboveRange)
        #expect(run(PeakSearch(over: 1...8, .rate)) { -$0 }.1 == .belowRange)
        #expect(run(PeakSearch(over: 1...8, .rate)) { _ in nil }.1 == .unknown)
    }

    /// Loads that were ended early have no value, and bound the peak from above.
    @Test func loadsThatCannotBeServedLieBeyondThePeak() {
        func readings(_ search: PeakSearch, upTo most: Double) -> PeakSearch.Outcome {
            var points: [SweepReading] = []
            while true {
                switch search.next(points) {
                case .done(let outcome): return outcome
                case .measure(let loads):
                    points += loads.map { load in
                        load > most
                            ? SweepReading(load: load, value: nil, isMet: false, isBeyond: true)
                            : SweepReading(load: load, value: load)
                    }
                }
            }
        }
        let search = PeakSearch(over: 1...8, .rate)
        guard case .found(let load, _, let bracket) = readings(search, upTo: 3.3) else {
            Issue.record("not found")
            return
        }
        #expect(load <= 3.3 && bracket.upperBound > 3.3 && bracket.upperBound / load < 1.06)
        #expect(readings(search, upTo: 0.5) == .belowRange)
        #expect(readings(search, upTo: 9) == .aboveRange)
    }

    /// Points that are not valid are passed over: never the peak, never the end of a bracket or of
    /// a bound, and never measured again.
    @Test func pointsThatAreNotValidArePassedOver() {
        func points<Outcome>(
            _ next: ([SweepReading]) -> SweepStep<Outcome>, leftOut: (Double) -> Bool
        ) -> Outcome {
            var points: [SweepReading] = []
            while true {
                switch next(points) {
                case .done(let outcome): return outcome
                case .measure(let loads):
                    for load in loads {
                        #expect(!points.contains { $0.load == load })
                        points.append(
                            leftOut(load)
                                ? SweepReading(load: load, value: nil, isLeftOut: true)
                                : SweepReading(
                                    load: load, value: -abs(load - 9), isMet: load < 9))
                    }
                }
            }
        }
        let peak = PeakSearch(over: 1...64, .rate)
        guard
            case .found(let load, _, let bracket) = points(
                peak.next, leftOut: { $0 == 8 || ($0 > 8.5 && $0 < 9.5) })
        else {
            Issue.record("no peak")
            return
        }
        #expect(load != 8 && bracket.contains(9) && bracket.lowerBound < 8.5)
        #expect(points(peak.next, leftOut: { _ in true }) == .unknown)
        let bound = BoundarySearch(over: 1...64, .rate)
        guard
            case .found(let last, let above) = points(
                bound.next, leftOut: { $0 == 64 })
        else {
            Issue.record("no edge")
            return
        }
        #expect(last < 9 && above >= 9)
        #expect(points(bound.next, leftOut: { _ in true }) == .unknown(load: 1))
    }

    @Test func sessionsAtOnceAreWholeNumbers() {
        let (points, outcome) = run(PeakSearch(over: 1...64, .concurrency)) {
            -($0 - 9) * ($0 - 9)
        }
        #expect(points.allSatisfy { $0.load == $0.load.rounded() })
        guard case .found(let load, _, let bracket) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(load == 9 && bracket == 8...10)
        // A range with fewer whole numbers than a grid has points.
        #expect(PeakSearch(over: 1...3, .concurrency).grid == [1, 2, 3])
    }

    private func edge(
        _ search: BoundarySearch, _ isMet: (Double) -> Bool?
    ) -> (points: [Double], BoundarySearch.Outcome) {
        var points: [SweepReading] = []
        while true {
            switch search.next(points) {
            case .done(let outcome): return (points.map(\.load), outcome)
            case .measure(let loads):
                for load in loads {
                    #expect(!points.contains { $0.load == load })
                    points.append(SweepReading(load: load, value: nil, isMet: isMet(load)))
                }
            }
        }
    }

    @Test(arguments: [0.6, 1.0, 2.345, 7.9])
    func anEdgeTakesEightPointsAtMost(edge: Double) {
        let (points, outcome) = self.edge(BoundarySearch(over: 0.5...8, .rate)) { $0 <= edge }
        guard case .found(let load, let above) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(points.count <= 8)
        #expect(load <= edge && edge < above && above / load < 1.05)
    }

    @Test func anEdgeBeyondTheRangeIsNotGuessed() {
        let search = BoundarySearch(over: 1...8, .rate)
        #expect(edge(search) { _ in true } == ([1, 8], .aboveRange))
        #expect(edge(search) { _ in false } == ([1, 8], .belowRange))
        #expect(edge(search) { $0 > 4 ? nil : true }.1 == .unknown(load: 8))
        // A bound that high loads alone meet is no edge.
        #expect(edge(search) { $0 > 4 } == ([1, 8], .aboveOnly(load: 8)))
        let whole = edge(BoundarySearch(over: 1...64, .concurrency)) { $0 < 17 }
        #expect(whole.1 == .found(load: 16, above: 17))
    }

    /// A search that was cut off goes on with what is there, and asks for nothing twice.
    @Test func aSearchIsTakenUp() {
        let search = PeakSearch(over: 1...8, .rate)
        let (points, outcome) = run(search) { 100 - ($0 - 3) * ($0 - 3) }
        #expect(search.next(points.shuffled()) == .done(outcome))
        guard case .measure(let missing) = search.next(Array(points.dropFirst(3).prefix(4))) else {
            Issue.record("the grid is not whole")
            return
        }
        #expect(
            missing
                == search.grid.filter { load in
                    !points.dropFirst(3).prefix(4).contains { $0.load == load }
                })
    }

    @Test(
        arguments: [
            (2.34567, 2.346), (0.0123456, 0.01235), (123_456, 123_500), (1, 1), (9.9999, 10),
        ] as [(Double, Double)])
    func ratesHaveFourDigits(load: Double, rounded: Double) {
        #expect(SweepAxis.rate.rounded(load) == rounded)
        #expect(SweepAxis.concurrency.rounded(0.2) == 1)
    }
}

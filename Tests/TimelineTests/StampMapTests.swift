import ClockSync
import RunRecord
import Testing
import TimeBase
import Timeline

@Suite("The stamps of an agent, mapped many at a time")
struct StampMapTests {
    private static let window = LocalInstant(ns: 996_000_000)...LocalInstant(ns: 20_000_000_000)

    @Test(
        "A stamp is where the timeline has it, in the window and beyond it",
        arguments: [-100, 0, 37, 250])
    func agrees(ppm: Int64) {
        let timeline = TimelineSamples.timeline(TimelineSamples.drifting(ppm: ppm))
        let map = StampMap(timeline, agent: 0, over: Self.window)
        var farthest: Int64 = 0
        for ns in stride(from: -1_000_000_000 as Int64, through: 30_000_000_000, by: 97_777_777) {
            let local = LocalInstant(ns: ns)
            let exact = timeline.instant(local, of: 0).ns
            farthest = max(farthest, abs(map.instant(local).ns - exact))
        }
        #expect(farthest <= 1)
    }

    @Test("The bounds hold the fit's hard interval at every stamp of the window")
    func bounds() throws {
        let timeline = TimelineSamples.timeline(TimelineSamples.drifting(ppm: 37))
        let map = StampMap(timeline, agent: 0, over: Self.window)
        let bounds = try #require(map.bounds)
        let fit = try #require(timeline.fits[0])
        var outside = 0
        var widest = ClockBounds(low: 0, high: 0)
        for ns in stride(
            from: Self.window.lowerBound.ns, through: Self.window.upperBound.ns, by: 33_333_333)
        {
            let mapped = fit.map(LocalInstant(ns: ns))
            let published = map.instant(LocalInstant(ns: ns)).ns + timeline.start.ns
            if published + bounds.low > mapped.hardLowNs { outside += 1 }
            if published + bounds.high < mapped.hardHighNs { outside += 1 }
            widest = ClockBounds(
                low: min(widest.low, mapped.hardLowNs - published),
                high: max(widest.high, mapped.hardHighNs - published))
        }
        #expect(outside == 0)
        // And they are no idle promise.
        #expect(bounds.width < widest.width + widest.width / 10 + 1_000, "\(bounds) \(widest)")
    }

    @Test("A shared clock's stamps are instants, whatever its fit says of them")
    func shared() {
        let timeline = TimelineSamples.timeline(TimelineSamples.exchanges(), shares: true)
        let map = StampMap(timeline, agent: 0, over: TimelineSamples.window)
        for ns in [0, 1_000_000_000, 1_234_567_891, .max] as [Int64] {
            #expect(map.instant(LocalInstant(ns: ns)).ns == ns - 1_000_000_000)
        }
        #expect(map.bounds != nil)
    }

    @Test("The map is of its own agent and over its own window")
    func ofOneAgent() {
        let timeline = Timeline(
            start: TimelineSamples.start,
            clocks: [3_000_000, -7_000_000].map {
                TimelineSamples.clock(TimelineSamples.exchanges(offset: $0), shares: false)
            })
        let local = LocalInstant(ns: 1_500_000_000)
        for agent in 0..<2 {
            let map = StampMap(timeline, agent: agent, over: TimelineSamples.window)
            #expect(abs(map.instant(local).ns - timeline.instant(local, of: agent).ns) <= 1)
        }
        let point = StampMap(timeline, agent: 0, over: local...local)
        #expect(abs(point.instant(local).ns - timeline.instant(local, of: 0).ns) <= 1)
    }
}

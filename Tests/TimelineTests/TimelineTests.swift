import ClockSync
import Journal
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog

@Suite("A run's timeline")
struct TimelineTests {
    @Test("A clock that both name is taken as it is, not estimated, and still bounded")
    func sharedClock() throws {
        let local = LocalInstant(ns: 1_500_000_000)
        let shared = TimelineSamples.timeline(TimelineSamples.exchanges(), shares: true)
        #expect(shared.instant(local, of: 0).ns == 500_000_000)
        let map = StampMap(shared, agent: 0, over: TimelineSamples.window)
        #expect(map.instant(local).ns == 500_000_000)
        let bounds = try #require(map.bounds)
        #expect(bounds.low <= -9_000 && bounds.low > -11_000, "\(bounds)")
        #expect(bounds.high >= 89_000 && bounds.high < 91_000, "\(bounds)")
        let own = TimelineSamples.timeline(TimelineSamples.exchanges())
        #expect(abs(own.instant(local, of: 0).ns - 500_040_000) < 1_000)
    }

    @Test(
        "An instant's reading on an agent's clock is mapped back to it, whatever the clock's rate",
        arguments: [-100, 0, 37, 100])
    func localReading(ppm: Int64) {
        let timeline = TimelineSamples.timeline(TimelineSamples.drifting(ppm: ppm))
        for ns in stride(from: 0 as Int64, to: 19_000_000_000, by: 1_777_777_777) {
            let local = timeline.local(ClusterInstant(ns: ns), of: 0)
            #expect(abs(timeline.instant(local, of: 0).ns - ns) <= 2)
        }
    }

    @Test("The last probe is that of the agent's own clock")
    func lastProbe() {
        let exchanges = TimelineSamples.drifting(ppm: 37)
        let clock = TimelineSamples.timeline(exchanges).clocks[0]
        #expect(clock.lastProbe?.ns == exchanges[399].t3 && clock.exchangeCount == 400)
    }

    @Test("A shared clock's reading is the instant itself")
    func sharedReading() {
        let timeline = TimelineSamples.timeline(TimelineSamples.exchanges(), shares: true)
        #expect(timeline.local(ClusterInstant(ns: 123), of: 0).ns == 1_000_000_123)
    }

    @Test("Without a fit the offset of the start counts, and nothing bounds the truth")
    func noFit() {
        let timeline = TimelineSamples.timeline([])
        #expect(timeline.instant(LocalInstant(ns: 1_000_000_100), of: 0).ns == 107)
        #expect(timeline.local(ClusterInstant(ns: 107), of: 0).ns == 1_000_000_100)
        let map = StampMap(timeline, agent: 0, over: TimelineSamples.window)
        #expect(map.instant(LocalInstant(ns: 1_000_000_100)).ns == 107 && map.bounds == nil)
        let found = ClockFindings(
            timeline, agent: 0, over: TimelineSamples.window, reversed: EffectsBeforeCauses())
        #expect(found.record.problems.count == 1 && found.record.hard == nil)
        #expect(found.record.problems[0].contains("no clock probe was answered"))
        #expect(found.offsetNs == nil && !found.record.isValid)
        #expect(found.record.exchanges == 0 && found.record.minRTT == nil)
    }

    @Test("Without a fit a shared clock is still shared")
    func sharedWithoutFit() {
        let timeline = TimelineSamples.timeline([], shares: true)
        let map = StampMap(timeline, agent: 0, over: TimelineSamples.window)
        #expect(map.instant(LocalInstant(ns: 1_000_000_100)).ns == 100 && map.bounds == nil)
        #expect(timeline.instant(LocalInstant(ns: 1_000_000_100), of: 0).ns == 100)
    }

    @Test("Two boots are two clocks: no fit crosses them, and the timeline is broken in words")
    func twoBoots() {
        let timeline = TimelineSamples.timeline(
            TimelineSamples.exchanges(), boots: ["b", "c"])
        #expect(timeline.fits[0] == nil)
        let found = ClockFindings(
            timeline, agent: 0, over: TimelineSamples.window, reversed: EffectsBeforeCauses())
        let words = found.record.problems.first ?? ""
        #expect(words.contains("2 boots") && words.contains("global timeline is broken"))
        #expect(found.record.bootID == "c" && found.offsetNs == nil)
    }

    @Test("Two time namespaces are two clocks as well")
    func twoNamespaces() {
        let timeline = TimelineSamples.timeline(
            TimelineSamples.exchanges(), namespaces: ["n", "m"])
        #expect(timeline.fits[0] == nil)
        #expect(timeline.faults[0]?.contains("2 time namespaces") == true)
    }

    @Test("Each agent has its own fit, in their order, and one without leaves the others theirs")
    func manyAgents() throws {
        let offsets: [Int64?] = [3_000_000, nil, -7_000_000]
        let timeline = Timeline(
            start: TimelineSamples.start,
            clocks: offsets.map { offset in
                TimelineSamples.clock(
                    offset.map { TimelineSamples.exchanges(offset: $0) } ?? [], shares: false)
            })
        #expect(timeline.fits.map { $0 == nil } == [false, true, false])
        #expect(timeline.faults.map { $0 == nil } == [true, false, true])
        for (agent, offset) in offsets.enumerated() {
            guard let offset else { continue }
            let found = ClockFindings(
                timeline, agent: agent, over: TimelineSamples.window,
                reversed: EffectsBeforeCauses())
            let published = try #require(found.offsetNs)
            // Its middle is wrong by the 40 us of its ways.
            #expect(abs(published - offset - 40_000) < 1_000)
            #expect(found.record.exchanges == 20 && found.record.minRTT == 100_000)
            #expect(found.record.bootID == "b" && found.record.timeNamespace == "n")
            #expect(!found.record.isShared)
        }
    }

    @Test("A shared clock's offset is 0, and its findings say that it is shared")
    func sharedFindings() {
        let timeline = TimelineSamples.timeline(TimelineSamples.exchanges(), shares: true)
        let found = ClockFindings(
            timeline, agent: 0, over: TimelineSamples.window, reversed: EffectsBeforeCauses())
        #expect(found.offsetNs == 0 && found.record.isShared && found.record.isValid)
    }

    @Test("Bounds never leave the published instant out")
    func bounds() {
        let bounds = ClockBounds(low: 5, high: -5)
        #expect(bounds == ClockBounds(low: 0, high: 0) && bounds.width == 0)
    }

    // MARK: Effects before causes

    private func sentence(first: Int64, count: Int = 1) -> String? {
        let timeline = TimelineSamples.timeline(TimelineSamples.exchanges(offset: 3_000_000))
        var reversed = EffectsBeforeCauses()
        for _ in 0..<count {
            reversed.add(
                TimelineSamples.request(
                    sent: 1_500_000_000, first: first, finish: 1_600_000_000),
                on: timeline)
        }
        let found = ClockFindings(
            timeline, agent: 0, over: TimelineSamples.window, reversed: reversed)
        #expect(found.record.problems.count <= 1)
        return found.record.problems.first
    }

    @Test("A response before its request is said when the bounds cannot explain it")
    func effectBeforeCause() {
        #expect(sentence(first: 1_500_100_000) == nil)
        // Within what the bounds allow, 100 us here.
        #expect(sentence(first: 1_499_950_000) == nil)
        let found = sentence(first: 1_499_000_000) ?? ""
        #expect(found.contains("1 response maps before"), "\(found)")
        #expect(found.contains("1.00 ms"), "\(found)")
        let many = sentence(first: 1_499_000_000, count: 3) ?? ""
        #expect(many.contains("3 responses map before"), "\(many)")
    }

    @Test("Of several responses before their requests the worst is named, whenever it came")
    func worstEffect() throws {
        let timeline = TimelineSamples.timeline(TimelineSamples.exchanges(offset: 3_000_000))
        for firsts in [[1_497_000_000, 1_499_000_000], [1_499_000_000, 1_497_000_000]] {
            var reversed = EffectsBeforeCauses()
            for first in firsts {
                reversed.add(
                    TimelineSamples.request(
                        sent: 1_500_000_000, first: Int64(first), finish: 1_600_000_000),
                    on: timeline)
            }
            let found = ClockFindings(
                timeline, agent: 0, over: TimelineSamples.window, reversed: reversed)
            let words = try #require(found.record.problems.first)
            #expect(words.contains("2 responses map before") && words.contains("3.00 ms"))
        }
    }

    @Test("A request without a send or a token has neither cause nor effect")
    func noCause() {
        let timeline = TimelineSamples.timeline(TimelineSamples.exchanges())
        var request = TimelineSamples.request(
            sent: 1_500_000_000, first: 1_000_000_000, finish: 1_600_000_000)
        var reversed = EffectsBeforeCauses()
        request.sent?.sent = nil
        reversed.add(request, on: timeline)
        request = TimelineSamples.request(
            sent: 1_500_000_000, first: 1_000_000_000, finish: 1_600_000_000)
        request.tokens = []
        reversed.add(request, on: timeline)
        #expect(reversed == EffectsBeforeCauses())
    }
}

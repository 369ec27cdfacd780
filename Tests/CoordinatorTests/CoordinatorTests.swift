import ClockSync
import CoordinatorCore
import EventLoop
import Results
import Testing
import TimeBase
import TokenLog

@testable import Coordinator

@Suite("The run's timeline")
struct RunTimelineTests {
    /// Exchanges of 10 us out and 90 us back with an agent whose clock is `offset` behind: their
    /// middle is wrong by 40 us.
    private func exchanges(offset: Int64) -> [ClockExchange] {
        (0..<20).map { (index: Int64) -> ClockExchange in
            let sent = 1_000_000_000 + index * 50_000_000
            return ClockExchange(
                train: UInt32(index), member: 1, t1: sent, t2: sent + 10_000 - offset,
                t3: sent + 10_000 - offset, t4: sent + 100_000)
        }
    }

    private func timeline(
        _ exchanges: [ClockExchange], shares: Bool, boots: [String] = ["b"],
        namespaces: [String] = ["n"]
    ) -> RunTimeline {
        RunTimeline(
            start: LocalInstant(ns: 1_000_000_000),
            clocks: [
                RunTimeline.Clock(
                    exchanges: exchanges, offsetNs: 7,
                    names: boots.flatMap { boot in
                        namespaces.map {
                            RunTimeline.ClockID(bootID: boot, timeNamespace: $0)
                        }
                    }, isShared: shares)
            ])
    }

    @Test("A clock that both name is taken as it is, not estimated, and still bounded")
    func sharedClock() {
        let local = LocalInstant(ns: 1_500_000_000)
        let shared = timeline(exchanges(offset: 0), shares: true)
        #expect(shared.instant(local, of: 0).ns == 500_000_000)
        var bounds = ClockBounds(low: 0, high: 0)
        _ = shared.instant(local, of: 0, bounds: &bounds)
        #expect(bounds.low <= -9_000 && bounds.low > -11_000, "\(bounds)")
        #expect(bounds.high >= 89_000 && bounds.high < 91_000, "\(bounds)")
        let estimated = timeline(exchanges(offset: 0), shares: false).instant(local, of: 0).ns
        #expect(abs(estimated - 500_040_000) < 1_000)
    }

    @Test(
        "An instant's reading on an agent's clock is mapped back to it, whatever the clock's rate")
    func localReading() {
        // 100 ppm slow: a second's work of that is far more than what is allowed here.
        let exchanges = (0..<400).map { (index: Int64) -> ClockExchange in
            let sent = 1_000_000_000 + index * 50_000_000
            let agent = { (ns: Int64) in ns - 5_000_000 - (ns - 1_000_000_000) / 10_000 }
            return ClockExchange(
                train: UInt32(index), member: 1, t1: sent, t2: agent(sent + 20_000),
                t3: agent(sent + 21_000), t4: sent + 41_000)
        }
        let timeline = timeline(exchanges, shares: false)
        for ns in stride(from: 0 as Int64, to: 19_000_000_000, by: 1_777_777_777) {
            let local = timeline.local(ClusterInstant(ns: ns), of: 0)
            #expect(abs(timeline.instant(local, of: 0).ns - ns) <= 2)
        }
    }

    @Test("Without a fit the offset of the start counts, and nothing bounds the truth")
    func noFit() {
        let timeline = timeline([], shares: false)
        #expect(timeline.instant(LocalInstant(ns: 1_000_000_100), of: 0).ns == 107)
        let found = timeline.findings(
            of: 0, over: LocalInstant(ns: 0)...LocalInstant(ns: 9), requests: [])
        #expect(found.record.problems.count == 1 && found.record.hard == nil)
        #expect(found.record.problems[0].contains("no clock probe was answered"))
        var agent = RunAgent(name: "a", targets: [])
        agent.set(found, bounds: ClockBounds(low: -1, high: 1))
        #expect(agent.clockBounds == nil && agent.clockHalfWidth == nil)
    }

    @Test("Two boots are two clocks: no fit crosses them, and the timeline is broken in words")
    func twoBoots() {
        let timeline = timeline(exchanges(offset: 0), shares: false, boots: ["b", "c"])
        #expect(timeline.fits[0] == nil)
        let found = timeline.findings(
            of: 0, over: LocalInstant(ns: 0)...LocalInstant(ns: 9), requests: [])
        let words = found.record.problems.first ?? ""
        #expect(words.contains("2 boots") && words.contains("global timeline is broken"))
    }

    @Test("Two time namespaces are two clocks as well")
    func twoNamespaces() {
        let timeline = timeline(exchanges(offset: 0), shares: false, namespaces: ["n", "m"])
        #expect(timeline.fits[0] == nil)
        #expect(timeline.faults[0]?.contains("2 time namespaces") == true)
    }

    private func request(sent: Int64, first: Int64, finish: Int64) -> MergedRequest {
        var request = MergedRequest(id: 0, agent: 0)
        request.sent = SentRecord(
            request: 0, scheduled: LocalInstant(ns: sent), sent: LocalInstant(ns: sent), target: 0)
        request.tokens = [
            TokenRecord(
                stamp: LocalInstant(ns: first), request: 0, count: 1, kind: .content,
                source: .kernel)
        ]
        request.finish = FinishRecord(
            request: 0, at: LocalInstant(ns: finish), outcome: .completed)
        return request
    }

    @Test("A response before its request is said when the bounds cannot explain it")
    func effectBeforeCause() {
        let timeline = timeline(exchanges(offset: 3_000_000), shares: false)
        let window = LocalInstant(ns: 1_100_000_000)...LocalInstant(ns: 1_800_000_000)
        func problems(first: Int64) -> [String] {
            timeline.findings(
                of: 0, over: window,
                requests: [
                    request(sent: 1_500_000_000, first: first, finish: 1_600_000_000)
                ]
            ).record.problems
        }
        #expect(problems(first: 1_500_100_000).isEmpty)
        // Within what the bounds allow, 100 us here.
        #expect(problems(first: 1_499_950_000).isEmpty)
        let found = problems(first: 1_499_000_000)
        #expect(found.count == 1 && found[0].contains("1 response maps before"), "\(found)")
        #expect(found.first?.contains("1.00 ms") == true, "\(found)")
    }

    @Test("The window is the scored requests' own, cut where the agent was lost")
    func window() {
        let timeline = timeline(exchanges(offset: 0), shares: true)
        let requests = [
            request(sent: 1_100_000_000, first: 1_200_000_000, finish: 1_200_000_000),
            request(sent: 1_300_000_000, first: 1_400_000_000, finish: 1_400_000_000),
            request(sent: 1_350_000_000, first: 1_500_000_000, finish: 1_900_000_000),
        ]
        let whole = timeline.window(
            of: 0, requests: requests, isScored: { $0 > 0 }, until: nil)
        #expect(whole == LocalInstant(ns: 1_300_000_000)...LocalInstant(ns: 1_900_000_000))
        let cut = timeline.window(
            of: 0, requests: requests, isScored: { $0 > 0 }, until: ClusterInstant(ns: 450_000_000))
        #expect(cut.upperBound == LocalInstant(ns: 1_450_000_000))
    }
}

@Suite("Notes of the journal")
struct JournalNoteTests {
    @Test("Notes are read back as they were written")
    func roundTrip() throws {
        let notes: [JournalNote] = [
            .agent(
                index: 2, name: "a \"b\"",
                clock: JournalNote.Clock(bootID: "1", timeNamespace: "", isOwn: true),
                requests: [1, 5]),
            .start(rawNs: 9, offsetsNs: [-3]),
        ]
        for note in notes { #expect(try JournalNote(json: note.json) == note) }
    }
}

@Suite("Clocks while the run goes on")
struct LiveClocksTests {
    /// Exchanges of 20 us each way with an agent that runs 100 ppm slow, 20 trains a second.
    private static func exchanges(seconds: Int64) -> [ClockExchange] {
        (0..<(seconds * 20)).map { index in
            let sent = 1_000_000_000 + index * 50_000_000
            let agent = { (ns: Int64) in ns - 5_000_000 - (ns - 1_000_000_000) / 10_000 }
            return ClockExchange(
                train: UInt32(index), member: 1, t1: sent, t2: agent(sent + 20_000),
                t3: agent(sent + 21_000), t4: sent + 41_000)
        }
    }

    @Test("The bound is the one at the last exchange")
    func bound() throws {
        let exchanges = Self.exchanges(seconds: 10)
        let last = try #require(exchanges.last)
        let bound = try #require(LiveClocks.bound(exchanges, at: last))
        // 5 ms, and 100 ppm for nearly ten seconds.
        #expect(abs(bound.offsetNs - 5_995_000) < bound.uncertaintyNs + 1_000, "\(bound)")
        #expect(abs(bound.ratePPM - 100) < 1 && bound.uncertaintyNs < 30_000, "\(bound)")
        #expect(LiveClocks.bound([], at: last) == nil)
    }

    @Test("Every agent has its turn, and none is told after the end")
    func turns() throws {
        let loop = try EventLoop(name: "live clocks")
        let told = Told()
        loop.post {
            told.clocks = LiveClocks(loop: loop, agents: 3) { agent in
                agent == 1 ? [] : Self.exchanges(seconds: 2)
            } changed: { agent, _ in
                told.agents.append(agent)
                guard told.agents.count == 4 else { return }
                told.clocks?.stop()
                told.clocks = nil
                loop.requestStop()
            }
            told.clocks?.start()
        }
        loop.runOnThisThread()
        #expect(told.agents == [0, 2, 0, 2])
    }

    /// Touched on the loop's one thread, which is the test's own.
    private final class Told: @unchecked Sendable {
        var agents: [Int] = []
        var clocks: LiveClocks?
    }
}

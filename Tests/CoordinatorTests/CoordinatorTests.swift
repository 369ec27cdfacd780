import ClockSync
import Testing
import TimeBase

@testable import Coordinator

@Suite("The run's timeline")
struct RunTimelineTests {
    /// Exchanges of 10 us out and 90 us back with an agent whose clock is `offset` behind: their
    /// middle is wrong by 40 us.
    private func fit(offset: Int64) throws -> ClockFit {
        try ClockFit(
            exchanges: (0..<20).map { (index: Int64) -> ClockExchange in
                let sent = 1_000_000_000 + index * 50_000_000
                return ClockExchange(
                    train: UInt32(index), member: 0, t1: sent, t2: sent + 10_000 - offset,
                    t3: sent + 10_000 - offset, t4: sent + 100_000)
            })
    }

    private func timeline(_ fit: ClockFit?, shares: Bool) -> RunTimeline {
        RunTimeline(
            start: LocalInstant(ns: 1_000_000_000), fits: [fit], offsetsNs: [7],
            sharesClock: [shares])
    }

    @Test("A clock that both name is taken as it is, not estimated")
    func sharedClock() throws {
        let local = LocalInstant(ns: 1_500_000_000)
        #expect(timeline(try fit(offset: 0), shares: true).instant(local, of: 0).ns == 500_000_000)
        let estimated = timeline(try fit(offset: 0), shares: false).instant(local, of: 0).ns
        #expect(abs(estimated - 500_040_000) < 1_000)
    }

    @Test("Without a fit the offset of the start counts")
    func noFit() {
        let timeline = timeline(nil, shares: false)
        #expect(timeline.instant(LocalInstant(ns: 1_000_000_100), of: 0).ns == 107)
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

import JournalSamples
import Results
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog
import Wire

/// Journals of agents that keep raw stamps: each token's read has its own delay.
@Suite("A journal with raw stamps") struct JournalRawStampsTests {
    private typealias Draft = JournalDraft

    /// A request of two tokens, which were read 1 us and 2 us times `delay` after their stamps.
    private func add(
        _ draft: inout JournalDraft, _ ids: [UInt32], delay: UInt32, isLost: Bool = false
    ) {
        let begin = Double(ids[0]) / 10
        draft.batch(
            0,
            ids.map { Draft.sent($0, begin) }
                + ids.flatMap { [Draft.token($0, begin + 0.01), Draft.token($0, begin + 0.02)] }
                + ids.map { Draft.finish($0, begin + 0.03, tokens: 2) },
            delays: ids.flatMap { [$0 * 1_000 + delay, $0 * 1_000 + delay + 1] }, isLost: isLost)
    }

    private func draft() -> JournalDraft {
        var draft = Draft(agents: 1, requests: 8)
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.probe(0, train: 0, at: -0.5)
        draft.deal(Array(0..<8), to: 0) { Int64($0) * 100_000_000 }
        draft.start(0)
        return draft
    }

    private func delays(_ journal: ReadJournal, _ id: UInt32) -> [Int64]? {
        journal.request(id)?.reads?.map(\.delay)
    }

    @Test("Each read has the delay of its own token, of several requests in a batch")
    func ownDelays() throws {
        var draft = draft()
        add(&draft, [0, 1, 2], delay: 5)
        add(&draft, [3], delay: 7)
        let journal = try ReadJournal(draft.source)
        for id in [0, 1, 2] as [UInt32] {
            let own = Int64(id) * 1_000 + 5
            #expect(delays(journal, id) == [own, own + 1])
        }
        #expect(delays(journal, 3) == [3_007, 3_008])
        #expect(journal.request(3)?.reads?.map(\.time) == [310_000_000, 320_000_000])
    }

    /// The records behind the hole begin with tokens of a request whose first ones were in it.
    @Test("Behind a hole the tokens that are left keep theirs")
    func behindAHole() throws {
        var draft = draft()
        add(&draft, [0], delay: 5)
        draft.batch(0, [Draft.sent(1, 0.1)], isLost: true)
        draft.batch(
            0,
            [
                Draft.sent(2, 0.2), Draft.token(1, 0.21), Draft.token(2, 0.22),
                Draft.token(1, 0.23), Draft.token(2, 0.24), Draft.finish(1, 0.25, tokens: 2),
                Draft.finish(2, 0.26, tokens: 2),
            ], delays: [11, 22, 13, 24])
        draft.end(0, at: 1)
        draft.end(at: 2)
        let journal = try ReadJournal(draft.source)
        #expect(delays(journal, 0) == [5, 6])
        #expect(delays(journal, 2) == [22, 24])
        #expect(journal.request(2)?.reads?.map(\.time) == [220_000_000, 240_000_000])
        #expect(journal.request(2)?.outcome == .completed)
    }
}

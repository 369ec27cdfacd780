import Goodput
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog

@Suite("A request's stamps on the timeline")
struct MappedTimesTests {
    /// A shared clock: a stamp's instant is 1 s less.
    private static let map = StampMap(
        TimelineSamples.timeline(TimelineSamples.exchanges(), shares: true), agent: 0,
        over: TimelineSamples.window)

    private func times(
        scheduled: Int64 = 100, free: Int64? = nil, sent: Int64? = 105, finish: Int64? = 400,
        _ tokens: [TokenRecord], delays: [UInt32] = [], usage: UInt32? = nil
    ) -> MappedTimes {
        let base: Int64 = 1_000_000_000
        var request = MergedRequest(id: 0, agent: 0)
        let record = SentRecord(
            request: 0, scheduled: LocalInstant(ns: base + scheduled),
            free: free.map { LocalInstant(ns: base + $0) },
            sent: sent.map { LocalInstant(ns: base + $0) }, target: 0)
        request.sent = record
        request.tokens = tokens.map { token in
            var token = token
            token.stamp = LocalInstant(ns: base + token.stamp.ns)
            return token
        }
        request.delays = delays
        if let usage {
            request.finish = FinishRecord(
                request: 0, at: LocalInstant(ns: base + 400), outcome: .completed,
                evidence: .finalUsage, outputTokens: usage)
        }
        return MappedTimes(
            request, record, finish: finish.map { LocalInstant(ns: base + $0) }, by: Self.map)
    }

    private typealias Sample = TimelineSamples

    @Test("Stamps in their order are taken as they are")
    func plain() {
        let times = times([Sample.token(200), Sample.token(300, count: 2)])
        #expect(times.scheduled.ns == 100 && times.sent?.ns == 105 && times.finish.ns == 400)
        #expect(times.events == [TokenEvent(time: 200), TokenEvent(time: 300, count: 2)])
        #expect(times.waited == 0 && times.reads == nil && times.firstAnswer == nil)
    }

    @Test("Nothing is before the scheduled instant, nor before the event ahead of it")
    func clipped() {
        let times = times(
            sent: 90, finish: 150,
            [Sample.token(50), Sample.token(200), Sample.token(180), Sample.token(210)])
        #expect(times.sent?.ns == 100)
        #expect(times.events.map(\.time) == [100, 200, 200, 210])
        #expect(times.finish.ns == 210)
    }

    @Test("One that was never sent, and brought nothing, ends where it is said to, or is due")
    func neverSent() {
        let times = times(sent: nil, finish: 90, [])
        #expect(times.sent == nil && times.events.isEmpty && times.finish.ns == 100)
        #expect(self.times(sent: nil, finish: nil, []).finish.ns == 100)
        #expect(self.times(sent: nil, finish: 170, []).finish.ns == 170)
    }

    @Test("Without an end of its own a request ends with the last of its records")
    func withoutEnd() {
        #expect(times(finish: nil, [Sample.token(200), Sample.token(310)]).finish.ns == 310)
    }

    @Test("A wait for a slot is what lies between due and free")
    func waited() {
        #expect(times(scheduled: 100, free: 170, sent: 175, []).waited == 70)
        #expect(times(scheduled: 100, free: 100, []).waited == 0)
    }

    @Test("The first token of the answer is a time of its own where reasoning came first alone")
    func firstAnswer() {
        func first(_ kinds: [TokenKind], from begin: Int64 = 200) -> Int64? {
            times(
                kinds.enumerated().map { Sample.token(begin + Int64($0) * 10, kind: $1) }
            ).firstAnswer?.ns
        }
        #expect(first([.reasoning, .reasoning, .content, .content]) == 220)
        #expect(first([.reasoning, .tool]) == 210)
        #expect(first([.other, .content]) == 210)
        #expect(first([.content, .reasoning]) == nil)
        #expect(first([.reasoning]) == nil && first([]) == nil)
        // Never before it was due.
        #expect(first([.reasoning, .content], from: 40) == 100)
    }

    @Test("Thoughts are the tokens before the answer's first, whatever comes behind it")
    func thoughts() {
        func count(_ kinds: [TokenKind], tokens: UInt16 = 1) -> UInt32 {
            times(
                kinds.enumerated().map {
                    Sample.token(200 + Int64($0) * 10, count: tokens, kind: $1)
                }
            ).thoughtTokens
        }
        #expect(count([.reasoning, .other, .content, .content], tokens: 3) == 6)
        #expect(count([.reasoning, .tool, .reasoning]) == 1)
        #expect(count([.content, .reasoning, .content]) == 0)
        #expect(count([.reasoning, .reasoning]) == 2)
        #expect(count([]) == 0)
    }

    @Test("Reads keep each record's stamp, clipped as events are, with the callback's delay")
    func reads() {
        let times = times(
            [Sample.token(50, count: 4, events: 4), Sample.token(200), Sample.token(180)],
            delays: [7, 8, 9])
        #expect(
            times.reads == [
                StampedRead(time: 100, delay: 7), StampedRead(time: 200, delay: 8),
                StampedRead(time: 200, delay: 9),
            ])
        #expect(times.events.count == 6)
    }

    @Test("A read of several events is as many events at one time, their tokens spread evenly")
    func joined() {
        let times = times([Sample.token(200, count: 7, events: 3)])
        #expect(
            times.events == [
                TokenEvent(time: 200, count: 3), TokenEvent(time: 200, count: 2),
                TokenEvent(time: 200, count: 2),
            ])
    }

    @Test("Where only the final usage knows the count, it is spread over the events")
    func usage() {
        let tokens = [Sample.token(200), Sample.token(250), Sample.token(300)]
        #expect(times(tokens, usage: 3).events.map(\.count) == [1, 1, 1])
        #expect(times(tokens, usage: 8).events.map(\.count) == [3, 3, 2])
        #expect(times(tokens, usage: 8).events.map(\.time) == [200, 250, 300])
        // Fewer than events: one without a token showed nothing.
        let few = times(tokens, usage: 2)
        #expect(few.events.reduce(0) { $0 + $1.count } == 2 && few.events.first?.time == 200)
        #expect(times([], usage: 5).events.isEmpty)
        // Another evidence leaves the records' own counts.
        #expect(times(tokens).events.map(\.count) == [1, 1, 1])
    }
}

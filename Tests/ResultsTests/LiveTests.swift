import Goodput
import RunRecord
import SampleRuns
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Results

@Suite struct LiveTests {
    private static let readers = SampleRun.header.classes.map { try! Reader($0.parameters) }

    private func live(start: Int64 = 0) -> LiveScore {
        LiveScore(
            agents: SampleRun.header.agents.map(\.name), readers: Self.readers,
            start: ClusterInstant(ns: start), planned: 7, duration: nil)
    }

    /// Feeds the sample run as its events would come: by time, each agent's a little late.
    private func feed(_ live: inout LiveScore, until now: Int64 = .max) {
        enum Event {
            case due(MeasuredRequest)
            case tokens(UInt32, TokenEvent)
            case finish(MeasuredRequest)
        }
        var events: [(Int64, Event)] = []
        for request in SampleRun.requests {
            events.append((request.scheduled.ns, .due(request)))
            for token in request.tokens ?? [] {
                events.append((token.time, .tokens(request.id, token)))
            }
            events.append((request.finish.ns, .finish(request)))
        }
        events.sort { $0.0 < $1.0 }
        for (time, event) in events where time <= now {
            switch event {
            case .due(let request):
                live.becameDue(
                    request.id, agent: Int(request.id % 2),
                    classIndex: request.className == "chat" ? 0 : 1, phase: request.phase,
                    scheduled: request.scheduled, sent: request.sent)
            case .tokens(let id, let token):
                live.received(token.count, of: id, at: ClusterInstant(ns: token.time))
            case .finish(let request):
                live.finished(request.id, at: request.finish, outcome: request.outcome)
            }
        }
    }

    /// At the last finish the live figures are the offline ones.
    @Test func theLiveFigureEndsAtTheOfflineOne() throws {
        var live = live()
        feed(&live)
        let summary = try RunSummary(SampleRun.result)
        let interval = try #require(summary.run.totals.interval)
        let snapshot = live.snapshot(at: ClusterInstant(ns: interval.end))
        let smooth = try #require(snapshot.smoothGoodput)
        let offline = try #require(summary.run.totals.smoothGoodput)
        #expect((smooth - offline).magnitude < 1e-9)
        #expect(snapshot.throughput == summary.run.totals.throughput)
        #expect(snapshot.done == 5 && snapshot.failed == 2)
        #expect(snapshot.running == 0 && snapshot.agents.allSatisfy { $0.running == 0 })
        #expect(snapshot.sent == 6 && snapshot.warmups == 1)
        #expect(snapshot.progress == 1)
    }

    @Test func aSnapshotShowsWhatRuns() throws {
        var live = live()
        feed(&live, until: 600_000_000)
        let snapshot = live.snapshot(at: ClusterInstant(ns: 600_000_000))
        #expect(snapshot.running == 3)
        #expect(snapshot.agents.map(\.running) == [2, 1])
        #expect(snapshot.sent == 2)
        #expect(snapshot.done + snapshot.failed == 0)
        let p99 = try #require(snapshot.agents[1].ttftP99)
        #expect((p99 - 200_000_000).magnitude < 200_000)
        #expect(snapshot.agents[0].ttftP99 == nil, "the warm-up request has no figure")
    }

    /// Thoughts come before the answer and are not read; those behind its first token are.
    @Test func thoughtsEarnNothing() throws {
        var live = LiveScore(
            agents: ["a"], readers: [try Reader(.answer)], start: ClusterInstant(ns: 0), planned: 1,
            duration: nil)
        let due = ClusterInstant(ns: 0)
        live.becameDue(
            0, agent: 0, classIndex: 0, phase: .scored, scheduled: due, sent: due)
        let second = ClusterInstant(ns: 1_000_000_000)
        live.received(30, thought: true, of: 0, at: second)
        #expect(live.snapshot(at: second).smoothGoodput == 0)
        #expect(live.snapshot(at: second).throughput == 30)
        live.received(4, of: 0, at: second)
        live.received(2, thought: true, of: 0, at: second)
        #expect(live.snapshot(at: second).smoothGoodput == 6)
    }

    @Test func ratesLookBackOverWholeSeconds() {
        var live = live()
        for index in 0..<UInt32(40) {
            let due = ClusterInstant(ns: Int64(index) * 250_000_000)
            live.becameDue(
                index, agent: 0, classIndex: 0, phase: .scored, scheduled: due,
                sent: index % 2 == 0 ? due : nil)
            live.received(5, of: index, at: due)
        }
        let snapshot = live.snapshot(at: ClusterInstant(ns: 10_000_000_000))
        #expect(snapshot.askedRate == 4)
        #expect(snapshot.sentRate == 2)
        #expect(snapshot.agents[0].tokensPerSecond == 20)
        #expect(snapshot.recentBenefit == Array(repeating: 20, count: 10))
        // A minute of silence later nothing recent is left.
        let later = live.snapshot(at: ClusterInstant(ns: 75_000_000_000))
        #expect(later.askedRate == 0)
        #expect(later.recentBenefit == Array(repeating: 0, count: 10))
    }

    /// Waiting for a slot is the workload's own doing, and no lateness of the client's.
    @Test func latenessCountsFromWhenARequestCouldGo() throws {
        var live = live()
        let due = ClusterInstant(ns: 1_000_000)
        let free = ClusterInstant(ns: 900_000_000)
        live.becameDue(
            0, agent: 0, classIndex: 0, phase: .scored, scheduled: due, free: free,
            sent: free + .microseconds(40))
        let snapshot = live.snapshot(at: ClusterInstant(ns: 2_000_000_000))
        let p99 = try #require(snapshot.latenessP99)
        #expect((p99 - 40_000).magnitude < 400 && snapshot.agents[0].latenessP99 == p99)
        // Where nothing is said of a slot, it could go when it was due.
        live.becameDue(
            1, agent: 1, classIndex: 0, phase: .scored, scheduled: due,
            sent: due + .microseconds(90))
        let next = try #require(
            live.snapshot(at: ClusterInstant(ns: 2_000_000_000)).agents[1].latenessP99)
        #expect((next - 90_000).magnitude < 900)
    }

    /// A correction of the clock's mapping may turn two events around; unknown ones are ignored.
    @Test func eventsThatSeemOutOfOrderAreSimultaneous() {
        var live = live()
        let due = ClusterInstant(ns: 1_000)
        live.becameDue(0, agent: 0, classIndex: 0, phase: .scored, scheduled: due, sent: due)
        live.received(1, of: 0, at: ClusterInstant(ns: 500))
        live.received(1, of: 0, at: ClusterInstant(ns: 2_000))
        live.received(1, of: 0, at: ClusterInstant(ns: 1_990))
        live.received(1, of: 9, at: ClusterInstant(ns: 2_000))
        live.received(0, of: 0, at: ClusterInstant(ns: 2_000))
        live.finished(0, at: ClusterInstant(ns: 1_999), outcome: .completed)
        live.finished(0, at: ClusterInstant(ns: 3_000), outcome: .completed)
        live.finished(9, at: ClusterInstant(ns: 3_000), outcome: .failed)
        let snapshot = live.snapshot(at: ClusterInstant(ns: 1_000_001_000))
        #expect(snapshot.done == 1 && snapshot.failed == 0 && snapshot.running == 0)
        #expect(snapshot.smoothGoodput == 3)
    }

    @Test func nothingIsShownBeforeTheFirstRequest() {
        let snapshot = live(start: 5_000_000_000).snapshot(at: ClusterInstant(ns: 2_000_000_000))
        #expect(snapshot.elapsed == -3_000_000_000)
        #expect(snapshot.smoothGoodput == nil && snapshot.latenessP99 == nil)
        #expect(snapshot.progress == 0)
    }

    @Test func aSecondLongPastDoesNotReplaceALaterOne() {
        var recent = RecentSeconds()
        recent.add(1, second: 100)
        recent.add(5, second: 100 - Int64(RecentSeconds.kept))
        recent.add(2, second: 99)
        recent.add(3, second: -1)
        #expect(recent.last(3, before: 101) == [0, 2, 1])
        #expect(recent.last(2, before: 0) == [0, 3], "seconds before the start count too")
    }
}

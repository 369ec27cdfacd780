import Testing
import TimeBase
import TokenLog

@testable import CoordinatorCore

private func token(_ request: UInt32, at ns: Int64, count: UInt16 = 1) -> LogRecord {
    .tokens(
        TokenRecord(
            stamp: LocalInstant(ns: ns), request: request, count: count, kind: .content,
            source: .kernel))
}

private func sent(_ request: UInt32, at ns: Int64) -> LogRecord {
    .sent(
        SentRecord(
            request: request, scheduled: LocalInstant(ns: ns), sent: LocalInstant(ns: ns + 1),
            target: 0))
}

private func finish(
    _ request: UInt32, at ns: Int64, evidence: TokenEvidence = .contentEvents, tokens: UInt32 = 0
) -> LogRecord {
    .finish(
        FinishRecord(
            request: request, at: LocalInstant(ns: ns), outcome: .completed, evidence: evidence,
            outputTokens: tokens))
}

@Suite("Token logs merged by request")
struct MergeTests {
    @Test("Records of several agents, interleaved")
    func interleaved() throws {
        var merge = Merge(agents: [0, 1, 0])
        try merge.add(LogBatch([sent(0, at: 0), token(0, at: 5), sent(2, at: 1)]), agent: 0)
        try merge.add(
            LogBatch([sent(1, at: 900), token(1, at: 950), finish(1, at: 960)]), agent: 1)
        try merge.add(LogBatch([token(2, at: 6), token(0, at: 7), finish(0, at: 8)]), agent: 0)
        #expect(!merge.isComplete)
        try merge.add(LogBatch([finish(2, at: 9)]), agent: 0)
        #expect(merge.isComplete)
        #expect(merge.requests[0].tokens.map(\.stamp.ns) == [5, 7])
        #expect(merge.requests[1].finish?.at.ns == 960)
    }

    @Test("A record that contradicts the ones before it is named")
    func faults() throws {
        var merge = Merge(agents: [0, 1])
        try merge.add(LogBatch([sent(0, at: 0), token(0, at: 5)]), agent: 0)
        #expect(throws: MergeFault.secondSend(0)) {
            try merge.add(LogBatch([sent(0, at: 1)]), agent: 0)
        }
        #expect(throws: MergeFault.backwards(0)) {
            try merge.add(LogBatch([token(0, at: 4)]), agent: 0)
        }
        #expect(throws: MergeFault.notOfThisAgent(1)) {
            try merge.add(LogBatch([sent(1, at: 1)]), agent: 0)
        }
        #expect(throws: MergeFault.unknownRequest(2)) {
            try merge.add(LogBatch([sent(2, at: 1)]), agent: 0)
        }
        try merge.add(LogBatch([finish(0, at: 9)]), agent: 0)
        #expect(throws: MergeFault.secondFinish(0)) {
            try merge.add(LogBatch([finish(0, at: 9)]), agent: 0)
        }
        #expect(throws: MergeFault.afterFinish(0)) {
            try merge.add(LogBatch([token(0, at: 9)]), agent: 0)
        }
    }

    @Test("A request of a later round is known by its first record, and is its agent's alone")
    func rounds() throws {
        var merge = Merge(agents: [0, 1], repeats: true)
        try merge.add(LogBatch([sent(4, at: 1), token(4, at: 2)]), agent: 0)
        #expect(throws: MergeFault.unknownRequest(2)) {
            try merge.add(LogBatch([token(2, at: 3)]), agent: 0)
        }
        #expect(throws: MergeFault.unknownRequest(5)) {
            try merge.add(LogBatch([sent(5, at: 3)]), agent: 0)
        }
        #expect(throws: MergeFault.secondSend(4)) {
            try merge.add(LogBatch([sent(4, at: 3)]), agent: 0)
        }
        try merge.add(LogBatch([finish(0, at: 6)]), agent: 0)
        try merge.add(LogBatch([finish(1, at: 6)]), agent: 1)
        #expect(!merge.isComplete)
        try merge.add(LogBatch([finish(4, at: 7)]), agent: 0)
        #expect(merge.isComplete && merge.finished == 3)
        #expect(merge.requests.map(\.id) == [0, 1, 4])
        #expect(merge.request(4)?.tokens.count == 1 && merge.request(2) == nil)
    }

    @Test("Usage that only the end knew is spread over the events")
    func usage() throws {
        var merge = Merge(agents: [0])
        try merge.add(
            LogBatch([
                sent(0, at: 0), token(0, at: 5), token(0, at: 6), token(0, at: 7),
                finish(0, at: 9, evidence: .finalUsage, tokens: 7),
            ]), agent: 0)
        let counted = merge.requests[0].countedTokens
        #expect(counted.reduce(0) { $0 + Int($1.count) } == 7)
        #expect(counted.map(\.stamp.ns) == [5, 6, 7])
    }

    @Test("A lost agent's requests end with a reason, each once")
    func lost() throws {
        var merge = Merge(agents: [0, 0, 0, 0, 1])
        try merge.add(
            LogBatch([sent(0, at: 0), token(0, at: 50), sent(1, at: 10), finish(1, at: 20)]),
            agent: 0)
        let due: [Int: Int64] = [2: 70, 3: 500]
        merge.close(
            agent: 0, at: LocalInstant(ns: 40), end: LocalInstant(ns: 100),
            error: RequestError(kind: .agentDown, detail: "agent down"),
            scheduled: { due[$0].map { LocalInstant(ns: $0) } })
        #expect(
            merge.requests.map { $0.finish?.outcome } == [
                .unfinished, .completed, .unfinished, .notNeeded, nil,
            ])
        // Never before its last token.
        #expect(merge.requests[0].finish?.at.ns == 50)
        // Due while the agent was away: never sent, and never before it was due.
        #expect(merge.requests[2].sent?.sent == nil)
        #expect(merge.requests[2].finish?.at.ns == 70)
        #expect(merge.finished == 4)
    }

    @Test("Due exactly at the run's end is due, and a nanosecond later is not needed")
    func lostAtTheEnd() {
        var merge = Merge(agents: [0, 0])
        merge.close(
            agent: 0, at: LocalInstant(ns: 40), end: LocalInstant(ns: 100),
            error: RequestError(kind: .agentDown, detail: "agent down"),
            scheduled: { LocalInstant(ns: 100 + Int64($0)) })
        #expect(merge.requests.map { $0.finish?.outcome } == [.unfinished, .notNeeded])
        #expect(merge.requests.map { $0.sent?.scheduled.ns } == [100, nil])
        #expect(merge.requests[0].finish?.at.ns == 100)
    }
}

import RunRecord
import Testing
import TimeBase
import TokenLog

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

@Suite("Records of several agents, by request")
struct OpenRequestRulesTests {
    /// Open requests, and those that were handed out.
    private struct Book {
        var requests: OpenRequests
        var whole: [MergedRequest] = []

        init(owners: [Int32], repeats: Bool = false) {
            requests = OpenRequests(owners: owners, repeats: repeats)
        }

        mutating func add(_ records: LogRecord..., agent: Int) throws {
            try requests.add(LogBatch(records), agent: agent) { whole.append($0) }
        }

        /// The request that was handed out under `id`.
        func whole(_ id: UInt32) throws -> MergedRequest {
            try #require(whole.first { $0.id == id })
        }
    }

    @Test("Records of several agents, interleaved")
    func interleaved() throws {
        var book = Book(owners: [0, 1, 0])
        try book.add(sent(0, at: 0), token(0, at: 5), sent(2, at: 1), agent: 0)
        try book.add(sent(1, at: 900), token(1, at: 950), finish(1, at: 960), agent: 1)
        try book.add(token(2, at: 6), token(0, at: 7), finish(0, at: 8), agent: 0)
        #expect(!book.requests.isComplete)
        try book.add(finish(2, at: 9), agent: 0)
        #expect(book.requests.isComplete)
        #expect(book.whole.map(\.id) == [1, 0, 2])
        #expect(try book.whole(0).tokens.map(\.stamp.ns) == [5, 7])
        #expect(try book.whole(1).finish?.at.ns == 960)
    }

    @Test("A record that contradicts the ones before it is named")
    func faults() throws {
        var book = Book(owners: [0, 1])
        try book.add(sent(0, at: 0), token(0, at: 5), agent: 0)
        #expect(throws: MergeFault.secondSend(0)) { try book.add(sent(0, at: 1), agent: 0) }
        #expect(throws: MergeFault.backwards(0)) { try book.add(token(0, at: 4), agent: 0) }
        #expect(throws: MergeFault.notOfThisAgent(1)) { try book.add(sent(1, at: 1), agent: 0) }
        #expect(throws: MergeFault.unknownRequest(2)) { try book.add(sent(2, at: 1), agent: 0) }
        try book.add(finish(0, at: 9), agent: 0)
        #expect(throws: MergeFault.secondFinish(0)) { try book.add(finish(0, at: 9), agent: 0) }
        #expect(throws: MergeFault.afterFinish(0)) { try book.add(token(0, at: 9), agent: 0) }
        #expect(try book.whole(0).tokens.map(\.stamp.ns) == [5])
    }

    @Test("A request of a later round is known by its first record, and is its agent's alone")
    func rounds() throws {
        var book = Book(owners: [0, 1], repeats: true)
        try book.add(sent(4, at: 1), token(4, at: 2), agent: 0)
        #expect(throws: MergeFault.unknownRequest(2)) { try book.add(token(2, at: 3), agent: 0) }
        #expect(throws: MergeFault.unknownRequest(5)) { try book.add(sent(5, at: 3), agent: 0) }
        #expect(throws: MergeFault.secondSend(4)) { try book.add(sent(4, at: 3), agent: 0) }
        try book.add(finish(0, at: 6), agent: 0)
        try book.add(finish(1, at: 6), agent: 1)
        #expect(!book.requests.isComplete)
        try book.add(finish(4, at: 7), agent: 0)
        #expect(book.requests.isComplete && book.requests.finished == 3)
        #expect(book.whole.map(\.id) == [0, 1, 4])
        #expect(try book.whole(4).tokens.count == 1)
        #expect(book.requests.progress(of: 2) == nil)
    }

    @Test("Usage that only the end knew is spread over the events")
    func usage() throws {
        var book = Book(owners: [0])
        try book.add(
            sent(0, at: 0), token(0, at: 5), token(0, at: 6), token(0, at: 7),
            finish(0, at: 9, evidence: .finalUsage, tokens: 7), agent: 0)
        let counted = try book.whole(0).countedTokens
        #expect(counted.reduce(0) { $0 + Int($1.count) } == 7)
        #expect(counted.map(\.stamp.ns) == [5, 6, 7])
    }

    @Test("A lost agent's requests end each once: the open ones as they are, the others unsent")
    func lost() throws {
        var book = Book(owners: [0, 0, 0, 1])
        try book.add(
            sent(0, at: 0), token(0, at: 50), sent(1, at: 10), finish(1, at: 20), agent: 0)
        try book.add(sent(3, at: 1), agent: 1)
        let taken = book.requests.takeOpen(of: 0)
        #expect(taken.map(\.id) == [0] && taken[0].tokens.map(\.stamp.ns) == [50])
        #expect(book.requests.takeOpen(of: 0).isEmpty)
        #expect(book.requests.finished == 2 && book.requests.progress(of: 2) == .waiting)
        book.requests.close(2)
        #expect(book.requests.finished == 3)
        for id in 0..<3 as Range<UInt32> { #expect(book.requests.progress(of: id) == .finished) }
        // Records of them that come all the same are refused, and the other agent's stay open.
        #expect(throws: MergeFault.afterFinish(0)) { try book.add(token(0, at: 60), agent: 0) }
        #expect(throws: MergeFault.afterFinish(2)) { try book.add(sent(2, at: 60), agent: 0) }
        #expect(book.requests.open().map(\.id) == [3])
        try book.add(finish(3, at: 70), agent: 1)
        #expect(book.requests.isComplete && book.whole.map(\.id) == [1, 3])
    }
}

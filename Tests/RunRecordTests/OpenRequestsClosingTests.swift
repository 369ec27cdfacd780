import RunRecord
import Testing
import TimeBase
import TokenLog

@Suite("Requests that end without their terminal records")
struct OpenRequestsClosingTests {
    /// Requests 0 to 5 of agents 0 and 1 in turn: of agent 0's, 4 and 0 are open and 2 waits; of
    /// agent 1's, 1 is open, 3 is over and 5 waits.
    private func requests(repeats: Bool = false) throws -> OpenRequests {
        var requests = OpenRequests(owners: [0, 1, 0, 1, 0, 1], repeats: repeats)
        try requests.add(
            LogBatch([
                RecordSamples.sent(4), RecordSamples.sent(0), RecordSamples.token(4, 5),
                RecordSamples.token(4, 6),
            ]), agent: 0
        ) { _ in }
        try requests.add(
            LogBatch([
                RecordSamples.sent(3), RecordSamples.sent(1), RecordSamples.token(1, 7),
                RecordSamples.finish(3),
            ]), agent: 1
        ) { _ in }
        return requests
    }

    @Test("An agent's open requests are taken by id, with what is known of them, and no other's")
    func taken() throws {
        var requests = try requests()
        let taken = requests.takeOpen(of: 0)
        #expect(taken.map(\.id) == [0, 4] && taken.allSatisfy { $0.agent == 0 })
        #expect(taken.map { $0.tokens.map(\.stamp.ns) } == [[], [5, 6]])
        #expect(taken.allSatisfy { $0.sent?.sent?.ns == 2 && $0.finish == nil })
        #expect(requests.open().map(\.id) == [1] && requests.openCount == 1)
        #expect(requests.progress(of: 0) == .finished && requests.progress(of: 4) == .finished)
        #expect(requests.progress(of: 2) == .waiting && requests.progress(of: 1) == .open)
        #expect(requests.finished == 3 && !requests.isComplete)
        #expect(requests.takeOpen(of: 0).isEmpty)
        #expect(throws: MergeFault.secondFinish(4)) {
            try requests.add(LogBatch([RecordSamples.finish(4)]), agent: 0) { _ in }
        }
    }

    @Test("The room of those that were taken holds the next ones alone")
    func roomAgain() throws {
        var requests = try requests()
        let taken = requests.takeOpen(of: 0)
        var whole: [MergedRequest] = []
        try requests.add(
            LogBatch([
                RecordSamples.sent(5), RecordSamples.token(5, 11), RecordSamples.finish(5),
                RecordSamples.finish(1),
            ]), agent: 1
        ) { whole.append($0) }
        #expect(whole.map(\.id) == [5, 1])
        #expect(whole.map { $0.tokens.map(\.stamp.ns) } == [[11], [7]])
        #expect(taken.map(\.id) == [0, 4] && taken[1].tokens.map(\.stamp.ns) == [5, 6])
        try requests.add(LogBatch([RecordSamples.sent(2), RecordSamples.finish(2)]), agent: 0) {
            _ in
        }
        #expect(requests.isComplete && requests.openCount == 0)
    }

    @Test("One that waits is closed without a record, and only that one")
    func closed() throws {
        var requests = try requests()
        requests.close(2)
        #expect(requests.progress(of: 2) == .finished && requests.finished == 2)
        #expect(requests.open().map(\.id) == [0, 1, 4] && requests.progress(of: 5) == .waiting)
        #expect(throws: MergeFault.afterFinish(2)) {
            try requests.add(LogBatch([RecordSamples.sent(2)]), agent: 0) { _ in }
        }
        // Whose it was is still known.
        #expect(throws: MergeFault.notOfThisAgent(2)) {
            try requests.add(LogBatch([RecordSamples.sent(2)]), agent: 1) { _ in }
        }
        _ = requests.takeOpen(of: 0)
        requests.close(5)
        _ = requests.takeOpen(of: 1)
        #expect(requests.isComplete)
    }

    @Test("Requests of later rounds are taken as well, and what they repeat is not")
    func laterRounds() throws {
        var requests = try requests(repeats: true)
        try requests.add(
            LogBatch([RecordSamples.sent(8), RecordSamples.token(8, 9), RecordSamples.sent(12)]),
            agent: 0
        ) { _ in }
        #expect(!requests.isComplete && requests.progress(of: 8) == .open)
        #expect(requests.progress(of: 14) == nil)
        #expect(requests.takeOpen(of: 0).map(\.id) == [0, 4, 8, 12])
        #expect(requests.progress(of: 8) == .finished && requests.progress(of: 2) == .waiting)
        #expect(requests.finished == 5)
        requests.close(2)
        requests.close(5)
        #expect(requests.takeOpen(of: 1).map(\.id) == [1] && requests.isComplete)
        // A later one is known by its first record, and makes the run incomplete again.
        try requests.add(LogBatch([RecordSamples.sent(14)]), agent: 0) { _ in }
        #expect(!requests.isComplete && requests.takeOpen(of: 0).map(\.id) == [14])
        #expect(requests.isComplete)
    }
}

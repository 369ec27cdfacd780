import RunRecord
import Testing
import Workload

@Suite("The plan as it was dealt")
struct PlanTableTests {
    private static func request(_ index: UInt32) -> PlannedRequest {
        PlannedRequest(
            index: index, phase: index == 0 ? .warmup : .scored, stage: 0,
            classIndex: UInt16(index), session: index / 2, turn: UInt16(index % 2),
            scheduledNs: index == 1 ? nil : Int64(index) * 10, thinkNs: 0, inputTokens: 100 + index,
            outputTokens: 200 + index, prompt: [PromptSegment(seed: 1, tokens: 100 + index)],
            usesTexts: index == 2, modelIndex: index == 3 ? 7 : nil)
    }

    private func table(_ rounds: PlanRounds?) -> PlanTable {
        var table = PlanTable(requests: 4, rounds: rounds)
        let isTaken = table.deal([Self.request(0), Self.request(2)], to: 1)
        #expect(isTaken)
        let isTakenToo = table.deal([Self.request(3)], to: 0)
        #expect(isTakenToo)
        return table
    }

    @Test("Each request has its row and its agent; one whose chunk was not read has none")
    func rows() throws {
        let table = table(nil)
        #expect(Array(table.owners) == [1, PlanTable.nobody, 1, 0] && table.count == 4)
        #expect(Array(table.requests(of: 1)) == [0, 2] && Array(table.requests(of: 0)) == [3])
        #expect(table.rows.map(\.session) == [0, 1, 1])
        let row = try #require(table.row(2))
        #expect(row == PlanRow(Self.request(2)))
        #expect(row.inputTokens == 102 && row.outputTokens == 202 && row.usesTexts && row.isScored)
        #expect(row.session == 1 && row.turn == 0 && row.classIndex == 2 && row.scheduledNs == 20)
        #expect(table.row(0)?.isScored == false && table.row(3)?.modelIndex == 7)
        #expect(table.row(1) == nil && table.row(4) == nil && table.row(.max) == nil)
        #expect(!table.repeats)
    }

    @Test("A plan takes memory for the requests that were dealt, not for those that are promised")
    func promised() {
        var table = PlanTable(requests: 1 << 50, rounds: nil)
        let isTaken = table.deal([Self.request(0), Self.request(2)], to: 1)
        #expect(isTaken && table.row(2)?.session == 1 && table.owner(of: 2) == 1)
        #expect(table.count == 1 << 50 && table.row(.max) == nil)
        #expect(table.owner(of: .max) == PlanTable.nobody)
    }

    @Test("A later round has the row of its request, in a session of its own")
    func rounds() throws {
        let table = table(PlanRounds(requests: 4, sessions: 2))
        #expect(table.repeats)
        for round in [1, 2, 1_000_000] as [UInt32] {
            let again = try #require(table.row(round * 4 + 2))
            var row = try #require(table.row(2))
            row.session += round * 2
            #expect(again == row)
            // The same as the request that is sent then.
            let sent = PlanRounds(requests: 4, sessions: 2).request(Self.request(2), round: round)
            #expect(again == PlanRow(sent))
            #expect(table.row(round * 4 + 1) == nil)
        }
        // Beyond all sessions that can be written: a number, and no trap.
        #expect(
            table.row(.max)
                == table.row(3).map { row in
                    var row = row
                    row.session = row.session &+ (.max / 4) &* 2
                    return row
                })
    }

    @Test("Rounds of another plan say nothing")
    func otherRounds() {
        let table = table(PlanRounds(requests: 3, sessions: 2))
        #expect(table.row(4) == nil && table.row(7) == nil && table.row(2) != nil)
        let empty = PlanTable(requests: 0, rounds: PlanRounds(requests: 3, sessions: 2))
        #expect(empty.row(0) == nil && empty.row(.max) == nil)
    }

    @Test("A request is dealt once, to one agent")
    func twice() {
        var table = table(nil)
        let again = table.deal([Self.request(0)], to: 1)
        let others = table.deal([Self.request(3)], to: 1)
        let beyond = table.deal([Self.request(1), Self.request(4)], to: 1)
        #expect(!again && !others && !beyond)
        #expect(Array(table.owners) == [1, 1, 1, 0])
    }
}

import AnswerStream
import Randomness
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

@Suite struct ReadRecordsTests {
    private static let model = TokenRecord(
        stamp: LocalInstant(ns: 77), request: 5, count: 1, kind: .content, source: .kernelJoined)

    private func records(_ tokens: [AnswerTokens]) -> [TokenRecord] {
        var read = ReadRecords(capacity: 4)
        read.fill([AnswerTokens(count: 9, events: 2, kind: .tool)], like: Self.model)
        read.fill(tokens, like: Self.model)
        return read.records
    }

    @Test func neighboursOfOneKindAreOneRecord() {
        let records = records([
            AnswerTokens(count: 1, kind: .reasoning), AnswerTokens(count: 3, kind: .reasoning),
            AnswerTokens(count: 40, events: 20, kind: .content),
            AnswerTokens(count: 1, kind: .content),
            AnswerTokens(count: 1, kind: .reasoning),
        ])
        #expect(records.map(\.kind) == [.reasoning, .content, .reasoning])
        #expect(records.map(\.count) == [4, 41, 1] && records.map(\.events) == [2, 21, 1])
        #expect(records.allSatisfy { $0.stamp == Self.model.stamp && $0.request == 5 })
        #expect(records.allSatisfy { $0.source == .kernelJoined })
    }

    @Test func anEventBeyondARecordBecomesSeveral() {
        let records = records([AnswerTokens(count: 1 << 20, kind: .content)])
        #expect(records.reduce(0) { $0 + Int($1.count) } == 1 << 20 && records.count == 17)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func nothingIsLostAndEveryEventHasAToken(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let tokens = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            let events = UInt32.random(
                in: 1...[3, 9_000].randomElement(using: &generator)!, using: &generator)
            return AnswerTokens(
                count: events * .random(in: 1...20, using: &generator), events: events,
                kind: TokenKind.allCases.randomElement(using: &generator)!)
        }
        let records = records(tokens)
        for kind in TokenKind.allCases {
            let asked = tokens.filter { $0.kind == kind }
            let given = records.filter { $0.kind == kind }
            #expect(
                given.reduce(0) { $0 + Int($1.count) } == asked.reduce(0) { $0 + Int($1.count) })
            #expect(
                given.reduce(0) { $0 + Int($1.events) } == asked.reduce(0) { $0 + Int($1.events) })
        }
        #expect(records.allSatisfy { $0.events >= 1 && $0.events <= $0.count })
        #expect(records.allSatisfy { $0.events <= TokenRecord.eventLimit })
    }
}

import Testing

@testable import Workload

/// The context of a model is what a prompt and its answer may fill, and not what they stay below.
@Suite("A context that is filled exactly") struct ContextBoundTests {
    private func draft(
        _ spec: ClassSpec, row: TraceRow? = nil
    ) -> [(input: UInt32, output: UInt32)] {
        SessionDraft(spec: spec, scope: 1, ordinal: 0, seed: 1, row: row, atMost: 9).turns.map {
            ($0.prompt.reduce(0) { $0 + $1.tokens }, $0.outputTokens)
        }
    }

    private func spec(
        input: UInt32, output: UInt32, turns: UInt32 = 1, prefix: UInt32 = 0, context: UInt32
    ) -> ClassSpec {
        ClassSpec(
            name: "c", lengths: .independent(input: .fixed(input), output: .fixed(output)),
            turns: .fixed(turns), prefixTokens: prefix, contextTokens: context)
    }

    @Test("A later turn that fills it belongs to the session, and one token more ends it before")
    func laterTurn() {
        // The second turn: 3 of the prefix, 20 of the first, and 10 and 10 of its own.
        let filled = draft(spec(input: 10, output: 10, turns: 3, prefix: 3, context: 43))
        #expect(filled.map(\.input) == [13, 33])
        let short = draft(spec(input: 10, output: 10, turns: 3, prefix: 3, context: 42))
        #expect(short.map(\.input) == [13])
    }

    @Test("A first turn that fills it is sent as it was drawn, and one token more is cut")
    func firstTurn() {
        // The answer is the larger part: shortened, it would be cut to half of the room.
        let filled = draft(spec(input: 5, output: 15, prefix: 3, context: 23))
        #expect(filled.map(\.input) == [8] && filled.map(\.output) == [15])
        let short = draft(spec(input: 5, output: 15, prefix: 3, context: 22))
        #expect(short.allSatisfy { $0.input + $0.output <= 22 && $0.output < 15 })
    }

    @Test("A row of a trace that fills it is sent as it was recorded, and one token more is cut")
    func row() {
        let row = TraceRow(arrivalNs: 0, input: 5, output: 15)
        func replayed(context: UInt32) -> [(input: UInt32, output: UInt32)] {
            draft(ClassSpec(name: "c", lengths: nil, contextTokens: context), row: row)
        }
        #expect(replayed(context: 20).map(\.output) == [15])
        #expect(replayed(context: 20).map(\.input) == [5])
        #expect(replayed(context: 19).allSatisfy { $0.input + $0.output <= 19 })
    }
}

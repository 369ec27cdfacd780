import Bytes
import Randomness
import TimeBase
import TokenLog

/// Logs as agents write them, made from a seed.
enum LogSamples {
    /// `streams` requests with a token each `periodNs`, for `rounds` rounds; in step as an engine
    /// makes them, or each at its own pace.
    static func tokens(
        streams: Int, rounds: Int, inStep: Bool, periodNs: Int64 = 20_000_000, seed: UInt64
    ) -> [TokenRecord] {
        var generator = SplitMix64(seed: seed)
        var tokens: [TokenRecord] = []
        let start: Int64 = 987_654_321_012_345
        for stream in 0..<streams {
            var at = start + Int64.random(in: 0..<periodNs, using: &generator)
            for round in 0..<rounds {
                if inStep {
                    at = start + Int64(round) * periodNs + Int64(stream) * 2_000
                    at += Int64.random(in: 0..<1_000, using: &generator)
                } else {
                    at += Int64.random(
                        in: (periodNs * 9 / 10)...(periodNs * 11 / 10), using: &generator)
                }
                tokens.append(
                    TokenRecord(
                        stamp: LocalInstant(ns: at), request: UInt32(1_000 + 3 * stream), count: 1,
                        kind: .content, source: .kernel))
            }
        }
        return tokens.sorted { $0.stamp < $1.stamp }
    }

    /// A batch with everything that can occur, and much that does not.
    static func anything(seed: UInt64, atMost size: Int = 300) -> LogBatch {
        var generator = SplitMix64(seed: seed)
        var batch = LogBatch()
        let wild = Bool.random(using: &generator)
        let requests: ClosedRange<UInt32> = wild ? 0...(.max) : 70...110
        var now = wild ? Int64.random(in: (.min)...(.max), using: &generator) : 5_000_000_000
        func stamp(_ generator: inout SplitMix64) -> LocalInstant {
            if wild {
                return LocalInstant(ns: .random(in: (.min)...(.max), using: &generator))
            }
            now += Int64.random(in: -1_000...3_000_000, using: &generator)
            return LocalInstant(ns: now)
        }
        for _ in 0..<Int.random(in: 0...(size / 12), using: &generator) {
            let due = stamp(&generator)
            batch.sent.append(
                SentRecord(
                    request: .random(in: requests, using: &generator), scheduled: due,
                    free: Bool.random(using: &generator)
                        ? LocalInstant(
                            ns: due.ns.addingReportingOverflow(
                                .random(in: 0...1_000_000_000, using: &generator)
                            ).partialValue) : nil,
                    sent: Bool.random(using: &generator) ? stamp(&generator) : nil,
                    target: .random(in: 0...3, using: &generator)))
        }
        let plain = Bool.random(using: &generator)
        for _ in 0..<Int.random(in: 0...size, using: &generator) {
            let count: UInt16 = plain ? 1 : .random(in: 1...(.max), using: &generator)
            batch.tokens.append(
                TokenRecord(
                    stamp: stamp(&generator), request: .random(in: requests, using: &generator),
                    count: count,
                    events: .random(in: 1...min(count, TokenRecord.eventLimit), using: &generator),
                    kind: plain ? .content : TokenKind.allCases.randomElement(using: &generator)!,
                    source: plain
                        ? .callback : StampSource.allCases.randomElement(using: &generator)!))
        }
        if Bool.random(using: &generator) {
            batch.delays = batch.tokens.map { _ in .random(in: 0...(.max), using: &generator) }
        }
        for _ in 0..<Int.random(in: 0...(size / 12), using: &generator) {
            var finish = FinishRecord(
                request: .random(in: requests, using: &generator), at: stamp(&generator),
                outcome: Outcome.allCases.randomElement(using: &generator)!)
            finish.evidence = TokenEvidence.allCases.randomElement(using: &generator)!
            if Bool.random(using: &generator) {
                finish.promptTokens = .random(in: 0...(.max), using: &generator)
                finish.outputTokens = .random(in: 0...(.max), using: &generator)
            }
            if Bool.random(using: &generator) {
                finish.error = RequestError(
                    kind: ErrorClass.allCases.randomElement(using: &generator)!,
                    status: .random(in: 0...(.max), using: &generator),
                    detail: String(repeating: "é", count: .random(in: 0...140, using: &generator))
                        .cut(toUTF8Bytes: RequestError.detailLimit))
            }
            if Bool.random(using: &generator) { finish.notes = notes(using: &generator) }
            batch.finishes.append(finish)
        }
        for _ in 0..<Int.random(in: 0...(size / 12), using: &generator) {
            let asked = stamp(&generator)
            batch.scrapes.append(
                ScrapeRecord(
                    target: .random(in: 0...3, using: &generator), asked: asked,
                    at: max(asked, stamp(&generator)), answer: answer(using: &generator)))
        }
        return batch
    }

    private static func answer(using generator: inout SplitMix64) -> ScrapeRecord.Answer {
        guard Int.random(in: 0..<4, using: &generator) > 0 else {
            return .fault(
                ScrapeFailure(
                    ScrapeFault.allCases.randomElement(using: &generator)!,
                    status: .random(in: 0...(.max), using: &generator),
                    isLast: Bool.random(using: &generator)))
        }
        var figures = ServerFigures()
        func maybe<Value: FixedWidthInteger>(_ most: Value) -> Value? {
            Bool.random(using: &generator) ? .random(in: 0...most, using: &generator) : nil
        }
        figures.running = maybe(.max)
        figures.waiting = maybe(.max)
        figures.keyValueUsePPM = maybe(ServerFigures.wholeCachePPM)
        figures.preemptions = maybe(.max)
        figures.generationTokens = maybe(.max)
        figures.promptTokens = maybe(.max)
        return .figures(figures)
    }

    private static func notes(using generator: inout SplitMix64) -> AnswerNotes {
        var notes = AnswerNotes()
        notes.ending = AnswerEnding.allCases.randomElement(using: &generator)!
        notes.finishReason = FinishReason.allCases.randomElement(using: &generator)
        notes.hiddenTokens = .random(in: 0...(.max), using: &generator)
        notes.strayLines = .random(in: 0...(.max), using: &generator)
        notes.marks = AnswerMarks(
            rawValue: .random(in: 0...AnswerMarks.all.rawValue, using: &generator))
        func word() -> String {
            String(repeating: "x", count: .random(in: 0...AnswerNotes.wordLimit, using: &generator))
        }
        if Bool.random(using: &generator) { notes.otherReason = word() }
        if Bool.random(using: &generator) { notes.unknownField = word() }
        return notes
    }
}

import Bytes
import TimeBase

/// Counts and hashes an agent's records, batch by batch: what its End states and the coordinator
/// compares.
///
/// Both sides feed it canonical batches (``TokenLogEncoder`` and ``TokenLogDecoder`` give them), in
/// the order of their numbers.
package struct RecordHasher: Hashable, Sendable {
    private var hash = RunningHash()
    /// Records so far.
    package private(set) var records: UInt64 = 0
    /// Finish records among them.
    package private(set) var finishes: UInt64 = 0

    package init() {}

    /// The hash of everything that was added.
    package var value: UInt64 { hash.value }

    /// Adds the next batch; O(records).
    package mutating func add(_ batch: LogBatch) {
        records += UInt64(batch.count)
        finishes += UInt64(batch.finishes.count)
        for section in [
            batch.sent.count, batch.tokens.count, batch.finishes.count, batch.scrapes.count,
        ] {
            hash.add(UInt64(section))
        }
        for sent in batch.sent { add(sent) }
        for token in batch.tokens {
            hash.add(
                UInt64(token.request) << 32 | UInt64(token.count) << 16
                    | UInt64(token.events) << 4 | UInt64(token.source.rawValue) << 2
                    | UInt64(token.kind.rawValue))
            hash.add(UInt64(bitPattern: token.stamp.ns))
        }
        for delay in batch.delays { hash.add(UInt64(delay)) }
        for finish in batch.finishes { add(finish) }
        for scrape in batch.scrapes { add(scrape) }
    }

    private mutating func add(_ sent: SentRecord) {
        hash.add(UInt64(sent.request) << 32 | UInt64(sent.target) << 1 | (sent.sent == nil ? 0 : 1))
        hash.add(UInt64(bitPattern: sent.scheduled.ns))
        hash.add(UInt64(bitPattern: sent.free.ns))
        hash.add(UInt64(bitPattern: sent.sent?.ns ?? 0))
    }

    private mutating func add(_ finish: FinishRecord) {
        hash.add(
            UInt64(finish.request) << 32 | UInt64(finish.outcome.rawValue) << 16
                | UInt64(finish.evidence.rawValue) << 8 | (finish.error == nil ? 0 : 2)
                | (finish.promptTokens == nil ? 0 : 1))
        hash.add(UInt64(bitPattern: finish.at.ns))
        hash.add(UInt64(finish.promptTokens ?? 0) << 32 | UInt64(finish.outputTokens))
        if let error = finish.error {
            hash.add(UInt64(error.kind.rawValue) << 16 | UInt64(error.status))
            hash.add(error.detail)
        }
        add(finish.notes)
    }

    private mutating func add(_ scrape: ScrapeRecord) {
        hash.add(UInt64(bitPattern: scrape.asked.ns))
        hash.add(UInt64(bitPattern: scrape.at.ns))
        switch scrape.answer {
        case .fault(let failure):
            hash.add(
                UInt64(scrape.target) << 32 | UInt64(failure.status) << 16
                    | UInt64(failure.fault.rawValue) << 8 | (failure.isLast ? 3 : 1))
        case .figures(let figures):
            hash.add(UInt64(scrape.target) << 32)
            for value in [figures.running, figures.waiting, figures.keyValueUsePPM] {
                hash.add(value.map { UInt64($0) + 1 } ?? 0)
            }
            for value in [figures.preemptions, figures.generationTokens, figures.promptTokens] {
                hash.add(value == nil ? 0 : 1)
                hash.add(value ?? 0)
            }
        }
    }

    private mutating func add(_ notes: AnswerNotes) {
        hash.add(
            UInt64(notes.hiddenTokens) << 32 | UInt64(notes.marks.rawValue) << 16
                | UInt64(notes.finishReason.map { $0.rawValue + 1 } ?? 0) << 8
                | UInt64(notes.ending.rawValue))
        hash.add(UInt64(notes.strayLines))
        hash.add(notes.otherReason)
        hash.add(notes.unknownField)
    }
}

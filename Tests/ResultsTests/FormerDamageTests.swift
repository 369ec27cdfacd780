import FormerSegments
import Goodput
import Journal
import Testing
import TimeBase
import TokenLog

@testable import Results

/// Damaged journals of format 2, which end at their damage.
@Suite("Damage in a journal of a former version")
struct FormerDamageTests {
    private let sample = FormerSample()

    private func scored(_ bytes: [UInt8]) throws -> RunSummary {
        try StoredRun(
            of: FormerBytes(bytes), header: sample.result.header, requests: sample.result.requests,
            folder: ""
        ).summary()
    }

    /// Completed and unfinished requests.
    private func outcomes(_ summary: RunSummary) -> [Int] {
        let outcomes = summary.run.totals.outcomes
        return [outcomes.completed, outcomes.unfinished]
    }

    @Test("Reading ends there: requests behind it are unfinished, the byte and the agents named")
    func flipped() throws {
        let from = sample.offset(of: FormerSample.index(of: 2))
        var bytes = sample.journal.bytes
        bytes[from + 20] ^= 4
        let summary = try scored(bytes)
        let damage = try #require(summary.journalDamage)
        #expect(damage.stretches.map(\.offset) == [from] && damage.stretches[0].end == nil)
        #expect(damage.byteCount == bytes.count && damage.requests == 2)
        #expect(damage.agents == ["a", "b"] && damage.foundBehind == 0)
        let span = try #require(damage.span)
        #expect((span.lowerBound.ns - 80_000_000).magnitude < 3_000)
        #expect(summary.header.validity.verdict == .partial)
        #expect(outcomes(summary) == [1, 2])
        #expect(summary.run.totals.tokens == 3)
        #expect(summary.run.errors == [.recordsLost: 2])
    }

    @Test("A request that is cut in two keeps the tokens before the damage")
    func cutInTwo() throws {
        var sample = sample
        let index = FormerSample.index(of: 3)
        let records = FormerSample.records(3)
        sample.entries[index] = FormerSample.batch(Array(records[..<3]), of: 1, number: 2)
        sample.entries.insert(
            FormerSample.batch(Array(records[3...]), of: 1, number: 3), at: index + 1)
        sample.entries[index + 2] = FormerSample.end(of: 0)
        sample.entries[index + 3] = FormerSample.end(of: 1, batches: 3)
        let whole = try sample.summary()
        #expect(whole.journalDamage == nil && whole.run.totals.tokens == 9)
        var bytes = sample.journal.bytes
        bytes[sample.offset(of: index + 1)] ^= 1
        let summary = try scored(bytes)
        #expect(summary.run.totals.tokens == 8 && summary.journalDamage?.requests == 1)
        #expect(outcomes(summary) == [2, 1])
    }

    @Test("Cut in any entry: never a trap, and every request is scored once, or none is")
    func cutAnywhere() throws {
        let bytes = sample.journal.bytes
        let offsets = (0...sample.entries.count).map(sample.offset)
        let started = offsets[3]
        let cuts = offsets.flatMap { [$0 - 1, $0, $0 + 1, $0 + 9, $0 + 10] }
        for count in Set([0, 1, 11] + cuts).sorted() where count < bytes.count {
            let cut = Array(bytes[..<count])
            guard count >= started else {
                let error = #expect(throws: FileProblem.self) { try scored(cut) }
                #expect(error?.kind == .content)
                continue
            }
            let summary = try scored(cut)
            #expect(summary.run.totals.requests + summary.warmups == 4)
            #expect(summary.header.validity.verdict != .valid, "\(count)")
            let damage = try #require(summary.journalDamage, "\(count)")
            #expect(damage.stretches[0].offset <= count)
        }
    }

    @Test("Notes that are whole and make no sense are named by their offset, and passed over")
    func nonsense() throws {
        let far = Int64.max
        for (text, words) in [
            ("{", "a note is no JSON"),
            (#"{"other":1}"#, "is neither of an agent nor of the start"),
            (#"{"start":{"rawNs":\#(far),"offsetsNs":[0]}}"#, "centuries away"),
            (#"{"start":{"rawNs":1,"offsetsNs":["x"]}}"#, "entry 0, is no number"),
            (#"{"agent":{"name":"c","index":0}}"#, "lacks `clock`"),
            (
                #"{"agent":{"name":"c","index":70000,"requests":[4294967295],"#
                    + #""clock":{"bootID":"","timeNamespace":""}}}"#, "there is no agent 70000"
            ),
        ] {
            var sample = sample
            sample.entries.insert(.note(text), at: 3)
            let summary = try sample.summary()
            let damage = try #require(summary.journalDamage, "\(text)")
            #expect(damage.stretches.map(\.offset) == [sample.offset(of: 3)], "\(text)")
            #expect(damage.stretches[0].problem.contains(words), "\(damage.stretches[0].problem)")
            #expect(summary.run.totals.tokens == 9 && damage.requests == 0)
            #expect(summary.header.validity.verdict == .partial)
        }
    }

    @Test("A journal that never says the start places nothing in time")
    func noStart() throws {
        var sample = sample
        sample.entries.remove(at: 2)
        let error = #expect(throws: FileProblem.self) { try sample.summary() }
        #expect(error?.problem == "says no start: the run never began")
    }
}

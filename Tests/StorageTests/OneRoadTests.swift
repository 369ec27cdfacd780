import Bytes
import CoordinatorCore
import Goodput
import Journal
import JournalSamples
import Randomness
import Results
import RunRecord
import Simulation
import Testing
import TimeBase
import TokenLog

@testable import Storage

/// Runs of the simulation, whole and cut, on every way to their figures.
@Suite("One road from a journal to its figures")
struct OneRoadTests {
    /// A random run of 1 to 5 agents; nil where none began, or nothing was sent.
    private func outcome(_ seed: UInt64) throws -> RunOutcome? {
        var kinds = RunFault.ofLinks.union(RunFault.harmless)
        kinds.formUnion([.interrupted, .longOutage, .agentKilled, .agentLosesPower, .spoolFails])
        let faults = RunFaults(
            agents: 1 + Int(seed % 5), count: Int(seed % 4), kinds: kinds,
            from: .milliseconds(1_500), until: .milliseconds(8_000))
        let outcome = try RunSimulation(seed: seed, faults: faults).run()
        return outcome.start == nil ? nil : outcome
    }

    @Test(
        "The run's end, a score, a mapping anew and a rescue come to the same bytes",
        arguments: 0..<10 as Range<UInt64>)
    func sameBytes(part: UInt64) throws {
        var scored = 0
        for seed in (part * 20)..<(part * 20 + 20) {
            guard let outcome = try outcome(seed) else { continue }
            let folder = try StoredRunFolder(journal: outcome.journal)
            let directory = try RunDirectory(opening: folder.path)
            let live = try directory.write(JournalRun(directory.journal()))
            scored += 1
            let words: Comment = "seed \(seed)"
            check(live, outcome, words)
            let before = try folder.state()
            let json = try folder.read(RunFileName.summary)
            #expect(Array(live.json.utf8) == json, words)
            #expect(try folder.scored() == live, words)
            #expect(try folder.scored(remaps: true).map { Array($0.json.utf8) } == json, words)
            #expect(try folder.state() == before, words)
            // The journal alone, as after a crash of everything that follows it.
            let alone = try StoredRunFolder(journal: outcome.journal)
            #expect(try alone.scored().map { Array($0.json.utf8) } == json, words)
            #expect(try Array(alone.state().keys) == [RunFileName.journal], words)
            guard seed % 4 == 0 else { continue }
            // Token times may be left to the journal.
            let bare = try StoredRunFolder(journal: outcome.journal)
            try RunDirectory(opening: bare.path).write(
                JournalRun(JournalFile(path: bare.path + "/tokens.log")), tokens: .never)
            #expect(try bare.read(RunFileName.summary) == json, words)
            #expect(try bare.scored().map { Array($0.json.utf8) } == json, words)
        }
        #expect(scored > 12)
    }

    /// The figures say what the simulated world knows of the run.
    private func check(_ live: RunSummary, _ outcome: RunOutcome, _ words: Comment) {
        #expect(live.journalDamage == nil, words)
        #expect(live.header.lossless == outcome.ending.lossless, words)
        #expect(live.header.interrupted == outcome.ending.interrupted, words)
        #expect(live.header.gaps.count == outcome.gaps.count, words)
        let finished = outcome.merged.filter { $0.finish != nil }
        let completed = finished.filter { $0.finish?.outcome == .completed }.count
        #expect(live.balance.completed <= completed, words)
        #expect(live.header.complete, words)
        if !outcome.ending.lossless || outcome.ending.interrupted {
            #expect(live.header.validity.verdict != .valid, words)
        }
        let planned = live.header.load.map { $0.scored.planned + $0.warmup.planned } ?? 0
        #expect(planned >= outcome.planned, words)
    }

    /// Where the entries of a journal end.
    private func ends(_ journal: [UInt8]) -> [Int] {
        var scanner = SegmentScanner(.pastDamage)
        scanner.append(journal)
        scanner.finish()
        var ends: [Int] = []
        while scanner.next() != nil { ends.append(scanner.range.upperBound) }
        return ends
    }

    @Test(
        "Cut at any entry, the coordinator died there: what was whole is scored, and no more",
        arguments: 0..<10 as Range<UInt64>)
    func cut(part: UInt64) throws {
        var generator = SplitMix64(seed: part ^ 0xC07)
        var scored = 0
        var refused = 0
        for seed in (part * 20)..<(part * 20 + 20) {
            guard let outcome = try outcome(seed) else { continue }
            let whole = try ReadJournal(MemoryJournal(outcome.journal))
            let ends = ends(outcome.journal)
            // Most entries are ahead of the start.
            for skipped in [0, ends.count / 2] {
                guard let end = ends[skipped...].dropLast().randomElement(using: &generator) else {
                    continue
                }
                let bytes = Array(outcome.journal[..<end])
                let words = "seed \(seed), cut at \(end)"
                do throws(FileProblem) {
                    let cut = try ScoredJournal(MemoryJournal(bytes))
                    scored += 1
                    check(cut, whole, words)
                } catch {
                    refused += 1
                    #expect(error.problem.contains("never began"), "\(words): \(error)")
                }
            }
        }
        #expect(scored > 8 && refused > 0)
    }

    private func check(_ cut: ScoredJournal, _ whole: ReadJournal, _ words: String) {
        #expect(cut.header.validity.verdict != .valid, "\(words)")
        #expect(!cut.header.lossless && cut.header.complete, "\(words)")
        #expect(cut.summary.journalDamage == nil, "\(words)")
        var wrong: [UInt32] = []
        for request in cut.requests {
            guard request.error?.kind != .coordinatorDown, request.error?.kind != .agentDown else {
                continue
            }
            guard let known = whole.request(request.id), same(request, known) else {
                wrong.append(request.id)
                continue
            }
        }
        #expect(wrong.isEmpty, "\(words): requests that were whole have changed")
        // Requests of one journal's facts are planned as often as in the other.
        #expect(Set(cut.requests.map(\.id)).count == cut.requests.count, "\(words)")
    }

    /// Whether two lines are the same but for the clocks, which fewer probes fit less well.
    private func same(_ a: MeasuredRequest, _ b: MeasuredRequest) -> Bool {
        func near(_ a: ClusterInstant?, _ b: ClusterInstant?) -> Bool {
            guard let a, let b else { return (a == nil) == (b == nil) }
            return abs((a - b).ns) < 2_000_000
        }
        guard near(a.scheduled, b.scheduled), near(a.sent, b.sent), near(a.finish, b.finish),
            near(a.firstAnswer, b.firstAnswer), abs(a.waited - b.waited) < 1_000,
            let (own, others) = both(a.tokens, b.tokens), own.count == others.count
        else { return false }
        for (token, other) in zip(own, others) {
            guard token.count == other.count,
                near(ClusterInstant(ns: token.time), ClusterInstant(ns: other.time))
            else { return false }
        }
        var timeless = b
        (timeless.scheduled, timeless.sent, timeless.finish) = (a.scheduled, a.sent, a.finish)
        (timeless.firstAnswer, timeless.waited) = (a.firstAnswer, a.waited)
        (timeless.tokens, timeless.reads) = (a.tokens, a.reads)
        return timeless == a
    }

    private func both<Value>(_ a: Value?, _ b: Value?) -> (Value, Value)? {
        guard let a, let b else { return nil }
        return (a, b)
    }

    @Test("Cut at any entry on one clock, every request that was whole keeps its line to the byte")
    func cutOnOneClock() throws {
        var sample = SampleJournal()
        sample.agents = 4
        let draft = sample.draft
        let whole = try ScoredJournal(draft.source).lines
        var kept = 0
        for range in draft.ranges.dropLast() {
            let bytes = Array(draft.bytes[..<range.upperBound])
            // Before the start there is no run, which has a test of its own.
            guard let cut = try? ReadJournal(MemoryJournal(bytes)) else { continue }
            let lines = cut.lines
            var wrong: [UInt32] = []
            for request in cut.requests where request.error?.kind != .coordinatorDown {
                kept += 1
                if lines[request.id] != whole[request.id] { wrong.append(request.id) }
            }
            #expect(wrong.isEmpty, "cut at \(range.upperBound)")
            #expect(cut.damage == nil && !cut.run.record.isLossless)
        }
        #expect(kept > 50)
    }
}

import Bytes
import Journal
import JournalSamples
import Randomness
import Results
import RunRecord
import Simulation
import Testing
import TimeBase
import TokenLog
import Wire

@testable import Storage

/// Folders whose journal is damaged: read past it, and left as they are.
@Suite("A run's folder with a damaged journal")
struct DamagedFolderTests {
    private struct Run: Sendable {
        var journal: [UInt8]
        var lines: [UInt32: String]
        var ranges: [Range<Int>]
        var entries: [JournalEntry]

        init(_ journal: [UInt8]) throws {
            self.journal = journal
            var scanner = SegmentScanner(.pastDamage)
            scanner.append(journal)
            scanner.finish()
            var ranges: [Range<Int>] = []
            var entries: [JournalEntry] = []
            while let entry = scanner.next() {
                ranges.append(scanner.range)
                entries.append(entry)
            }
            (self.ranges, self.entries) = (ranges, entries)
            lines = try ReadJournal(MemoryJournal(journal)).lines.mapValues {
                String(decoding: $0, as: UTF8.self)
            }
        }

        /// The agents whose batches `damaged` has others of.
        func agents(hitBy damaged: [UInt8]) -> Set<Int> {
            var agents: Set<Int> = []
            for (offset, entry) in zip(ranges, entries) {
                guard case .batch(let batch) = entry,
                    damaged.count < offset.upperBound || damaged[offset] != journal[offset]
                else { continue }
                agents.insert(Int(batch.agentIndex))
            }
            return agents
        }
    }

    /// A sample with several agents, and simulated runs.
    private static let runs = Result { try made() }

    private static func made() throws -> [Run] {
        var sample = SampleJournal()
        sample.agents = 3
        sample.requestsEach = 8
        var runs = [try Run(sample.draft.bytes)]
        for seed in 0..<30 as Range<UInt64> where runs.count < 7 {
            let faults = RunFaults(agents: 1 + Int(seed % 5), count: Int(seed % 3))
            let outcome = try RunSimulation(seed: seed, faults: faults).run()
            guard outcome.start != nil else { continue }
            runs.append(try Run(outcome.journal))
        }
        return runs
    }

    private enum Harm: Int, CaseIterable {
        case flip, cut, zeros
    }

    private func harmed(
        _ bytes: [UInt8], _ harm: Harm, _ generator: inout SplitMix64
    ) -> [UInt8] {
        var damaged = bytes
        let offset = Int.random(in: 0..<bytes.count, using: &generator)
        switch harm {
        case .flip: damaged[offset] ^= UInt8.random(in: 1...255, using: &generator)
        case .cut: damaged.removeLast(bytes.count - offset)
        case .zeros:
            let length = Int.random(in: 1...4_096, using: &generator)
            for zeroed in offset..<min(bytes.count, offset + length) { damaged[zeroed] = 0 }
        }
        return damaged
    }

    @Test(
        "A byte flipped, the file cut, zeros in it: scored without a trap, and nothing is touched",
        arguments: 0..<3 as Range<UInt64>)
    func anything(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed ^ 0xDA)
        var scored = 0
        for run in try Self.runs.get() {
            for harm in Harm.allCases {
                for attempt in 0..<3 {
                    let damaged = harmed(run.journal, harm, &generator)
                    let folder = try StoredRunFolder(journal: damaged)
                    let before = try folder.state()
                    do throws(FileProblem) {
                        let score = try StoredScore(
                            path: folder.path, overrides: ScoringOverrides())
                        scored += 1
                        guard case .run(let summary, _) = score else { continue }
                        if damaged != run.journal {
                            #expect(summary.header.validity.verdict != .valid)
                        }
                        if harm != .cut, damaged != run.journal {
                            #expect(summary.journalDamage?.stretches.isEmpty == false)
                        }
                        if attempt == 0 { try checkWritten(folder, summary) }
                    } catch {
                        #expect(error.kind == .content && !error.problem.isEmpty)
                    }
                    #expect(try folder.state() == before)
                }
            }
        }
        #expect(scored > 25)
    }

    /// A folder that is written anew says what the score of the other one said.
    private func checkWritten(
        _ folder: StoredRunFolder, _ summary: RunSummary
    ) throws(FileProblem) {
        let out = folder.path + "-new"
        let written = try StoredScore(
            path: folder.path, overrides: ScoringOverrides(), writingTo: out)
        #expect(written.json == summary.json)
        for remaps in [false, true] {
            let again = try StoredScore(
                path: out, overrides: ScoringOverrides(), remaps: remaps)
            #expect(again.json == summary.json, "remaps: \(remaps)")
        }
    }

    @Test("Damage in one agent's batches leaves the others' requests to the byte")
    func others() throws {
        var generator = SplitMix64(seed: 7)
        var compared = 0
        for run in try Self.runs.get() {
            let batches = run.entries.indices.filter {
                if case .batch = run.entries[$0] { true } else { false }
            }
            for _ in 0..<6 {
                guard let hit = batches.randomElement(using: &generator),
                    case .batch(let batch) = run.entries[hit]
                else { continue }
                var damaged = run.journal
                damaged[Int.random(in: run.ranges[hit], using: &generator)] ^= 0x20
                let scored = try ReadJournal(MemoryJournal(damaged))
                let record = scored.run.record
                let own = record.agents[Int(batch.agentIndex)].hello.name
                let damage = try #require(scored.damage)
                #expect(damage.stretches.map(\.offset) == [run.ranges[hit].lowerBound])
                #expect(damage.agents == [own] && damage.span != nil)
                #expect(damage.foundBehind == run.entries.count - 1 - hit)
                #expect(run.agents(hitBy: damaged) == [Int(batch.agentIndex)])
                let lines = scored.lines.mapValues { String(decoding: $0, as: UTF8.self) }
                var different: [UInt32] = []
                for (id, line) in run.lines {
                    let owner = record.plan.owner(of: id)
                    guard owner != Int32(batch.agentIndex) else { continue }
                    compared += 1
                    if lines[id] != line { different.append(id) }
                }
                #expect(different.isEmpty)
                for request in scored.requests where request.error?.kind == .recordsLost {
                    #expect(request.agent == own)
                }
            }
        }
        #expect(compared > 100)
    }

    @Test("Beside files that are whole, a damaged journal is named only where it is needed")
    func besideWholeFiles() throws {
        let run = try Run(SampleJournal().draft.bytes)
        let folder = try StoredRunFolder(journal: run.journal)
        let directory = try RunDirectory(opening: folder.path)
        let live = try directory.write(JournalRun(directory.journal()))
        #expect(try folder.lines() == run.lines.mapValues { String($0.dropLast()) })
        let middle = try #require(
            run.entries.firstIndex { if case .batch = $0 { true } else { false } })
        var damaged = run.journal
        damaged[run.ranges[middle].lowerBound + 20] ^= 1
        try folder.write(damaged, to: RunFileName.journal)
        let before = try folder.state()
        #expect(try folder.scored() == live)
        let remapped = try #require(try folder.scored(remaps: true))
        #expect(remapped.journalDamage?.agents == ["node-1"])
        // Cut short as well: the manifest knows how long it was.
        #expect(try folder.state() == before)
        try folder.write(Array(damaged.dropLast(5)), to: RunFileName.journal)
        let cut = try #require(try folder.scored(remaps: true)?.journalDamage)
        #expect(
            cut.stretches.map(\.offset) == [
                run.ranges[middle].lowerBound, run.ranges[run.ranges.count - 1].lowerBound,
            ])
        #expect(cut.stretches.last?.problem == "the file ends there")
        #expect(cut.byteCount == run.journal.count)
        // Cut between two entries.
        let end = run.ranges[run.ranges.count - 1].lowerBound
        try folder.write(Array(run.journal[..<end]), to: RunFileName.journal)
        let short = try #require(try folder.scored(remaps: true)?.journalDamage)
        #expect(short.stretches.map(\.offset) == [end])
        #expect(try folder.scored() == live)
    }
}

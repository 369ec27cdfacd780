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
        var places: [Range<Int>]
        var entries: [JournalEntry]

        init(_ journal: [UInt8]) throws {
            self.journal = journal
            var scanner = SegmentScanner(.pastDamage)
            scanner.append(journal)
            scanner.finish()
            var places: [Range<Int>] = []
            var entries: [JournalEntry] = []
            while let entry = scanner.next() {
                places.append(scanner.range)
                entries.append(entry)
            }
            (self.places, self.entries) = (places, entries)
            lines = try ReadJournal(MemoryJournal(journal)).lines.mapValues {
                String(decoding: $0, as: UTF8.self)
            }
        }

        /// The agents whose batches `damaged` has others of.
        func agents(hitBy damaged: [UInt8]) -> Set<Int> {
            var agents: Set<Int> = []
            for (place, entry) in zip(places, entries) {
                guard case .batch(let batch) = entry,
                    damaged.count < place.upperBound || damaged[place] != journal[place]
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
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch harm {
        case .flip: damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
        case .cut: damaged.removeLast(bytes.count - place)
        case .zeros:
            let length = Int.random(in: 1...4_096, using: &generator)
            for zeroed in place..<min(bytes.count, place + length) { damaged[zeroed] = 0 }
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
                for _ in 0..<3 {
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
                            #expect(summary.journalDamage?.places.isEmpty == false)
                        }
                    } catch {
                        #expect(error.kind == .content && !error.problem.isEmpty)
                    }
                    #expect(try folder.state() == before)
                }
            }
        }
        #expect(scored > 25)
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
                damaged[Int.random(in: run.places[hit], using: &generator)] ^= 0x20
                let scored = try ReadJournal(MemoryJournal(damaged))
                let record = scored.run.record
                let own = record.agents[Int(batch.agentIndex)].hello.name
                let damage = try #require(scored.damage)
                #expect(damage.places.map(\.offset) == [run.places[hit].lowerBound])
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
        damaged[run.places[middle].lowerBound + 20] ^= 1
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
            cut.places.map(\.offset) == [
                run.places[middle].lowerBound, run.places[run.places.count - 1].lowerBound,
            ])
        #expect(cut.places.last?.problem == "the file ends there")
        #expect(cut.byteCount == run.journal.count)
        // Cut between two entries.
        let end = run.places[run.places.count - 1].lowerBound
        try folder.write(Array(run.journal[..<end]), to: RunFileName.journal)
        let short = try #require(try folder.scored(remaps: true)?.journalDamage)
        #expect(short.places.map(\.offset) == [end])
        #expect(try folder.scored() == live)
    }
}

import Goodput
import Journal
import JournalSamples
import Randomness
import Results
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog
import Wire

/// Journals with damage anywhere, against what is known to have been done to them.
@Suite("A damaged journal, scored")
struct JournalDamageTests {
    /// A journal, and what each of its items is.
    private struct Sample: Sendable {
        enum Item: Hashable {
            case header
            case opening
            case hello(Int)
            case chunk(Int)
            case start(Int)
            case started(Int)
            case end(Int)
            case ended
            case probes(Int)
            /// The agent's batch, from 0.
            case batch(Int, Int)
            case ready(Int)
        }

        let sample: SampleJournal
        let bytes: [UInt8]
        let ranges: [Range<Int>]
        let items: [Item]
        let lines: [UInt32: [UInt8]]
        let requests: [UInt32: MeasuredRequest]

        init(_ sample: SampleJournal) throws {
            self.sample = sample
            let draft = sample.draft
            bytes = draft.bytes
            ranges = draft.ranges
            items = try [.header] + draft.entries.map(Self.item)
            let whole = try ScoredJournal(draft.source)
            lines = whole.lines
            requests = Dictionary(uniqueKeysWithValues: whole.requests.map { ($0.id, $0) })
        }

        private static func item(_ entry: JournalEntry) throws -> Item {
            switch entry {
            case .batch(let batch): return .batch(Int(batch.agentIndex), Int(batch.number) - 1)
            case .probes(let probes): return .probes(Int(probes.agentIndex))
            case .fact(let bytes):
                switch try RunFact(decoding: bytes) {
                case .opening: return .opening
                case .heard(let agent, _, .hello): return .hello(agent)
                case .heard(let agent, _, .ready): return .ready(agent)
                case .heard(let agent, _, .started): return .started(agent)
                case .heard(let agent, _, .end): return .end(agent)
                case .told(let agent, .shardChunk): return .chunk(agent)
                case .told(let agent, .start): return .start(agent)
                case .ended: return .ended
                default: break
                }
            case .note, .end: break
            }
            preconditionFailure("the sample has no such entry")
        }

        /// The items of which `damaged` has other bytes.
        func hit(in damaged: [UInt8]) -> Set<Int> {
            Set(
                ranges.indices.filter { offset in
                    ranges[offset].upperBound > damaged.count
                        || bytes[ranges[offset]] != damaged[ranges[offset]]
                })
        }

        func isLost(_ item: Item, _ hit: Set<Int>) -> Bool {
            items.indices.allSatisfy { items[$0] != item || hit.contains($0) }
        }

        /// Whether what is left can be scored.
        func isScored(_ hit: Set<Int>) -> Bool {
            !isLost(.opening, hit)
                && (0..<sample.agents).contains { !isLost(.start($0), hit) }
        }

        /// The requests of `agent` that had no record in a batch that was hit, and were not in
        /// flight across one.
        func untouched(of agent: Int, _ hit: Set<Int>) -> Set<UInt32> {
            guard !isLost(.chunk(agent), hit), !isLost(.hello(agent), hit) else { return [] }
            let lost = Set(
                hit.compactMap { offset -> Int? in
                    guard case .batch(agent, let number) = items[offset] else { return nil }
                    return number
                })
            var first: [UInt32: Int] = [:]
            var last: [UInt32: Int] = [:]
            for (number, batch) in sample.batches(of: agent).enumerated() {
                for record in batch.records {
                    guard let id = record.id else { continue }
                    first[id] = first[id] ?? number
                    last[id] = number
                }
            }
            return Set(
                first.keys.filter { id in
                    let span = (first[id] ?? 0)...(last[id] ?? 0)
                    return lost.allSatisfy { !span.contains($0) }
                })
        }
    }

    private static let shared = Result { try Sample(SampleJournal()) }
    private static let own = Result {
        var sample = SampleJournal()
        sample.agents = 3
        sample.requestsEach = 2
        sample.offsetNs = 3_000_000
        return try Sample(sample)
    }

    /// The remains of the damaged bytes; nil where nothing can be placed.
    private func read(
        _ damaged: [UInt8], _ sample: Sample, _ words: String
    ) throws -> ReadJournal? {
        let hit = sample.hit(in: damaged)
        do throws(FileProblem) {
            let found = try ReadJournal(MemoryJournal(damaged))
            #expect(sample.isScored(hit), "\(words): nothing was left to score by")
            return found
        } catch {
            #expect(!sample.isScored(hit), "\(words): \(error)")
            return nil
        }
    }

    /// Requests of untouched batches are as without damage.
    private func check(
        _ found: ReadJournal, _ sample: Sample, hit: Set<Int>, _ words: String
    ) {
        let lines = found.lines
        var different: [UInt32] = []
        for agent in 0..<sample.sample.agents {
            for id in sample.untouched(of: agent, hit) where lines[id] != sample.lines[id] {
                different.append(id)
            }
        }
        #expect(different.isEmpty, "\(words): requests of untouched batches have changed")
        #expect(
            Set(lines.keys).isSubset(of: sample.lines.keys) && lines.count == found.requests.count,
            "\(words): a request is there twice, or in no plan")
    }

    // MARK: One byte

    @Test(
        "Any byte changed: what it hit is named, and nothing else is lost",
        arguments: 0..<8)
    func flipped(part: Int) throws {
        let sample = try Self.shared.get()
        for offset in stride(from: part, to: sample.bytes.count, by: 8) {
            var damaged = sample.bytes
            damaged[offset] ^= [0x01, 0x80, 0xFF, 0x24][offset / 8 % 4]
            let words = "byte \(offset)"
            guard let found = try read(damaged, sample, words) else { continue }
            let hit = try #require(sample.ranges.firstIndex { $0.contains(offset) })
            check(found, sample, hit: [hit], words)
            checkDamage(found, sample, hit: hit, words)
            // The figures themselves take long: once an item.
            guard offset < sample.ranges[hit].lowerBound + 8 else { continue }
            checkFigures(try ScoredJournal(MemoryJournal(damaged)), sample, hit: hit, words)
        }
    }

    private func checkDamage(
        _ found: ReadJournal, _ sample: Sample, hit: Int, _ words: String
    ) {
        guard let damage = found.damage else {
            Issue.record("\(words): nobody names it")
            return
        }
        let item = sample.items[hit]
        let range = sample.ranges[hit]
        #expect(damage.stretches.first?.offset == range.lowerBound, "\(words) \(item): \(damage)")
        let isLast = range.upperBound == sample.bytes.count
        #expect(
            damage.stretches.first?.end == (isLast ? nil : range.upperBound), "\(words): \(damage)")
        #expect(damage.byteCount == sample.bytes.count)
        #expect(damage.foundBehind == sample.items.count - 1 - hit, "\(words): \(damage)")
        if case .end(let agent) = item {
            // Whether it had made more by then nobody knows.
            #expect(damage.agents == ["node-\(agent + 1)"] && damage.span != nil, "\(words)")
            #expect(damage.requests == 0, "\(words)")
            return
        }
        guard case .batch(let agent, let number) = item else {
            #expect(damage.agents.isEmpty && damage.span == nil, "\(words) \(item): \(damage)")
            #expect(damage.requests == 0, "\(words) \(item): \(damage)")
            return
        }
        #expect(damage.agents == ["node-\(agent + 1)"], "\(words): \(damage)")
        checkHole(found, damage, sample, agent, number, words)
    }

    /// The hole reaches from the records before the batch to those behind it, and the requests that
    /// it took records of are unfinished.
    private func checkHole(
        _ found: ReadJournal, _ damage: JournalDamage, _ sample: Sample, _ agent: Int,
        _ number: Int, _ words: String
    ) {
        let batches = sample.sample.batches(of: agent).map(\.records)
        let stamps = batches.map { $0.map(\.stamp) }
        let start = JournalDraft.start.ns
        let from = number == 0 ? 0 : (stamps[..<number].joined().max() ?? 0) - start
        let to =
            number + 1 < batches.count
            ? (stamps[number + 1].min() ?? 0) - start
            : JournalDraft.at(sample.sample.seconds + 0.05).ns - start
        #expect(
            damage.span == ClusterInstant(ns: from)...ClusterInstant(ns: max(from, to)), "\(words)")
        let own = Set(sample.requests.values.filter { $0.agent == "node-\(agent + 1)" }.map(\.id))
        let touched = own.subtracting(sample.untouched(of: agent, [hitOf(agent, number, sample)]))
        #expect(!touched.isEmpty && damage.requests == touched.count, "\(words): \(damage)")
        for id in touched {
            let request = found.request(id)
            #expect(request?.outcome == .unfinished, "\(words): request \(id)")
            #expect(request?.error?.kind == .recordsLost, "\(words): request \(id)")
        }
    }

    private func hitOf(_ agent: Int, _ number: Int, _ sample: Sample) -> Int {
        sample.items.firstIndex(of: .batch(agent, number)) ?? -1
    }

    private func checkFigures(
        _ scored: ScoredJournal, _ sample: Sample, hit: Int, _ words: String
    ) {
        #expect(scored.header.validity.verdict != .valid, "\(words)")
        #expect(scored.summary.journalDamage == scored.read.damage, "\(words)")
        let item = sample.items[hit]
        switch item {
        case .batch:
            #expect(scored.header.complete && scored.header.lossless)
            #expect(
                scored.header.gaps.map(\.reason) == ["its records in tokens.log are damaged"],
                "\(words)")
        case .chunk(let agent):
            let named = Set(scored.requests.map(\.agent))
            #expect(!named.contains("node-\(agent + 1)"), "\(words)")
            #expect(scored.header.load?.scored.planned == sample.lines.count, "\(words)")
            #expect(scored.header.findings.map(\.name) == ["requests_unaccounted"], "\(words)")
            #expect(!scored.header.complete, "\(words)")
        case .end(let agent):
            #expect(scored.lines == sample.lines && !scored.header.lossless, "\(words)")
            #expect(scored.header.gaps.map(\.agent) == ["node-\(agent + 1)"], "\(words)")
            #expect(
                scored.header.gaps.allSatisfy { $0.reason.contains("tokens.log") }, "\(words)")
            #expect(!scored.header.notes.contains { $0.contains("spools") }, "\(words)")
        case .started(let agent):
            #expect(
                scored.header.agents.map { $0.startError == nil }
                    == (0..<sample.sample.agents).map { $0 == agent }, "\(words)")
        case .ended: #expect(!scored.header.lossless, "\(words)")
        default:
            #expect(scored.lines == sample.lines, "\(words) \(item)")
            #expect(scored.header.complete && scored.header.lossless, "\(words) \(item)")
        }
    }

    @Test("Every third byte changed where agents have clocks of their own", arguments: 0..<8)
    func ownClocks(part: Int) throws {
        let sample = try Self.own.get()
        for offset in stride(from: part * 3, to: sample.bytes.count, by: 24) {
            var damaged = sample.bytes
            damaged[offset] ^= 0x10
            let words = "byte \(offset)"
            guard let scored = try read(damaged, sample, words) else { continue }
            let hit = try #require(sample.ranges.firstIndex { $0.contains(offset) })
            #expect(
                scored.damage?.stretches.first?.offset
                    == sample.ranges[hit].lowerBound, "\(words)")
            var far: [UInt32] = []
            for agent in 0..<sample.sample.agents {
                for id in sample.untouched(of: agent, [hit]) {
                    guard let found = scored.request(id), let whole = sample.requests[id],
                        found.outcome == whole.outcome, found.agent == whole.agent,
                        abs((found.finish - whole.finish).ns) < 1_000,
                        abs((found.scheduled - whole.scheduled).ns) < 1_000
                    else {
                        far.append(id)
                        continue
                    }
                }
            }
            #expect(far.isEmpty, "\(words): \(sample.items[hit])")
        }
    }

    // MARK: Cuts and zeros

    @Test("Cut at any byte: what was whole is as it was", arguments: 0..<8)
    func cut(part: Int) throws {
        let sample = try Self.shared.get()
        for count in stride(from: part, to: sample.bytes.count, by: 8) {
            let damaged = Array(sample.bytes[..<count])
            let words = "cut at \(count)"
            guard let found = try read(damaged, sample, words) else { continue }
            check(found, sample, hit: sample.hit(in: damaged), words)
            // The coordinator died, as far as the file says: it is whole as far as it goes.
            #expect(found.damage == nil && !found.run.record.isLossless, "\(words)")
            guard count % 64 == part else { continue }
            let scored = try ScoredJournal(MemoryJournal(damaged))
            #expect(scored.header.validity.verdict != .valid, "\(words)")
            #expect(!scored.header.lossless, "\(words)")
        }
    }

    @Test("Zeros over any stretch cost what they hit", arguments: 0..<8 as Range<UInt64>)
    func zeros(seed: UInt64) throws {
        let sample = try Self.shared.get()
        var generator = SplitMix64(seed: seed)
        for _ in 0..<60 {
            let begin = Int.random(in: 0..<sample.bytes.count, using: &generator)
            let most = 1 << Int.random(in: 1...10, using: &generator)
            let length = Int.random(in: 1...most, using: &generator)
            let end = min(sample.bytes.count, begin + length)
            var damaged = sample.bytes
            for offset in begin..<end { damaged[offset] = 0 }
            let words = "zeros in \(begin)..<\(end)"
            let hit = sample.hit(in: damaged)
            guard !hit.isEmpty, let found = try read(damaged, sample, words) else { continue }
            check(found, sample, hit: hit, words)
            let first = try #require(hit.min())
            let damage = found.damage
            #expect(damage?.stretches.first?.offset == sample.ranges[first].lowerBound, "\(words)")
            let batches = Set(
                hit.compactMap { offset -> String? in
                    guard case .batch(let agent, _) = sample.items[offset],
                        !sample.isLost(.hello(agent), hit)
                    else { return nil }
                    return "node-\(agent + 1)"
                })
            #expect(
                batches.isSubset(of: damage?.agents ?? []),
                "\(words): \(String(describing: damage))")
        }
    }

    @Test("Damage in several stretches names each, in order, and both agents that lost records")
    func several() throws {
        let sample = try Self.shared.get()
        let hits = [hitOf(0, 0, sample), hitOf(1, 1, sample)].sorted()
        var damaged = sample.bytes
        for hit in hits { damaged[sample.ranges[hit].lowerBound + 20] ^= 4 }
        let scored = try ScoredJournal(MemoryJournal(damaged))
        let damage = try #require(scored.summary.journalDamage)
        #expect(damage.stretches.map(\.offset) == hits.map { sample.ranges[$0].lowerBound })
        #expect(damage.agents == ["node-1", "node-2"])
        #expect(damage.sentence.contains("node-1, node-2"))
        check(scored.read, sample, hit: Set(hits), "two batches")
    }

    // MARK: Worked examples

    @Test("A lost request of a closed loop is not called whole")
    func closedLoop() throws {
        typealias Draft = JournalDraft
        var draft = Draft(agents: 1, requests: 3)
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.deal([0, 1, 2], to: 0) { _ in nil }
        draft.start(0)
        for id in 0..<3 as Range<UInt32> { draft.batch(0, Draft.request(id, Double(id) / 10)) }
        draft.end(0, at: 1)
        draft.end(at: 1)
        var bytes = draft.bytes
        bytes[draft.ranges[6].lowerBound + 20] ^= 1
        let scored = try ScoredJournal(MemoryJournal(bytes))
        #expect(scored.requests.map(\.id) == [0, 2])
        let damage = try #require(scored.summary.journalDamage)
        #expect(damage.agents == ["node-1"] && damage.requests == 0)
        #expect(damage.span == ClusterInstant(ns: 40_000_000)...ClusterInstant(ns: 200_050_000))
        #expect(!damage.sentence.contains("every request's records are whole"))
        #expect(scored.header.validity.verdict != .valid)
    }

    @Test("A part of the plan that is lost costs its requests, and none beside them")
    func lostChunk() throws {
        typealias Draft = JournalDraft
        var draft = Draft(agents: 1, requests: 4)
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.deal([0, 1], to: 0) { Int64($0) * 100_000_000 }
        draft.deal([2, 3], to: 0) { Int64($0) * 100_000_000 }
        draft.start(0)
        // Each batch holds requests of both parts.
        draft.batch(0, Draft.request(2, 0.2) + Draft.request(0, 0) + [Draft.sent(3, 0.3)])
        draft.batch(0, Draft.request(1, 0.1) + [Draft.token(3, 0.4), Draft.finish(3, 0.5)])
        draft.end(0, at: 1)
        draft.end(at: 1)
        let whole = try ScoredJournal(draft.source)
        #expect(whole.requests.count == 4 && whole.header.complete)
        for (offset, kept) in [(3, [2, 3]), (4, [0, 1])] as [(Int, [UInt32])] {
            var bytes = draft.bytes
            bytes[draft.ranges[offset].lowerBound + 20] ^= 1
            let scored = try ScoredJournal(MemoryJournal(bytes))
            #expect(Set(scored.requests.map(\.id)) == Set(kept))
            for id in kept { #expect(scored.lines[id] == whole.lines[id]) }
            #expect(scored.header.findings.map(\.name).contains("requests_unaccounted"))
            #expect(scored.header.load?.scored.planned == 4)
            #expect(scored.header.validity.verdict != .valid)
            #expect(scored.summary.journalDamage?.stretches.count == 1)
        }
    }

    @Test("An entry that is whole and makes no sense is named, and what stands behind is found")
    func nonsense() throws {
        var draft = SampleJournal().draft
        let whole = try ScoredJournal(draft.source)
        draft.batch(0, [JournalDraft.sent(0, 0)])
        draft.add(
            .batch(
                JournalBatch(agentIndex: 1, incarnation: 1, number: 99, records: 1, payload: [9])))
        draft.add(.fact([77]))
        let scored = try ScoredJournal(draft.source)
        #expect(scored.lines == whole.lines)
        let ranges = try #require(scored.summary.journalDamage?.stretches)
        let last = draft.ranges.suffix(3).map(\.lowerBound)
        #expect(ranges.map(\.offset) == [last[0], last[2]])
        #expect(scored.header.validity.verdict == .partial)
    }

    @Test("The evidence for a clock is found behind damage, which is named")
    func clockEvidence() throws {
        let sample = try Self.shared.get()
        // The first opening, a hello and a probe.
        for item in [Sample.Item.opening, .hello(1), .probes(1)] {
            var damaged = sample.bytes
            let hit = try #require(sample.items.firstIndex(of: item))
            damaged[sample.ranges[hit].lowerBound + 20] ^= 1
            let (evidence, damage) = try MemoryJournal(damaged).clock(of: "node-2")
            let trains = sample.sample.trains - (item == .probes(1) ? 1 : 0)
            #expect(evidence.exchanges.count == 4 * trains, "\(item)")
            #expect(damage?.stretches.map(\.offset) == [sample.ranges[hit].lowerBound])
        }
    }
}

extension LogRecord {
    /// Nil for what a server said of itself.
    fileprivate var id: UInt32? {
        switch self {
        case .sent(let sent): sent.request
        case .tokens(let token): token.request
        case .finish(let finish): finish.request
        case .scrape: nil
        }
    }

    fileprivate var stamp: Int64 {
        switch self {
        case .sent(let sent): (sent.sent ?? sent.scheduled).ns
        case .tokens(let token): token.stamp.ns
        case .finish(let finish): finish.at.ns
        case .scrape(let scrape): scrape.at.ns
        }
    }
}

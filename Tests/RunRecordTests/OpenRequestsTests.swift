import Randomness
import RunRecord
import Testing
import TimeBase
import TokenLog

@testable import Simulation

@Suite("Requests that are handed out when they are whole")
struct OpenRequestsTests {
    private static func batch(_ records: LogRecord...) -> LogBatch { LogBatch(records) }

    @Test("A request is handed out once, whole, and its room is used again")
    func handedOut() throws {
        var requests = OpenRequests(owners: [0, 0, 1], repeats: false)
        var whole: [MergedRequest] = []
        try requests.add(Self.batch(RecordSamples.sent(0), RecordSamples.token(0, 5)), agent: 0) {
            whole.append($0)
        }
        #expect(whole.isEmpty && requests.openCount == 1)
        #expect(requests.progress(of: 0) == .open && requests.progress(of: 1) == .waiting)
        try requests.add(
            Self.batch(RecordSamples.token(0, 6), RecordSamples.finish(0), RecordSamples.sent(1)),
            agent: 0
        ) { whole.append($0) }
        #expect(whole.map(\.id) == [0] && whole[0].tokens.map(\.stamp.ns) == [5, 6])
        #expect(whole[0].sent != nil && whole[0].finish != nil && whole[0].agent == 0)
        #expect(requests.progress(of: 0) == .finished && requests.finished == 1)
        #expect(requests.open().map(\.id) == [1] && requests.open(of: 1).isEmpty)
        // Tokens kept of the first one are its own, whatever its room holds now.
        try requests.add(Self.batch(RecordSamples.sent(2), RecordSamples.token(2, 7)), agent: 1) {
            _ in
        }
        #expect(whole[0].tokens.map(\.stamp.ns) == [5, 6])
        #expect(requests.open(of: 1).map { $0.tokens.count } == [1] && !requests.isComplete)
        try requests.add(Self.batch(RecordSamples.finish(1)), agent: 0) { whole.append($0) }
        try requests.add(Self.batch(RecordSamples.finish(2)), agent: 1) { whole.append($0) }
        #expect(requests.isComplete && requests.openCount == 0 && requests.open().isEmpty)
        #expect(whole[1].tokens.isEmpty && requests.progress(of: 3) == nil)
    }

    @Test("The receiver's error comes through, and the request is forgotten")
    func receiverThrows() throws {
        struct Full: Error {}
        var requests = OpenRequests(owners: [0], repeats: false)
        #expect(throws: Full.self) {
            try requests.add(Self.batch(RecordSamples.sent(0), RecordSamples.finish(0)), agent: 0) {
                _ throws(Full) in throw Full()
            }
        }
        #expect(requests.openCount == 0 && requests.progress(of: 0) == .finished)
    }

    @Test("A request that no agent was dealt is nobody's")
    func unowned() {
        var requests = OpenRequests(owners: [-1, 0], repeats: true)
        #expect(throws: MergeFault.notOfThisAgent(0)) {
            try requests.add(Self.batch(RecordSamples.sent(0)), agent: 0) { _ in }
        }
        #expect(throws: MergeFault.unknownRequest(2)) {
            try requests.add(Self.batch(RecordSamples.sent(2)), agent: 0) { _ in }
        }
        #expect(throws: Never.self) {
            try requests.add(Self.batch(RecordSamples.sent(3)), agent: 0) { _ in }
        }
    }

    // MARK: Against the book that keeps everything

    /// Batches of which most records fit; `wild` ones mostly do not.
    private struct Records {
        var generator: SplitMix64
        let wild: Bool
        let agents = 3
        let planned: UInt32 = 12
        let repeats: Bool
        private var sent: Set<UInt32> = []
        private var over: Set<UInt32> = []
        private var now: Int64 = 0

        init(seed: UInt64) {
            generator = SplitMix64(seed: seed)
            wild = seed % 3 == 0
            repeats = seed % 2 == 0
        }

        func owner(_ id: UInt32) -> Int { Int(id % planned) % agents }

        mutating func chance(_ part: Int) -> Bool {
            Int.random(in: 0..<part, using: &generator) == 0
        }

        mutating func batch() -> (LogBatch, agent: Int) {
            let agent = Int.random(in: 0..<agents, using: &generator)
            var batch = LogBatch()
            let ids = repeats || wild ? 0..<(planned * 4) : 0..<planned
            let own = ids.filter { owner($0) == agent || (wild && chance(40)) }
            for id in own where chance(6) && (!sent.contains(id) || (wild && chance(20))) {
                sent.insert(id)
                batch.sent.append(
                    SentRecord(
                        request: id, scheduled: LocalInstant(ns: now), sent: nil, target: 0))
            }
            let open = own.filter {
                sent.contains($0) && (!over.contains($0) || (wild && chance(50)))
            }
            for id in open {
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    now += Int64.random(in: wild && chance(30) ? -9...9 : 0...9, using: &generator)
                    batch.tokens.append(
                        TokenRecord(
                            stamp: LocalInstant(ns: now), request: id, count: 1, kind: .content,
                            source: .kernel))
                }
            }
            // As it was logged, not by request: every request's own order stays.
            if chance(3) { batch.tokens.sort { ($0.stamp, $0.request) < ($1.stamp, $1.request) } }
            if chance(2) { batch.delays = batch.tokens.indices.map(UInt32.init) }
            for id in open where chance(5) {
                over.insert(id)
                batch.finishes.append(
                    FinishRecord(request: id, at: LocalInstant(ns: now), outcome: .completed))
                if wild && chance(30) { batch.finishes.append(batch.finishes[0]) }
            }
            return (batch, agent)
        }
    }

    private func fault(_ body: () throws -> Void) throws -> MergeFault? {
        do {
            try body()
            return nil
        } catch let fault as MergeFault {
            return fault
        }
    }

    @Test(
        "Requests and faults are those of the book that keeps everything",
        arguments: 0..<400 as Range<UInt64>)
    func sameAsBook(_ seed: UInt64) throws {
        var records = Records(seed: seed)
        let owners = (0..<records.planned).map { records.owner($0) }
        var book = RequestBook(agents: owners, repeats: records.repeats)
        var requests = OpenRequests(owners: owners.map(Int32.init), repeats: records.repeats)
        var whole: [UInt32: MergedRequest] = [:]
        var hasDelays = true
        for _ in 0..<40 {
            let (batch, agent) = records.batch()
            let expected = try fault { try book.add(batch, agent: agent) }
            let found = try fault {
                try requests.add(batch, agent: agent) {
                    #expect(whole.updateValue($0, forKey: $0.id) == nil)
                }
            }
            #expect(found == expected)
            // The book takes a batch's raw stamps in after all of its tokens.
            if expected != nil { hasDelays = false }
            #expect(requests.finished == book.finished)
            #expect(requests.isComplete == (book.finished == book.requests.count))
        }
        func bare(_ request: MergedRequest) -> MergedRequest {
            var request = request
            if !hasDelays { request.delays = [] }
            return request
        }
        let open = book.requests.filter {
            $0.finish == nil && ($0.sent != nil || !$0.tokens.isEmpty)
        }
        #expect(requests.open().map(bare) == open.map(bare).sorted { $0.id < $1.id })
        for agent in 0..<records.agents {
            let own = open.filter { $0.agent == agent }.map(\.id).sorted()
            #expect(requests.open(of: agent).map(\.id) == own)
        }
        let over = book.requests.filter { $0.finish != nil }
        #expect(whole.count == over.count)
        for request in over { #expect(whole[request.id].map(bare) == bare(request)) }
        for request in book.requests {
            let progress = requests.progress(of: request.id)
            let isWaiting = request.sent == nil && request.tokens.isEmpty
            #expect(progress == (request.finish != nil ? .finished : isWaiting ? .waiting : .open))
        }
    }
}

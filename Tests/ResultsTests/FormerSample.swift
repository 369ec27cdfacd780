import Bytes
import ClockSync
import FormerSegments
import Goodput
import Journal
import RunRecord
import TimeBase
import TokenLog
import Workload

@testable import Results

/// A run as a former version left it, in memory: a journal of format 2, and what its other files
/// say.
///
/// Agent `a` has the coordinator's clock, agent `b` another one. Four requests are dealt in turn,
/// of which the first is a warm-up. The lines' times are ``fitError`` later than the stamps, as if
/// another fit had made them.
struct FormerSample {
    var entries: [JournalEntry] = []
    var result: RunResult

    static let segment = SegmentHeader(
        clock: ClockName(host: "h", bootID: "boot"), runID: RunID(high: 1, low: 2), agent: nil,
        incarnation: 0, segment: 0, generation: 1)
    static let startNs: Int64 = 1_000_000_000_000
    /// Coordinator minus agent.
    static let offsetsNs: [Int64] = [0, 5_000_000_000]
    static let fitError: Int64 = 7_000
    static let trains = 80

    init() {
        var header = RunHeader(
            runID: Self.segment.runID.description, name: "former", seed: 1, version: "0.1.0",
            epoch: RunEpoch(raw: Self.startNs, monotonic: 1, realtime: 2, bootID: "boot"),
            agents: ["a", "b"].map { RunAgent(name: $0, targets: ["http://t"]) },
            classes: [RunClass(name: "chat", parameters: .robust)],
            validity: Validity(verdict: .valid, intervals: []), complete: true, lossless: true)
        header.notes = ["a note of then"]
        result = RunResult(header: header, requests: (0..<4).map { Self.line($0) })
        entries = [Self.note(0), Self.note(1), Self.startNote]
        for agent in 0...1 { entries += Self.probes(of: agent) }
        for id: UInt32 in 0..<4 {
            entries.append(Self.batch(Self.records(id), of: Int(id % 2), number: 1 + id / 2))
        }
        entries += [Self.end(of: 0), Self.end(of: 1)]
    }

    /// Where the entry at `index` begins; the file's length for the index behind the last.
    func offset(of index: Int) -> Int {
        FormerSegment.bytes(Self.segment, Array(entries[..<index])).count
    }

    /// Where the batch of request `id` stands among the entries.
    static func index(of id: Int) -> Int { 5 + id }

    var journal: FormerBytes { FormerBytes(FormerSegment.bytes(Self.segment, entries)) }

    /// The requests as they are scored, and the run.
    func requests() throws -> (requests: [MeasuredRequest], run: JournalRun) {
        let (record, reading) = try journal.record(beside: result)
        let run = try JournalRun(journal, record, reading)
        let pass = FormerRequests(run, result.requests)
        var requests: [MeasuredRequest] = []
        try pass.forEach(withTokens: true) { requests.append($0) }
        return (requests.sorted { $0.id < $1.id }, run)
    }

    func summary() throws -> RunSummary {
        try StoredRun(
            of: journal, header: result.header, requests: result.requests, folder: ""
        ).summary()
    }

    // MARK: Entries

    /// The note of agent `index`.
    static func note(
        _ index: Int, boot: String? = nil, requests: [Int]? = nil
    ) -> JournalEntry {
        let boot = boot ?? (index == 0 ? "boot" : "other")
        let requests = requests ?? [index, index + 2]
        return .note(
            #"{"agent":{"name":"\#(["a", "b"][index])","requests":\#(requests),"#
                + #""index":\#(index),"clock":{"isOwn":\#(index == 0),"timeNamespace":"","#
                + #""bootID":"\#(boot)"}}}"#)
    }

    static let startNote = JournalEntry.note(
        #"{"start":{"rawNs":\#(startNs),"offsetsNs":\#(offsetsNs)}}"#)

    /// Exchanges from a second before the start to three seconds behind it, 20 trains a second.
    static func probes(of agent: Int) -> [JournalEntry] {
        let rows = (0..<trains * 4).map { number -> ProbeRow in
            let sent =
                startNs - 1_000_000_000 + Int64(number / 4) * 50_000_000
                + Int64(number % 4) * 1_000_000
            let heard = sent + 50_000 - offsetsNs[agent]
            return ProbeRow(
                exchange: ClockExchange(
                    train: UInt32(number / 4), member: UInt16(number % 4), t1: sent, t2: heard,
                    t3: heard + 5_000, t4: sent + 105_000),
                reading: ClockReading(
                    rawNs: heard, monotonicNs: heard, boottimeNs: heard, realtimeNs: heard))
        }
        return [
            .probes(
                JournalProbes(
                    agentIndex: UInt16(agent), incarnation: 1, payload: ProbeRowCodec.encode(rows)))
        ]
    }

    static func batch(_ records: [LogRecord], of agent: Int, number: UInt32) -> JournalEntry {
        var encoder = TokenLogEncoder()
        return .batch(
            JournalBatch(
                agentIndex: UInt16(agent), incarnation: 1, number: UInt64(number),
                records: UInt32(records.count), payload: encoder.encode(LogBatch(records))))
    }

    static func end(of agent: Int, batches: UInt64 = 2) -> JournalEntry {
        .end(
            JournalEnd(
                agentIndex: UInt16(agent), incarnation: 1, batches: batches, records: 0,
                finishes: 0, hash: 0, reason: ""))
    }

    // MARK: Requests

    /// When request `id` is due, ns after the start.
    static func due(_ id: UInt32) -> Int64 { Int64(id) * 200_000_000 }

    /// A request with three tokens, on its agent's clock.
    static func records(
        _ id: UInt32, outcome: Outcome = .completed, error: RequestError? = nil
    ) -> [LogRecord] {
        func at(_ ms: Int64) -> LocalInstant {
            LocalInstant(
                ns: startNs + due(id) + ms * 1_000_000 - offsetsNs[Int(id % 2)])
        }
        let tokens: [LogRecord] = [50, 60, 70].map {
            .tokens(
                TokenRecord(
                    stamp: at($0), request: id, count: 1, kind: .content, source: .kernel))
        }
        return [.sent(SentRecord(request: id, scheduled: at(0), sent: at(1), target: 0))] + tokens
            + [
                .finish(
                    FinishRecord(
                        request: id, at: at(80), outcome: outcome, error: error,
                        evidence: .contentEvents, promptTokens: 4, outputTokens: 3))
            ]
    }

    /// The line of request `id`, without its tokens.
    static func line(_ id: UInt32) -> MeasuredRequest {
        func at(_ ms: Int64) -> ClusterInstant {
            ClusterInstant(ns: due(id) + ms * 1_000_000 + fitError)
        }
        return MeasuredRequest(
            id: id, agent: ["a", "b"][Int(id % 2)], target: "http://t", model: "m",
            className: "chat", phase: id == 0 ? .warmup : .scored, session: id, turn: 0,
            scheduled: at(0), sent: at(1), tokens: nil, finish: at(80), firstAnswer: nil,
            outcome: .completed, error: nil, stampSource: .kernel, askedInput: 4, promptTokens: 4,
            askedOutput: 3, outputTokens: 3)
    }

    /// The token times that the line of request `id` would have.
    static func tokens(_ id: UInt32) -> [TokenEvent] {
        [50, 60, 70].map { TokenEvent(time: due(id) + $0 * 1_000_000 + fitError, count: 1) }
    }
}

/// A journal that is in memory.
struct FormerBytes: JournalSource {
    var bytes: [UInt8]
    let path = "run/tokens.log"

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(
        _ body: (JournalEntry, Int) throws(FileProblem) -> Void
    ) throws(FileProblem) -> JournalReading {
        var scanner = SegmentScanner(.pastDamage)
        scanner.append(bytes)
        scanner.finish()
        while let entry = scanner.next() { try body(entry, scanner.range.lowerBound) }
        return JournalReading(
            header: scanner.header, byteCount: bytes.count,
            damages: scanner.damages.map {
                JournalDamage.Stretch(
                    offset: $0.begin, end: $0.resumed, problem: "\($0.error.field)")
            }, incomplete: scanner.incomplete)
    }
}

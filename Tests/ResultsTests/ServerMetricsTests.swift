import ClockSync
import JSON
import JournalSamples
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog
import Wire

@testable import Results

@Suite("What servers said of themselves")
struct ServerMetricsTests {
    private typealias Draft = JournalDraft

    private static func figures(_ change: (inout ServerFigures) -> Void) -> ServerFigures {
        var figures = ServerFigures()
        change(&figures)
        return figures
    }

    /// A record of target `target`, asked `seconds` after the start and answered 2 ms later.
    private static func record(
        _ seconds: Double, target: UInt16 = 0, _ answer: ScrapeRecord.Answer
    ) -> ScrapeRecord {
        let asked = Draft.at(seconds)
        return ScrapeRecord(
            target: target, asked: asked, at: asked + .milliseconds(2), answer: answer)
    }

    private static func load(
        _ running: UInt32, _ waiting: UInt32, _ ppm: UInt32, _ preemptions: UInt64,
        _ generated: UInt64
    ) -> ScrapeRecord.Answer {
        .figures(
            figures {
                $0.running = running
                $0.waiting = waiting
                $0.keyValueUsePPM = ppm
                $0.preemptions = preemptions
                $0.generationTokens = generated
            })
    }

    /// One agent with a request, and what its server said.
    private static func draft(_ records: [ScrapeRecord]) -> JournalDraft {
        var draft = Draft(agents: 1, requests: 1)
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.hear(.ready(Draft.ready()), by: 0)
        draft.deal([0], to: 0) { _ in 0 }
        draft.probe(0, train: 0, at: -0.5)
        draft.start(0)
        draft.batch(0, Draft.request(0, 0))
        for record in records { draft.batch(0, [.scrape(record)]) }
        draft.probe(0, train: 1, at: 5)
        draft.end(0, at: 5)
        draft.end(at: 5)
        return draft
    }

    /// Asked three times, the second time in vain.
    private static let threeTimes = [
        record(0, load(4, 0, 250_000, 10, 1_000)), record(1, .fault(ScrapeFailure(.slow))),
        record(2, load(8, 3, 750_000, 12, 1_600)),
    ]

    @Test("Means, greatest ones and rises; failures by their reason")
    func summary() throws {
        let scored = try ScoredJournal(Self.draft(Self.threeTimes).source)
        let metrics = try #require(scored.header.agents[0].targets[0].metrics)
        #expect(metrics.samples == 2 && metrics.failures == [.slow: 1] && metrics.stopped == nil)
        #expect(metrics.running == GaugeRange(mean: 6, max: 8))
        #expect(metrics.waiting == GaugeRange(mean: 1.5, max: 3))
        #expect(metrics.keyValueUse == GaugeRange(mean: 0.5, max: 0.75))
        #expect(metrics.preemptions == 2 && metrics.generationTokens == 600)
        #expect(metrics.promptTokens == nil)
        // The run is what it is without them.
        let without = try ScoredJournal(Self.draft([]).source)
        #expect(without.header.agents[0].targets[0].metrics == nil)
        #expect(scored.header.validity == without.header.validity)
        #expect(scored.requests == without.requests && scored.header.complete)
        #expect(scored.header.notes == without.header.notes)
    }

    @Test("Samples are on the run's timeline, whatever their agent's clock")
    func timeline() throws {
        let shared = try ScoredJournal(Self.draft(Self.threeTimes).source).header
        let kept = try #require(shared.agents[0].targets[0].metrics?.kept)
        #expect(kept.map(\.at.ns) == [2_000_000, 2_002_000_000])
        #expect(kept.map(\.asked.ns) == [0, 2_000_000_000])
        var sample = SampleJournal()
        sample.agents = 1
        sample.offsetNs = 7_000_000_000
        var draft = sample.draft
        let records = Self.threeTimes.map { record in
            var own = record
            own.asked.ns -= 7_000_000_000
            own.at.ns -= 7_000_000_000
            return own
        }
        draft.batch(0, records.map(LogRecord.scrape))
        let apart = try ScoredJournal(draft.source).header
        let mapped = try #require(apart.agents[0].targets[0].metrics?.kept)
        #expect(mapped.count == 2)
        for (sample, expected) in zip(mapped, kept) {
            #expect((sample.at.ns - expected.at.ns).magnitude < 1_000_000, "\(sample)")
        }
    }

    @Test("Around an instant: the samples on both sides, and what rose between them")
    func around() throws {
        let header = try ScoredJournal(Self.draft(Self.threeTimes).source).header
        func around(_ ms: Int64) -> SamplesAround? {
            header.samples(
                around: ClusterInstant(ns: ms * 1_000_000), agent: "node-1", target: Draft.url)
        }
        let between = try #require(around(1_500))
        #expect(between.before?.running == 4 && between.after?.running == 8)
        #expect(between.before?.waiting == 0 && between.after?.waiting == 3)
        #expect(between.before?.keyValueUse == 0.25 && between.preemptions == 2)
        #expect(around(2)?.before?.running == 4)
        #expect(around(1)?.before == nil && around(1)?.after?.running == 4)
        let behind = try #require(around(9_000))
        #expect(behind.before?.running == 8 && behind.after == nil && behind.preemptions == nil)
        let nowhere = header.samples(
            around: ClusterInstant(ns: 0), agent: "node-1", target: "http://other")
        #expect(nowhere == nil)
    }

    @Test("Where a server was asked no more, and a figure that no server tells")
    func stopped() throws {
        let records = (0..<3).map { number in
            Self.record(
                Double(number),
                .fault(ScrapeFailure(.httpStatus, status: 404, isLast: number == 2)))
        }
        let metrics = try #require(
            try ScoredJournal(Self.draft(records).source).header.agents[0].targets[0].metrics)
        #expect(metrics.samples == 0 && metrics.failures == [.httpStatus: 3])
        #expect(
            metrics.stopped
                == ServerMetrics.Stop(
                    fault: .httpStatus, status: 404, at: ClusterInstant(ns: 2_002_000_000)))
        #expect(metrics.running == nil && metrics.preemptions == nil)
        #expect(metrics.around(ClusterInstant(ns: 0)) == nil)
    }

    @Test("A server that starts anew counts from 0")
    func restarted() {
        var rise = CounterRise()
        for value in [10, 15, nil, 3, 4] as [UInt64?] { rise.add(value) }
        #expect(rise.rise == 9)
        #expect(CounterRise().rise == nil)
        var most = CounterRise()
        for value in [0, .max, 0, .max] as [UInt64] { most.add(value) }
        #expect(most.rise == .max)
    }

    @Test("A long run keeps every second sample, every fourth, and all of the figures")
    func thinned() {
        var draft = ServerMetricsDraft(limit: 64)
        for second in 0..<1_000 {
            draft.add(
                Self.record(
                    Double(second), Self.load(UInt32(second), 0, 0, UInt64(second), 0)),
                at: ClusterInstant(ns: Int64(second) * 1_000_000_000))
        }
        let metrics = draft.metrics
        #expect(metrics.samples == 1_000 && metrics.kept.count <= 64 && metrics.kept.count >= 32)
        #expect(metrics.running == GaugeRange(mean: 499.5, max: 999))
        #expect(metrics.preemptions == 999)
        let step = metrics.kept[1].at.ns - metrics.kept[0].at.ns
        for (number, sample) in metrics.kept.enumerated() {
            #expect(sample.at.ns == Int64(number) * step)
        }
        let around = metrics.around(ClusterInstant(ns: 500_500_000_000))
        #expect(around?.preemptions == UInt64(step / 1_000_000_000))
    }

    @Test("A record of a server that the agent does not have is no fact")
    func unknownTarget() throws {
        let record = Self.record(1, target: 9, Self.load(1, 1, 1, 1, 1))
        let header = try ScoredJournal(Self.draft([record]).source).header
        #expect(header.agents[0].targets.count == 1 && header.agents[0].targets[0].metrics == nil)
        #expect(header.journalDamage == nil)
    }

    @Test("A batch that damage took costs its samples alone")
    func lost() throws {
        var draft = Draft(agents: 1, requests: 1)
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.hear(.ready(Draft.ready()), by: 0)
        draft.deal([0], to: 0) { _ in 0 }
        draft.probe(0, train: 0, at: -0.5)
        draft.start(0)
        draft.batch(0, Draft.request(0, 0))
        draft.batch(0, [.scrape(Self.threeTimes[0])], isLost: true)
        draft.batch(0, [.scrape(Self.threeTimes[2])])
        draft.probe(0, train: 1, at: 5)
        draft.end(0, at: 5)
        draft.end(at: 5)
        let header = try ScoredJournal(draft.source).header
        #expect(header.agents[0].targets[0].metrics?.kept.map(\.running) == [8])
        #expect(header.journalDamage != nil && header.validity.verdict == .partial)
    }

    @Test("The manifest gives all of it back, and the summary has the figures")
    func files() throws {
        let records =
            Self.threeTimes + [
                Self.record(3, .fault(ScrapeFailure(.httpStatus, status: 500, isLast: true)))
            ]
        let scored = try ScoredJournal(Self.draft(records).source)
        let header = scored.header
        let json = try JSONValue(parsing: Array(header.json.indented.utf8))
        let back = try RunHeader(json: json, path: "manifest.json")
        #expect(back.agents == header.agents)
        let summary = try JSONValue(parsing: Array(scored.summary.json.utf8))
        let server = try #require(
            summary["agents"]?.array?.first?["server_metrics"]?.array?.first)
        #expect(server["target"]?.string == Draft.url && server["samples"]?.int64 == 2)
        #expect(server["failures"]?["slow"]?.int64 == 1)
        #expect(server["stopped"]?["reason"]?.string == "http_status")
        #expect(server["stopped"]?["status"]?.int64 == 500)
        #expect(server["waiting"]?["max"]?.double == 3)
        #expect(server["kv_use"]?["mean"]?.double == 0.5)
        #expect(server["preemptions"]?.int64 == 2)
        #expect(server["prompt_tokens"]?.isNull == true && server["kept"] == nil)
        let without = try ScoredJournal(Self.draft([]).source).summary.json
        #expect(
            try JSONValue(parsing: Array(without.utf8))["agents"]?.array?.first?["server_metrics"]?
                .isNull == true)
    }
}

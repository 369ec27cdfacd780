import Exports
import Foundation
import Goodput
import Results
import RunRecord
import SampleRuns
import Testing

@Suite("Export as perfetto")
struct TraceFileTests {
    private struct Slice {
        var name: String
        var begin: Double
        var end: Double
        var track: [Int]
    }

    private static func events(
        _ result: RunResult = SampleRun.result
    ) throws -> [[String: Any]] {
        let (bytes, _) = try SampleExport.file(.perfetto, of: result)
        let file = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        return try #require(file?["traceEvents"] as? [[String: Any]])
    }

    private static func slices(_ events: [[String: Any]]) throws -> [Slice] {
        try events.filter { $0["ph"] as? String == "X" }.map { event in
            let begin = try #require(event["ts"] as? Double)
            let length = try #require(event["dur"] as? Double)
            return Slice(
                name: try #require(event["name"] as? String), begin: begin, end: begin + length,
                track: [
                    try #require(event["pid"] as? Int), try #require(event["tid"] as? Int),
                ])
        }
    }

    @Test("Slices of a track lie within each other or apart, and every track has a name")
    func nesting() throws {
        let events = try Self.events()
        let slices = try Self.slices(events)
        #expect(slices.filter { $0.name.hasPrefix("request ") }.count == 7)
        for (index, a) in slices.enumerated() {
            for b in slices[(index + 1)...] where a.track == b.track {
                let isApart = a.end <= b.begin + 1e-3 || b.end <= a.begin + 1e-3
                let isWithin =
                    a.begin <= b.begin + 1e-3 && b.end <= a.end + 1e-3
                    || b.begin <= a.begin + 1e-3 && a.end <= b.end + 1e-3
                #expect(isApart || isWithin, "\(a) \(b)")
            }
        }
        let named = Set(
            events.filter { $0["name"] as? String == "thread_name" }.compactMap { event in
                (event["pid"] as? Int).flatMap { pid in (event["tid"] as? Int).map { [pid, $0] } }
            })
        #expect(Set(slices.map(\.track)) == named)
    }

    @Test("Idle slices add up to the idle time of the scores")
    func idle() throws {
        let total = try Self.slices(Self.events()).filter { $0.name == "idle" }
            .reduce(0) { $0 + $1.end - $1.begin }
        let classes = Dictionary(
            SampleRun.header.classes.map { ($0.name, $0.parameters) },
            uniquingKeysWith: { first, _ in first })
        var idle: Int64 = 0
        for request in SampleExport.scored {
            let reader = try Reader(try #require(classes[request.className]))
            idle += try RequestScore(request.times, for: reader).idle
        }
        #expect(idle > 0)
        #expect(abs(total - Double(idle) / 1e3) < 1)
    }

    @Test("Counters: tokens add up, and clocks have their bounds")
    func counters() throws {
        let counters = try Self.events().filter { $0["ph"] as? String == "C" }
        func values(_ name: String) -> [Double] {
            counters.filter { $0["name"] as? String == name }
                .compactMap { ($0["args"] as? [String: Any])?["value"] as? Double }
        }
        let tokens = SampleExport.scored.reduce(0) { $0 + $1.tokenCount }
        #expect(abs(values("tokens/s").reduce(0, +) / 10 - Double(tokens)) < 1e-6)
        #expect(values("clock bound low (us)") == [-7.1])
        #expect(values("clock bound high (us)") == [7.3])
    }

    @Test("An empty run is an empty trace")
    func empty() throws {
        let events = try Self.events(SampleExport.run { $0.requests = [] })
        #expect(try Self.slices(events).isEmpty)
    }
}

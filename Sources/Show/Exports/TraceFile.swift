import Goodput
import JSON
import Results
import RunRecord
import TimeBase
import Timeline
import TokenLog

/// A trace in the JSON format of Chrome, which Perfetto opens: a track a stream, grouped by agent
/// and server, with the phases of its request and its reader's idle times as slices; tokens a
/// second, the servers' own load and the clocks' bounds as counters.
///
/// Two passes. Kept are the track of each request, and the number of tokens in each tenth of a
/// second.
struct TraceFile {
    private let export: RunExport

    /// ns of a bin of the counter of tokens.
    private static let bin: Int64 = 100_000_000

    init(_ export: RunExport) { self.export = export }

    func write(to writer: ExportWriter, _ census: inout ExportCensus) throws(FileProblem) {
        let header = export.header
        var readers: [String: Reader] = [:]
        do throws(ScoringError) {
            for each in header.classes { readers[each.name] = try Reader(each.parameters) }
        } catch {
            throw FileProblem(.content, export.path, "\(error)")
        }
        var tracks = TraceTracks(header)
        try export.forEachScored(withTokens: false) { (request) throws(FileProblem) in
            tracks.add(request)
        }
        tracks.assign()
        let head: JSONValue = ["displayTimeUnit": "ms", "otherData": header.origin]
        try writer.append(head.serialized.dropLast())
        try writer.append(",\"traceEvents\":[\n")
        var events = TraceEvents(writer)
        for event in tracks.names { try events.add(event) }
        var counted = census
        var tokens: [String: [Int64: Int]] = [:]
        try export.forEachScored { (request) throws(FileProblem) in
            counted.add(request)
            for event in request.tokens ?? [] {
                tokens[request.agent, default: [:]][event.time / Self.bin, default: 0] +=
                    Int(event.count)
            }
            guard let place = tracks.place(of: request.id),
                let reader = readers[request.className]
            else { return }
            for slice in RequestSlices(request, for: reader).slices {
                try events.add(slice.event(place))
            }
        }
        census = counted
        try writeCounters(tokens, tracks, header, &events)
        try writer.append("\n]}\n")
    }

    private func writeCounters(
        _ tokens: [String: [Int64: Int]], _ tracks: TraceTracks, _ header: RunHeader,
        _ events: inout TraceEvents
    ) throws(FileProblem) {
        for agent in header.agents {
            guard let process = tracks.process(of: agent.name) else { continue }
            var last: Int64?
            for (bin, count) in (tokens[agent.name] ?? [:]).sorted(by: { $0.key < $1.key }) {
                // A counter keeps its value: a pause has to be drawn.
                if let last, last + 1 < bin {
                    try events.counter("tokens/s", process, (last + 1) * Self.bin, .integer(0))
                }
                let rate = Int64(count) * (1_000_000_000 / Self.bin)
                try events.counter("tokens/s", process, bin * Self.bin, .integer(rate))
                last = bin
            }
            if let last {
                try events.counter("tokens/s", process, (last + 1) * Self.bin, .integer(0))
            }
            if let bounds = agent.clockBounds {
                let ends = [
                    ("clock bound low (us)", bounds.low), ("clock bound high (us)", bounds.high),
                ]
                for (name, bound) in ends {
                    try events.counter(name, process, 0, .real(Double(bound) / 1e3))
                }
            }
            for target in agent.targets {
                for sample in target.metrics?.kept ?? [] {
                    let figures: [(String, JSONValue?)] = [
                        ("running", sample.running.map { .integer(Int64($0)) }),
                        ("waiting", sample.waiting.map { .integer(Int64($0)) }),
                        ("KV use", sample.keyValueUse.map { .real($0) }),
                        ("preemptions", sample.preemptions.map { .integer(Int64(clamping: $0)) }),
                    ]
                    for case (let name, let value?) in figures {
                        try events.counter("\(target.url) \(name)", process, sample.at.ns, value)
                    }
                }
            }
        }
    }
}

/// Events of a trace on their way into its file.
struct TraceEvents {
    private let writer: ExportWriter
    private var isFirst = true

    init(_ writer: ExportWriter) { self.writer = writer }

    mutating func add(_ event: JSONValue) throws(FileProblem) {
        if !isFirst { try writer.append(",\n") }
        isFirst = false
        try writer.append(event.serialized)
    }

    mutating func counter(
        _ name: String, _ process: Int64, _ time: Int64, _ value: JSONValue
    ) throws(FileProblem) {
        try add([
            "ph": "C", "name": .string(name), "pid": .integer(process),
            "ts": .real(Double(time) / 1e3), "args": ["value": value],
        ])
    }
}

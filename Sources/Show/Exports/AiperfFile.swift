import Goodput
import JSON
import Results
import TimeBase
import TokenLog
import ToolRules

/// The lines of aiperf's `profile_export.jsonl`, one a request, in its names and units.
///
/// The schedule is the instant at which a credit was issued. Instants are Unix time, by the
/// coordinator's wall clock at the run's begin. One pass.
struct AiperfFile {
    private let export: RunExport
    private static let rule = Tool.aiperf.rule

    init(_ export: RunExport) { self.export = export }

    func write(to writer: ExportWriter, _ census: inout ExportCensus) throws(FileProblem) {
        let header = export.header
        var counted = census
        var text = JSONWriter()
        try export.forEachScored { (request) throws(FileProblem) in
            text.removeAll()
            let kept = KeptRequest(
                request.times, promptTokens: request.promptTokens,
                hiddenTokens: request.notes.hiddenTokens, by: Self.rule)
            text.object { text in
                text.name("metadata")
                Self.writeMetadata(request, header, index: counted.requests, to: &text)
                text.name("metrics")
                text.object { text in
                    if kept.standing == .counted { Self.writeMetrics(request, kept, to: &text) }
                }
                if kept.standing != .counted {
                    text.name("error")
                    Self.writeError(request, to: &text)
                }
            }
            text.endLine()
            counted.add(request)
            try writer.append(text.bytes)
        }
        census = counted
    }

    private static func writeMetadata(
        _ request: MeasuredRequest, _ header: RunHeader, index: Int, to text: inout JSONWriter
    ) {
        let session = "session-\(request.session)"
        func unix(_ instant: ClusterInstant) -> Int64 { header.epoch.realtime &+ instant.ns }
        text.object { text in
            text.member("session_num", index)
            text.member(
                "x_request_id", MeasuredRequest.requestID(run: header.runID, id: request.id))
            text.member("x_correlation_id", session)
            text.member("conversation_id", session)
            text.member("turn_index", Int64(request.turn))
            text.member("credit_issued_ns", unix(request.scheduled))
            text.member("request_start_ns", unix(request.sent ?? request.scheduled))
            text.member("request_end_ns", unix(request.finish))
            text.member("worker_id", request.agent)
            text.member("record_processor_id", "legato")
            text.member("benchmark_phase", "profiling")
            text.member("was_cancelled", request.outcome == .abandoned)
            if let engine = header.simulated { text.member("simulated", engine) }
        }
    }

    private static func writeMetrics(
        _ request: MeasuredRequest, _ kept: KeptRequest, to text: inout JSONWriter
    ) {
        func metric(_ name: StaticString, _ value: Double?, _ unit: String) {
            guard let value else { return }
            text.name(name)
            text.object { text in
                text.member("value", value)
                text.member("unit", unit)
            }
        }
        func count(_ name: StaticString, _ value: Int, _ unit: String = "tokens") {
            text.name(name)
            text.object { text in
                text.member("value", value)
                text.member("unit", unit)
            }
        }
        func span(_ name: StaticString, _ measure: Measure) {
            metric(name, kept.value(of: measure, by: rule).map { $0 / 1e6 }, "ms")
        }
        if request.sent != nil {
            span("time_to_first_token", .timeToFirst)
            span("request_latency", .latency)
        }
        span("time_to_second_token", .timeToSecond)
        span("inter_token_latency", .meanGap)
        let tokens = request.tokens ?? []
        if kept.instants == .known, tokens.count > 1 {
            text.name("inter_chunk_latency")
            text.object { text in
                text.name("value")
                text.array { text in
                    for (before, event) in zip(tokens, tokens.dropFirst()) {
                        text.real(Double(event.time - before.time) / 1e6)
                    }
                }
                text.member("unit", "ms")
            }
        }
        let thoughts = min(Int(request.thoughtTokens), kept.tokens)
        count("output_sequence_length", kept.tokens)
        count("output_token_count", kept.tokens - thoughts)
        if thoughts > 0 { count("reasoning_token_count", thoughts) }
        if let prompt = kept.promptTokens { count("input_sequence_length", Int(prompt)) }
        let rate = kept.value(of: .ratePerUser, by: rule).map { $0 * 1e9 }
        metric("output_token_throughput_per_user", rate, "tokens/sec/user")
    }

    private static func writeError(_ request: MeasuredRequest, to text: inout JSONWriter) {
        text.object { text in
            if let status = request.error?.status, status != 0 {
                text.member("code", Int64(status))
            }
            text.member("type", request.error?.kind.name ?? request.outcome.scored.rawValue)
            let words = request.errorWords
            text.member("message", words.isEmpty ? "the answer had no token" : words)
        }
    }
}

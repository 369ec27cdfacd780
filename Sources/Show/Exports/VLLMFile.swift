import Goodput
import JSON
import PlainText
import Results
import TimeBase
import TokenLog
import ToolRules

/// The file of `vllm bench serve --save-result --save-detailed`: its numbers, as that tool would
/// have made them of the same streams, and parallel arrays with an entry a request.
///
/// Four passes over the requests and a further one above some 16 million gaps; some 100 bytes of
/// each are kept.
struct VLLMFile {
    /// An entry of the parallel arrays.
    private struct Row {
        var input: Int64
        var output: Int64
        var firstToken: Double
        var start: Double
        var latency: Double
        var error: String
    }

    private let export: RunExport
    private static let rule = Tool.vllm.rule

    init(_ export: RunExport) { self.export = export }

    func write(to writer: ExportWriter, _ census: inout ExportCensus) throws(FileProblem) {
        let header = export.header
        let printed = try PrintedRun(
            of: export.run, as: .vllm, ScoringOverrides(), path: export.path)
        var rows: [Row] = []
        var model: String?
        var counted = census
        try export.forEachScored { (request) throws(FileProblem) in
            counted.add(request)
            model = model ?? request.model
            rows.append(Self.row(of: request))
        }
        census = counted
        var head = ServingHead(header, model: model, prompts: rows.count).members
        head += printed.figures.members
        head.append(JSONMember("legato", header.origin))
        var object = JSONWriter()
        object.value(.object(head))
        try writer.append(object.bytes.dropLast())
        try column("input_lens", rows, writer) { $0.integer($1.input) }
        try column("output_lens", rows, writer) { $0.integer($1.output) }
        try column("ttfts", rows, writer) { $0.real($1.firstToken) }
        try writeGaps(writer)
        try column("start_times", rows, writer) { $0.real($1.start) }
        try column("latencies", rows, writer) { $0.real($1.latency) }
        try column("generated_texts", rows, writer) { text, _ in text.string("") }
        try column("errors", rows, writer) { $0.string($1.error) }
        try writer.append("}\n")
    }

    private static func row(of request: MeasuredRequest) -> Row {
        let kept = KeptRequest(
            request.times, promptTokens: request.promptTokens,
            hiddenTokens: request.notes.hiddenTokens, by: rule)
        let isCounted = kept.standing == .counted
        let sent = request.sent ?? request.scheduled
        let first = kept.value(of: .timeToFirst, by: rule)
        let words = request.errorWords
        return Row(
            input: Int64(request.promptTokens ?? request.askedInput ?? 0),
            output: isCounted ? Int64(kept.tokens) : 0, firstToken: (first ?? 0) / 1e9,
            start: Double(sent.ns) / 1e9,
            latency: isCounted ? (kept.value(of: .latency, by: rule) ?? 0) / 1e9 : 0,
            error: isCounted ? "" : words.isEmpty ? Self.noStream(kept) : words)
    }

    /// The reason why a completed answer counts as failed.
    private static func noStream(_ kept: KeptRequest) -> String {
        kept.events == 0
            ? "the answer had no token" : "the answer came as one document, without a stream"
    }

    private func column(
        _ name: StaticString, _ rows: [Row], _ writer: ExportWriter,
        _ body: (inout JSONWriter, Row) -> Void
    ) throws(FileProblem) {
        var text = JSONWriter()
        text.name(name)
        text.array { text in rows.forEach { body(&text, $0) } }
        try writer.append(",")
        try writer.append(text.bytes)
    }

    /// Gaps between events, a list a request, of failed ones too.
    private func writeGaps(_ writer: ExportWriter) throws(FileProblem) {
        try writer.append(",\"itls\":[")
        var isFirst = true
        var text = JSONWriter()
        try export.forEachScored { (request) throws(FileProblem) in
            text.removeAll()
            let tokens = request.tokens ?? []
            text.array { text in
                for (before, event) in zip(tokens, tokens.dropFirst()) {
                    text.real(Double(event.time - before.time) / 1e9)
                }
            }
            if !isFirst { try writer.append(",") }
            isFirst = false
            try writer.append(text.bytes)
        }
        try writer.append("]")
    }
}

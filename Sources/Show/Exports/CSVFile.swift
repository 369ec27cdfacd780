import Goodput
import Results
import RunRecord
import TimeBase
import TokenLog
import Workload

/// A line a request with its figures for the run's own readers, by RFC 4180: lines end with CR LF,
/// and a field is quoted where it holds a comma, a quote or a line end.
///
/// A text that a spreadsheet would take for a formula has an apostrophe ahead. One pass.
struct CSVFile {
    private let export: RunExport

    init(_ export: RunExport) { self.export = export }

    /// The headings, each with its unit.
    static let headings = [
        "id", "request_id", "agent", "target", "model", "class", "session", "turn", "outcome",
        "error", "simulated", "scheduled_s", "sent_s", "first_token_s", "last_token_s", "finish_s",
        "asked_input_tokens", "prompt_tokens", "asked_output_tokens", "output_tokens", "events",
        "ttft_ms", "ttft_from_send_ms", "tpot_ms", "tbt_max_ms", "e2e_ms", "idle_ms",
        "slot_wait_ms", "lateness_ms", "benefit_tokens", "attained", "stamp_source",
    ]

    func write(to writer: ExportWriter, _ census: inout ExportCensus) throws(FileProblem) {
        let header = export.header
        let path = export.run.requests.path
        var readers: [String: Reader] = [:]
        do throws(ScoringError) {
            for each in header.classes { readers[each.name] = try Reader(each.parameters) }
        } catch {
            throw FileProblem(.content, export.path, "\(error)")
        }
        try writer.append(Self.headings.joined(separator: ",") + "\r\n")
        var counted = census
        try export.forEachScored { (request) throws(FileProblem) in
            counted.add(request)
            guard let reader = readers[request.className] else {
                throw FileProblem(
                    .content, path,
                    "request \(request.id) is of the class \(request.className), which the run's "
                        + "manifest does not have")
            }
            let score: RequestScore
            do throws(ScoringError) {
                score = try RequestScore(request.times, for: reader)
            } catch {
                throw FileProblem(.content, path, "\(error)")
            }
            let fields = Self.fields(request, score, header)
            try writer.append(fields.joined(separator: ",") + "\r\n")
        }
        census = counted
    }

    private static func fields(
        _ request: MeasuredRequest, _ score: RequestScore, _ header: RunHeader
    ) -> [String] {
        func seconds(_ ns: Int64?) -> String { ns?.decimal(9) ?? "" }
        func milliseconds(_ ns: Int64?) -> String { ns?.decimal(6) ?? "" }
        func count(_ value: UInt32?) -> String { value.map(String.init) ?? "" }
        let tokens = request.tokens ?? []
        let names = [
            request.agent, request.target, request.model, request.className,
        ].map(text)
        let identity =
            [
                String(request.id),
                text(MeasuredRequest.requestID(run: header.runID, id: request.id)),
            ] + names
        let fate = [
            String(request.session), String(request.turn), request.outcome.scored.rawValue,
            text(request.errorWords), header.simulated == nil ? "false" : "true",
        ]
        let instants = [
            request.scheduled.ns, request.sent?.ns, tokens.first?.time, tokens.last?.time,
            request.finish.ns,
        ].map(seconds)
        let lengths = [
            count(request.askedInput), count(request.promptTokens), count(request.askedOutput),
            count(request.outputTokens), String(tokens.count),
        ]
        let latencies = [
            milliseconds(score.ttft), milliseconds(score.ttftSent),
            score.tpot.map { String($0 / 1e6) } ?? "", milliseconds(score.tbtMax),
            milliseconds(score.e2e), milliseconds(score.idle), milliseconds(request.waited),
            milliseconds(request.latenessNs),
        ]
        let worth = [
            String(score.benefit), score.sloMet ? "true" : "false",
            request.stampSource?.name ?? "",
        ]
        return identity + fate + instants + lengths + latencies + worth
    }

    /// `text` as a field that is data in every spreadsheet.
    static func text(_ text: String) -> String {
        let risky: Set<Character> = ["=", "+", "-", "@", "\t", "\r", "\n", "\r\n"]
        let plain = text.first.map(risky.contains) == true ? "'" + text : text
        let needsQuotes = plain.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        guard needsQuotes else { return plain }
        var quoted = "\""
        for scalar in plain.unicodeScalars {
            quoted.unicodeScalars.append(scalar)
            if scalar == "\"" { quoted.append("\"") }
        }
        return quoted + "\""
    }
}

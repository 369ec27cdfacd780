import Goodput
import JSON
import PlainText
package import Results
import Sampling

/// Several runs or files of requests, scored: a line each.
package struct ScoreList: Sendable {
    /// The figures that are shown of one of them.
    private struct Row: Sendable {
        var path: String
        var smoothGoodput: Double?
        var goodput: Double?
        var throughput: Double?
        var attainment: Double?
        var ttftP99: Double?
        /// nil for a file of requests, on which none is passed.
        var verdict: Verdict?
        /// The damage of its journal, with the journal's path.
        var damage: String?
        /// Whether smooth goodput, goodput and attainment are the least that they can have been.
        var isLeast = false
    }

    /// The widest name of a run; of a longer one the end is shown, which tells runs apart.
    private static let nameWidth = 32

    private var rows: [Row] = []
    /// The elements of ``json``; none where it is not asked for.
    private var values: [JSONValue] = []
    private let keepsJSON: Bool

    /// - Parameter keepsJSON: Whether ``json`` will be asked for, which holds all of every summary.
    package init(keepsJSON: Bool) { self.keepsJSON = keepsJSON }

    /// Whether all figures may be used.
    package private(set) var isValid = true

    package mutating func add(_ score: StoredScore, path: String) {
        isValid = isValid && score.isValid
        switch score {
        case .run(let summary, let folder):
            rows.append(
                Self.row(
                    path, summary.run.totals, summary.analyses?.samples,
                    summary.header.validity.verdict,
                    summary.journalDamage.map { "\(folder)/\($0.sentence)" }))
        case .vector(let report):
            var row = Self.row(path, report.scoring.totals, report.analyses?.samples, nil, nil)
            row.isLeast = report.bounds != nil
            rows.append(row)
        }
        guard keepsJSON else { return }
        do throws(JSONSyntaxError) {
            let value = try JSONValue(parsing: Array(score.json.utf8))
            values.append(
                .object([JSONMember("path", .string(path))] + (value.members ?? [])))
        } catch {
            preconditionFailure("the writer wrote what the parser refuses: \(error)")
        }
    }

    /// An array, each element as one alone would be printed, with its `path` ahead; with a line
    /// end.
    package var json: String { JSONValue.array(values).indented }

    /// For people, without line ends.
    package func lines(style: ConsoleStyle) -> [String] {
        guard !rows.isEmpty else { return [] }
        var table = TextTable(heading: [
            "run", "smooth", "goodput", "throughput", "attainment", "TTFT p99", "verdict",
        ])
        for row in rows {
            let mark = row.isLeast ? "≥" : ""
            table.add([
                Self.name(row.path), mark + Figures.rate(row.smoothGoodput),
                mark + Figures.rate(row.goodput), Figures.rate(row.throughput),
                mark + Figures.percent(row.attainment),
                Figures.span(row.ttftP99), row.verdict?.rawValue ?? "-",
            ])
        }
        let damages = rows.compactMap(\.damage)
        let least =
            rows.contains(where: \.isLeast)
            ? ("≥: the file has no times between first and last token, and this is the least that "
                + "it can have been; score it alone for both ends").wrapped(consoleWidth) : []
        return table.lines + least + (damages.isEmpty ? [] : [""])
            + damages.flatMap { $0.harmless.wrapped(consoleWidth) }
    }

    private static func row(
        _ path: String, _ totals: RunTotals, _ samples: RunSamples?, _ verdict: Verdict?,
        _ damage: String?
    ) -> Row {
        Row(
            path: path, smoothGoodput: totals.smoothGoodput, goodput: totals.goodput,
            throughput: totals.throughput, attainment: totals.sloAttainment,
            ttftP99: PercentileBacking(totals, samples).shown(.p99, of: .ttft),
            verdict: verdict, damage: damage)
    }

    private static func name(_ path: String) -> String {
        let plain = path.harmless
        return plain.count <= nameWidth ? plain : "…" + plain.suffix(nameWidth - 1)
    }
}

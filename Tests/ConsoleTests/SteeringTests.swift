import Compare
import Goodput
import JSON
import PlainText
import RunRecord
import SampleRuns
import Sweep
import Testing
import TokenLog

@testable import Console
@testable import Results

/// Names, models and errors of servers are data: in no table do they steer a terminal.
@Suite struct SteeringTests {
    /// Texts that would clear the screen, set its title, move the cursor, or turn what follows.
    private static let hostile = [
        "\u{1b}[2J\u{1b}[31m", "\u{1b}]0;title\u{7}", "\u{9b}5A", "\r\n\u{8}", "\u{202E}",
        "\u{1b}P\u{1b}\\", "\u{7f}\u{0}",
    ]

    private func expectHarmless(_ lines: [String], _ text: String) {
        let steering = lines.joined().unicodeScalars.filter(\.steersText)
        #expect(steering.isEmpty, "\(text.debugDescription): \(lines)")
    }

    private static func result(_ text: String) -> RunResult {
        var result = SampleRun.result
        result.header.name = "name\(text)"
        result.header.version = "1\(text)"
        result.header.runID = text
        result.header.simulated = "engine\(text)"
        result.header.notes = ["note \(text)"]
        result.header.host = ["hostname": .string("host\(text)")]
        for index in result.header.agents.indices {
            let name = result.header.agents[index].name
            result.header.agents[index].name += text
            for request in result.requests.indices where result.requests[request].agent == name {
                result.requests[request].agent += text
            }
            for target in result.header.agents[index].targets.indices {
                result.header.agents[index].targets[target].url += text
            }
            var audit = ClientAudit()
            audit.timeouts = 3
            audit.sends = 100
            audit.latenessP99Ns = 9_000_000
            result.header.agents[index].audit = audit
        }
        for index in result.header.gaps.indices {
            result.header.gaps[index].reason += text
            result.header.gaps[index].agent += text
        }
        for index in result.header.classes.indices {
            let name = result.header.classes[index].name
            result.header.classes[index].name += text
            for request in result.requests.indices
            where result.requests[request].className == name {
                result.requests[request].className += text
            }
        }
        for index in result.requests.indices {
            result.requests[index].model += text
            result.requests[index].target += text
            result.requests[index].error?.detail = "error \(text)"
            result.requests[index].notes.unknownField = "field\(text)"
        }
        return result
    }

    @Test(arguments: hostile)
    func tablesOfRuns(text: String) throws {
        let summary = try RunSummary(Self.result(text))
        for isVerbose in [false, true] {
            for columns in [60, 100] {
                expectHarmless(
                    ResultTable(
                        summary, style: .plain, directory: "runs/\(text)", isVerbose: isVerbose,
                        columns: columns
                    ).lines, text)
            }
        }
        var list = ScoreList(keepsJSON: false)
        list.add(.run(summary, folder: text), path: "path\(text)")
        expectHarmless(list.lines(style: .plain), text)
        let stored = StoredScore.run(summary, folder: "folder\(text)")
        expectHarmless(stored.lines(style: .plain), text)
    }

    @Test(arguments: hostile)
    func comparisons(text: String) throws {
        let summary = try RunSummary(Self.result(text))
        let figures = ComparisonReport.figures(hasBounds: true)
        let run = ComparedSystem.Run(summary, path: text, figures: figures)
        let systems = ["a\(text)", "b\(text)"].map { ComparedSystem(name: $0, runs: [run]) }
        let report = ComparisonReport(systems, figures)
        expectHarmless(report.lines(style: .plain, version: "1"), text)
        expectHarmless(
            ComparisonReport(
                [systems[0], ComparedSystem(name: text, runs: [run, run, run])], figures
            )
            .lines(style: .plain, version: "1"), text)
    }

    @Test(arguments: hostile)
    func storesAndTheLiveView(text: String) throws {
        let entries = ["host", "other"].map { host in
            var entry = StoreEntry(
                folder: "folder\(text)", state: .damaged("no file \(text)"), written: 0)
            entry.name = text
            entry.servers = ["http://a\(text)"]
            entry.host = host + text
            return entry
        }
        expectHarmless(StoreList(entries, now: 9).lines, text)
        var snapshot = LiveSnapshot()
        snapshot.agents = [LiveSnapshot.Agent(name: "agent\(text)")]
        for columns in [40, 100] {
            let view = LiveProgress(
                title: ["legato", "name\(text)"], style: .plain,
                size: TerminalSize(columns: columns, rows: 30))
            expectHarmless(view.lines(snapshot), text)
        }
    }

    @Test(arguments: hostile)
    func sweeps(text: String) throws {
        var summary = try RunSummary(Self.result(text))
        summary.header.validity.verdict = .partial
        let settings = [SweepSetting(field: "engine.\(text)", value: "value\(text)")]
        let points = [1.0, 2].map { load in
            SweepPoint(
                load: load, settings: settings,
                runs: [SweepPoint.Run(summary, folder: text, figures: SweepResult.listed)])
        }
        let result = SweepResult(
            name: "name\(text)", version: "1", axis: .rate, figure: .smooth, bound: nil,
            curves: [SweepResult.Curve(settings: settings, points: points)])
        expectHarmless(result.lines(style: .plain, folder: "sweeps/\(text)"), text)
    }
}

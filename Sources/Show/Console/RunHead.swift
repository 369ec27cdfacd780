import JSON
import PlainText
package import Results
import RunRecord

/// The first lines of the table: what ran, against which servers, under which load, where and when,
/// so that a result which is pasted into a message can be traced.
struct RunHead {
    private let header: RunHeader
    private let models: [String]

    /// Names that are written out; more are counted.
    private static let mostNamed = 2

    /// The widest line, in columns.
    private let width: Int

    init(_ summary: RunSummary, width: Int = consoleWidth) {
        self.width = width
        header = summary.header
        models = summary.models
    }

    /// The lines without line ends, the first one the run's title; none is cut where it can be
    /// wrapped between its parts.
    var lines: [String] {
        joined(title) + joined(details).map { " \($0)" }
    }

    /// The tool, the scenario and what served it.
    fileprivate var title: [String] {
        var title = [
            "legato \(header.version)", header.name, "seed \(header.seed)",
            Figures.count(header.agents.count, "agent"),
        ]
        if let simulated = header.simulated { title.append(simulated) }
        return title
    }

    /// Servers, models, load, place and time; empty texts where something is not known.
    fileprivate var details: [String] {
        let load = header.load?.words ?? LoadWords()
        let target = [
            header.simulated == nil ? Self.named(servers, "servers") : "",
            Self.named(models, "models"), load.endpoint,
        ]
        let plan = [
            load.load, load.lengths, load.duration,
            load.warmup.isEmpty ? "" : "warm-up \(load.warmup)",
        ]
        let origin = [header.host["hostname"]?.string.map { "on \($0)" } ?? "", time]
        return target + plan + origin
    }

    private var servers: [String] {
        var servers: [String] = []
        for target in header.agents.flatMap(\.targets) where !servers.contains(target.url) {
            servers.append(target.url)
        }
        return servers
    }

    /// `2026-11-29 18:04 UTC`; empty where no epoch is known.
    private var time: String {
        let seconds = header.epoch.realtime / 1_000_000_000
        guard seconds > 0 else { return "" }
        let name = Figures.minute(utc: seconds)
        return "\(name.prefix(10)) \(name.dropFirst(11).prefix(2)):\(name.suffix(2)) UTC"
    }

    private static func named(_ names: [String], _ noun: String) -> String {
        names.count > mostNamed ? "\(names.count) \(noun)" : names.joined(separator: ", ")
    }

    /// The parts that are there, made harmless, with dots between them, over as few lines as hold
    /// them.
    private func joined(_ parts: [String]) -> [String] {
        var lines: [String] = []
        for part in parts where !part.isEmpty {
            let part = part.harmless.cut(width - 1)
            if let last = lines.last, last.count + 3 + part.count < width {
                lines[lines.count - 1] = "\(last) · \(part)"
            } else {
                lines.append(part)
            }
        }
        return lines
    }
}

extension RunSummary {
    /// The facts of the run's head, one by one: names in them are as they came.
    package var facts: [String] {
        let head = RunHead(self)
        return (head.title + head.details).filter { !$0.isEmpty }
    }
}

package import Console
package import JSON
import PlainText

/// The findings of benchmarks, for people and for machines.
package struct BenchReport: Sendable {
    package var rows: [BenchRow]

    package init(rows: [BenchRow]) { self.rows = rows }

    /// Whether every row that has a goal meets it.
    package var meetsGoals: Bool { rows.allSatisfy { $0.meetsGoal ?? true } }

    /// A line a row: figure, floor, ratio, goal.
    package func lines(style: ConsoleStyle) -> [String] {
        var table = TextTable(heading: ["benchmark", "figure", "unit", "floor", "ratio", "goal"])
        for row in rows {
            table.add([
                "\(row.benchmark.rawValue): \(row.name)", Self.figure(row.value), row.unit,
                row.floor.map(Self.figure) ?? "", row.ratio.map { Self.ratio($0) } ?? "",
                Self.goal(row),
            ])
        }
        let lines = table.lines
        return [style.bold(lines[0])]
            + zip(lines.dropFirst(), rows).map { line, row in
                row.meetsGoal == false ? style.red(line) : line
            }
    }

    private static func goal(_ row: BenchRow) -> String {
        let word = row.meetsGoal == true ? "met" : "missed"
        switch row.goal {
        case .atLeast(let bound): return ">= \(figure(bound)) \(word)"
        case .atMost(let bound): return "<= \(figure(bound)) \(word)"
        case .atMostFloors(let bound): return "<= \(figure(bound))x \(word)"
        case nil: return ""
        }
    }

    /// Millions as `12.3 M`: rates here go up to billions.
    private static func figure(_ value: Double) -> String {
        switch value.magnitude {
        case 1e9...: "\(Figures.short(value / 1e9)) G"
        case 1e6...: "\(Figures.short(value / 1e6)) M"
        case 1e4...: "\(Figures.short(value / 1e3)) k"
        case ..<0.0995: Figures.fixed(value, 4)
        default: Figures.short(value)
        }
    }

    private static func ratio(_ value: Double) -> String {
        value < 0.0995 ? Figures.fixed(value, 4) : Figures.short(value)
    }

    /// An object with `rows`, each with the names that the table's columns have.
    package var json: JSONValue {
        [
            "format": 1,
            "goals_met": .bool(meetsGoals),
            "rows": .array(
                rows.map { row in
                    [
                        "benchmark": .string(row.benchmark.rawValue), "name": .string(row.name),
                        "value": .real(row.value), "unit": .string(row.unit),
                        "floor": row.floor.map(JSONValue.real) ?? .null,
                        "ratio": row.ratio.map(JSONValue.real) ?? .null,
                        "goal": Self.json(row.goal),
                        "met": row.meetsGoal.map(JSONValue.bool) ?? .null,
                    ]
                }),
        ]
    }

    private static func json(_ goal: BenchRow.Goal?) -> JSONValue {
        switch goal {
        case .atLeast(let bound): ["at_least": .real(bound)]
        case .atMost(let bound): ["at_most": .real(bound)]
        case .atMostFloors(let bound): ["ratio_at_most": .real(bound)]
        case nil: .null
        }
    }
}

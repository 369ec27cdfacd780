extension DatabaseSchema {
    /// All tables, views and queries, as Markdown: a part of the room's article.
    package static var markdown: String {
        var lines = ["## Tables", ""]
        let shapes = tables(.deltas)
        for table in shapes where table.name != tokens.name { lines += list(table) }
        lines += list(tokens.shape) + list(tokenEvents.shape)
        lines += [
            "## Views", "",
            "`scope` is `run`, `agent` or `class`, and `name` that of the part; rates of a "
                + "part are over the run's T, so that they add up. A rate is NULL where T is "
                + "0 or there is no request.", "",
        ]
        for view in figureViews {
            let columns = view.name == "scored" || view.name == "part_requests" ? [] : view.columns
            lines.append(
                "- `\(view.name)`"
                    + (columns.isEmpty ? "" : " (\(columns.joined(separator: ", ")))")
                    + ": \(view.note)")
        }
        lines += ["", "## Ten queries"]
        for query in queries {
            lines += ["", "\(query.title):", "", "```sql", query.sql, "```"]
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func list(_ table: TableShape) -> [String] {
        var lines = ["### \(table.name)", "", table.note, ""]
        let indices = table.indices.map { "(\($0.joined(separator: ", ")))" }
        let key = table.key.isEmpty ? [] : ["Key: (\(table.key.joined(separator: ", ")))."]
        let others = indices.isEmpty ? [] : ["Indices: \(indices.joined(separator: ", "))."]
        if !(key + others).isEmpty { lines += [(key + others).joined(separator: " "), ""] }
        lines += ["| column | type | holds |", "| --- | --- | --- |"]
        lines += table.columns.map { column in
            "| `\(column.name)` | \(column.type.rawValue)\(column.isOptional ? ", NULL" : "") "
                + "| \(column.note) |"
        }
        return lines + [""]
    }
}

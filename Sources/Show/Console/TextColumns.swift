import PlainText

/// Blocks of lines beside each other where there is room, and below each other elsewhere.
enum TextColumns {
    /// Columns between two blocks.
    private static let gap = 4

    /// `left`, and `right` beside it or, after an empty line, below it.
    static func lines(_ left: [String], _ right: [String], width: Int) -> [String] {
        guard !right.isEmpty else { return left }
        guard !left.isEmpty else { return right }
        let place = (left.map(\.count).max() ?? 0) + gap
        guard place + (right.map(\.count).max() ?? 0) <= width else { return left + [""] + right }
        return (0..<max(left.count, right.count)).map { row in
            let first = row < left.count ? left[row] : ""
            return row < right.count ? first.left(place) + right[row] : first
        }
    }

    /// The parts one after the other, over as few lines as hold them, each line after one space.
    static func flow(_ parts: [String], width: Int) -> [String] {
        flow(parts.map { ($0, { $0 }) }, width: width)
    }

    /// The same with parts that are shown in a style, which takes no column.
    static func flow(
        _ parts: [(text: String, style: (String) -> String)], width: Int
    ) -> [String] {
        var lines: [(columns: Int, text: String)] = []
        for (text, style) in parts where !text.isEmpty {
            if let last = lines.last, last.columns + 2 + text.count <= width {
                let joined = (last.columns + 2 + text.count, "\(last.text)  \(style(text))")
                lines[lines.count - 1] = joined
            } else {
                let first = String(text.drop { $0 == " " }).cut(width - 1)
                lines.append((1 + first.count, " " + style(first)))
            }
        }
        return lines.map(\.text)
    }
}

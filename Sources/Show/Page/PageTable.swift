/// A table whose first column is names and whose others are figures.
enum PageTable {
    /// - Parameters:
    ///   - heading: One a column.
    ///   - rows: As many cells each.
    ///   - wordColumns: Columns from the first on that hold words, not figures.
    static func figures(
        _ heading: [String], _ rows: [[Markup]], wordColumns: Int = 1
    ) -> Markup {
        func kind(_ column: Int) -> String { column < wordColumns ? "word" : "figure" }
        let head = heading.enumerated().map {
            Markup.tag("th", ["scope": "col", "class": kind($0)], [Markup($1)])
        }
        let body = rows.map { cells in
            Markup.tag(
                "tr", [:],
                cells.enumerated().map { index, cell in
                    index == 0
                        ? .tag("th", ["scope": "row"], [cell])
                        : .tag("td", ["class": kind(index)], [cell])
                })
        }
        return .tag(
            "div", ["class": "wide"],
            [
                .tag(
                    "table", ["class": "figures"],
                    [.tag("thead", [:], [.tag("tr", [:], head)]), .tag("tbody", [:], body)])
            ])
    }

    /// A table whose cells are sentences; on a narrow screen each row is a block of its own.
    static func words(_ heading: [String], _ rows: [[String]]) -> Markup {
        let head = heading.map { Markup.tag("th", ["scope": "col"], [Markup($0)]) }
        let body = rows.map { cells in
            Markup.tag(
                "tr", [:],
                cells.enumerated().map { index, cell in
                    index == 0
                        ? .tag("th", ["scope": "row"], [Markup(cell)])
                        : .tag("td", ["data-of": heading[index]], [Markup(cell)])
                })
        }
        return .tag(
            "table", ["class": "words"],
            [.tag("thead", [:], [.tag("tr", [:], head)]), .tag("tbody", [:], body)])
    }

    /// Names with what they are, a row each.
    static func facts(_ rows: [(String, Markup)]) -> Markup {
        .tag(
            "dl", [:],
            rows.flatMap { name, value in
                [Markup.tag("dt", [:], [Markup(name)]), .tag("dd", [:], [value])]
            })
    }

    /// A cell in red: it breaks a bound.
    static func broken(_ text: String) -> Markup { .tag("b", ["class": "red"], [Markup(text)]) }

    /// Sentences, a paragraph each.
    static func sentences(_ sentences: [String]) -> [Markup] {
        sentences.map { .tag("p", ["class": "say"], [Markup($0)]) }
    }
}

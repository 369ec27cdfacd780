import PlainText
package import ToolRules

extension InterTokenFigures {
    /// A table of the rules, without line ends.
    package var lines: [String] {
        var table = TextTable(heading: ["between tokens", "p50", "p90", "p99", "mean"])
        for rule in InterTokenRule.allCases {
            let figures = self[rule]
            table.add(
                [rule.words]
                    + [figures?.p50, figures?.p90, figures?.p99, figures?.mean].map {
                        PlainText.Figures.span($0)
                    })
        }
        return table.lines
    }
}

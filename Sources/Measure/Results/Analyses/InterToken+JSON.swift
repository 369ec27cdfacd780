package import JSON
package import ToolRules

extension InterTokenFigures {
    /// `inter_token`: for each rule p50, p90, p99 and mean, ns, and how many values there are; null
    /// where a rule has none.
    package var json: JSONValue {
        .object(
            InterTokenRule.allCases.map { rule in
                JSONMember(rule.rawValue, self[rule]?.json ?? .null)
            })
    }
}

extension InterTokenFigures.Figures {
    fileprivate var json: JSONValue {
        .object([
            "p50": .real(p50), "p90": .real(p90), "p99": .real(p99), "mean": .real(mean),
            "count": .integer(Int64(count)),
        ])
    }
}

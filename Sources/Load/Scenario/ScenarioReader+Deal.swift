internal import PlainText
internal import Workload

extension ScenarioReader {
    /// How sessions go to agents: in turn, by weights, or by names with their weights.
    func deal(_ top: SectionReader) -> DealRule {
        guard let value = top.value("deal") else { return .roundRobin }
        switch value {
        case .map(let entries, _): return named(entries, top)
        case .list:
            top.refuse(
                "deal",
                "is `round robin`, weights like `1, 2, 1`, or agents with their weights like "
                    + "`{ node-a: 2, node-b: 1 }`, not a list", of: value.origin)
            return .roundRobin
        case .scalar: return weights(top)
        }
    }

    private func weights(_ top: SectionReader) -> DealRule {
        guard let text = top.text("deal"), text != "round robin" else { return .roundRobin }
        let weights = top.parsed("deal") { text throws(QuantityError) in
            var weights: [Double] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let weight = Self.weight(Quantity.trimmed(part)) else {
                    throw QuantityError(
                        message: "`\(text)` is neither `round robin` nor positive weights like "
                            + "`1, 2, 1`; by name write `{ node-a: 2, node-b: 1 }`")
                }
                weights.append(weight)
            }
            return weights
        }
        return weights.map { .weights($0) } ?? .roundRobin
    }

    private func named(_ entries: [Document.Entry], _ top: SectionReader) -> DealRule {
        guard (1...WorkloadPlan.agentLimit).contains(entries.count) else {
            top.refuse(
                "deal", "names \(entries.count) agents; a run has 1 to \(WorkloadPlan.agentLimit)",
                of: top.value("deal")?.origin)
            return .roundRobin
        }
        var agents: [DealRule.NamedWeight] = []
        for entry in entries {
            if let defect = entry.key.nameDefect {
                collector.report(entry.keyOrigin, "`deal`: an agent's name \(defect)")
            } else if case .scalar(let text, _, _) = entry.value, let weight = Self.weight(text) {
                agents.append(DealRule.NamedWeight(name: entry.key, weight: weight))
            } else {
                collector.report(
                    entry.value.origin,
                    "`deal`: the weight of `\(entry.key)` is a positive number like `2`, not "
                        + Self.words(entry.value))
            }
        }
        return .named(agents.sorted { $0.name.precedesByNumber($1.name) })
    }

    private static func words(_ value: Document) -> String {
        guard case .scalar(let text, _, _) = value else { return value.kind }
        return "`\(text)`"
    }

    /// A positive number; nil for anything else.
    private static func weight(_ text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
}

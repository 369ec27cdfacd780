import Workload

extension ScenarioReader {
    /// Refuses here what an agent would refuse when everything waits for it.
    func refuseOwnMembers(of extra: Document) {
        guard case .map(let entries, _) = extra else { return }
        for entry in entries {
            guard let own = OwnMember(rawValue: entry.key) else { continue }
            let refusal = "may not set `\(own.rawValue)`, which the benchmark sets itself; "
            if case .option = entry.keyOrigin {
                collector.report(entry.keyOrigin, refusal + own.optionRemedy)
            } else {
                collector.report(entry.keyOrigin, "`extra` \(refusal)\(own.remedy)")
            }
        }
    }

    /// Refuses values that no request can carry, and unquoted ones that YAML takes for something
    /// else than the text that would be sent.
    func refuseUnclearValues(in value: Document) {
        switch value {
        case .scalar(let text, let isPlain, let origin):
            guard isPlain, let problem = Self.problem(ofUnquoted: text) else { return }
            let subject = if case .option = origin { "" } else { "`extra` " }
            collector.report(origin, "\(subject)holds `\(text)`, \(problem)")
        case .list(let items, _): for item in items { refuseUnclearValues(in: item) }
        case .map(let entries, _): for entry in entries { refuseUnclearValues(in: entry.value) }
        }
    }

    private static func problem(ofUnquoted text: String) -> String? {
        if Document.isBareJSON(text) {
            guard let number = Double(text), !number.isFinite else { return nil }
            return "which is too large for a number; write a smaller one, or quote it"
        }
        if text.wholeMatch(of: /~|(?i:null|true|false)/) != nil {
            return "which JSON does not know; write null, true or false, or quote it"
        }
        if text.wholeMatch(of: /[+-]?\.(?i:inf|nan)/) != nil {
            return "which JSON has no number for; leave it out, or quote it"
        }
        let isOtherNumber =
            text.wholeMatch(of: /[+-]?0[xX][0-9a-fA-F]+|0o[0-7]+/) != nil
            || text.wholeMatch(of: /[+-]?[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9]+)?/) != nil
            || text.wholeMatch(of: /[+-]?\.[0-9]+([eE][+-]?[0-9]+)?/) != nil
        return isOtherNumber
            ? "a number as JSON does not write it; write it plainly, or quote it" : nil
    }
}

import Goodput
import JSON

extension ScoreBounds {
    /// The members `requests` and `totals` with null where a figure is not known exactly, and
    /// `bounds` with `[low, high]` of those of which that is known.
    func members(_ percentiles: PercentileRanks) -> [JSONMember] {
        func value(_ scoring: Scoring) -> JSONValue {
            var writer = JSONWriter()
            scoring.write(to: &writer, .full, percentiles)
            do throws(JSONSyntaxError) {
                return try JSONValue(parsing: writer.bytes)
            } catch {
                preconditionFailure("the writer wrote what the parser refuses: \(error)")
            }
        }
        let (best, worst) = (value(best), value(worst))
        var requests: [JSONValue] = []
        var bounds: [JSONValue] = []
        let pairs = zip(best["requests"]?.array ?? [], worst["requests"]?.array ?? [])
        for (index, pair) in pairs.enumerated() {
            var (exact, open) = Self.joined(pair.0, pair.1)
            if let least = leastGaps[index], let most = pair.1["tbt_max"]?.int64, least < most {
                exact = exact.setting("tbt_max", .null)
                open = (open ?? .object([])).setting(
                    "tbt_max", [.integer(least), .integer(most)])
            }
            requests.append(exact)
            guard case .object(let members) = open, !members.isEmpty else { continue }
            bounds.append(.object([JSONMember("id", exact["id"] ?? .null)] + members))
        }
        let totals = Self.joined(best["totals"] ?? .null, worst["totals"] ?? .null)
        return [
            JSONMember("requests", .array(requests)), JSONMember("totals", totals.exact),
            JSONMember(
                "bounds", ["requests": .array(bounds), "totals": totals.open ?? .object([])]),
        ]
    }

    /// Figures that are equal in both, and the ends of the others; unknown figures are null in the
    /// first.
    private static func joined(
        _ best: JSONValue, _ worst: JSONValue
    ) -> (exact: JSONValue, open: JSONValue?) {
        switch (best, worst) {
        case (.object(let a), .object(let b)):
            var exact: [JSONMember] = []
            var open: [JSONMember] = []
            for (best, worst) in zip(a, b) {
                guard !unknown.contains(best.name) else {
                    exact.append(JSONMember(best.name, .null))
                    continue
                }
                let member = joined(best.value, worst.value)
                exact.append(JSONMember(best.name, member.exact))
                if let ends = member.open { open.append(JSONMember(best.name, ends)) }
            }
            return (.object(exact), open.isEmpty ? nil : .object(open))
        default:
            if best == worst { return (best, nil) }
            guard let a = best.double, let b = worst.double else {
                // A truth that hangs on what was between.
                return (.null, .array([worst, best]))
            }
            return (.null, .array(a <= b ? [best, worst] : [worst, best]))
        }
    }
}

extension JSONValue {
    /// The object with the member `name` being `value`, in its place or at the end.
    fileprivate func setting(_ name: String, _ value: JSONValue) -> JSONValue {
        var members = self.members ?? []
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(JSONMember(name, value))
        }
        return .object(members)
    }
}

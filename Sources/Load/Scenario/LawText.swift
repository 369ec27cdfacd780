internal import Workload

/// The laws of lengths, turns and think times as users write them.
///
/// `512 tokens`, `100..400 tokens`, `normal(mean 220, sd 40)`, `lognormal(median 220, p90 900)`,
/// `exponential(mean 8 s)`; in parentheses also `min` and `max`, and there the unit may be left out
/// where it is tokens or turns.
struct LawText {
    var law: RandomLaw
    /// Clamps, in the law's unit.
    var minimum: Double?
    var maximum: Double?

    /// - Parameter dimension: nil for plain numbers (turns).
    static func parse(_ text: String, _ dimension: Dimension?) throws(QuantityError) -> LawText {
        func plain(_ part: String) throws(QuantityError) -> Double {
            if let dimension { return try Quantity.parse(part, dimension) }
            return try Quantity.number(part)
        }
        func inner(_ part: String) throws(QuantityError) -> Double {
            // A span keeps its unit everywhere: seconds and milliseconds are both likely.
            if dimension == .span { return try plain(part) }
            if let last = part.last, last.isNumber { return try Quantity.number(part) }
            return try plain(part)
        }
        let whole = Quantity.trimmed(text[...])
        let result: LawText
        if let open = whole.firstIndex(of: "("), whole.last == ")" {
            let name = Quantity.trimmed(whole[..<open])
            let inside = whole[whole.index(after: open)...].dropLast()
            result = try call(name, arguments: inside, whole: whole, value: inner)
        } else if let (low, high) = try Quantity.range(whole, plain) {
            result = LawText(law: .uniform(low: low, high: high))
        } else {
            result = LawText(law: .fixed(try plain(whole)))
        }
        if let defect = result.law.defect {
            throw QuantityError(message: "`\(whole)` \(defect)")
        }
        return result
    }

    private static let parameters: [(name: String, required: [String])] = [
        ("fixed", ["value"]), ("uniform", ["low", "high"]), ("normal", ["mean", "sd"]),
        ("lognormal", ["median", "p90"]), ("exponential", ["mean"]),
    ]

    private static func call(
        _ name: String, arguments: Substring, whole: String,
        value: (String) throws(QuantityError) -> Double
    ) throws(QuantityError) -> LawText {
        guard let form = parameters.first(where: { $0.name == name }) else {
            let names = parameters.map(\.name)
            let hint =
                nearestName(to: name, among: names).map { "did you mean `\($0)`?" }
                ?? "write one of \(names.joined(separator: ", "))"
            throw QuantityError(message: "there is no law `\(name)`; \(hint)")
        }
        let known = form.required + ["min", "max"]
        var given: [String: Double] = [:]
        for part in arguments.split(separator: ",") {
            let words = Quantity.trimmed(part)
            let key = String(words.prefix { $0 != " " })
            guard known.contains(key) else {
                let hint = nearestName(to: key, among: known).map { "; did you mean `\($0)`?" }
                throw QuantityError(
                    message: "`\(name)` has no `\(key)`"
                        + (hint ?? "; it takes \(known.joined(separator: ", "))"))
            }
            given[key] = try value(Quantity.trimmed(words.dropFirst(key.count)))
        }
        func need(_ key: String) throws(QuantityError) -> Double {
            guard let value = given[key] else {
                throw QuantityError(
                    message: "`\(whole)` lacks `\(key)`; `\(name)` takes "
                        + form.required.joined(separator: " and "))
            }
            return value
        }
        let law: RandomLaw
        switch name {
        case "fixed": law = .fixed(try need("value"))
        case "uniform": law = .uniform(low: try need("low"), high: try need("high"))
        case "normal": law = .normal(mean: try need("mean"), deviation: try need("sd"))
        case "lognormal": law = .lognormal(median: try need("median"), p90: try need("p90"))
        default: law = .exponential(mean: try need("mean"))
        }
        return LawText(law: law, minimum: given["min"], maximum: given["max"])
    }
}

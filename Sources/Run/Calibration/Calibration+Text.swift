import EngineModel
package import JSON
import PlainText

extension Calibration {
    /// A field of the `engine:` section.
    private struct Field {
        var name: String
        var value: String
        /// A remark on where the value is from.
        var remark: String?
    }

    private var fields: [Field] {
        let told = "as told, not measured"
        var fields = [Field(name: "scheduler", value: engine.scheduler.rawValue, remark: told)]
        if engine.scheduler == .chunked {
            fields.append(
                Field(name: "chunk budget", value: "\(engine.chunkBudget) tokens", remark: told))
        }
        fields += [
            Field(name: "max sequences", value: "\(engine.maxSequences)", remark: told),
            Field(name: "max model length", value: "\(engine.maxModelLen) tokens", remark: told),
            Field(
                name: "kv cache", value: "\(engine.capacityTokens) tokens",
                remark: engine.keyValueTokens == nil ? "not known: tell by --kv-tokens" : told),
        ]
        return fields
    }

    /// The terms by a scenario's names, and how many of each a span there is of; nil for no span.
    private static func name(of field: EngineField) -> (name: String, of: Double?) {
        switch field {
        case .costsStep: ("step", 1)
        case .costsSequence: ("sequence", 1)
        case .costsWeights: ("weights", 1)
        case .costsToken: ("token", 1)
        case .costsSharpness: ("sharpness", nil)
        case .costsContext: ("context", StepCosts.contextTokens)
        case .costsAttention: ("attention", StepCosts.attentionPairs)
        case .costsFrontEnd: ("front end", 1)
        default: (field.rawValue, nil)
        }
    }

    private var costs: [Field] {
        StepCosts.terms.compactMap { field, term in
            let (name, count) = Self.name(of: field)
            return found.costs[keyPath: term].map { value in
                Field(
                    name: name, value: count.map { Self.span(value * $0) } ?? Self.number(value),
                    remark: remark(field))
            }
        }
    }

    /// How well a term is known.
    private func remark(_ term: EngineField) -> String {
        let spread = found.spread[term] ?? .infinity
        guard spread < Self.widest else { return "hardly seen in these runs: the GPU's, or so" }
        return "+- " + Figures.percent(spread)
    }

    /// The spread from which on a term is no finding.
    private static let widest = 0.5

    /// The `engine:` section of a scenario, in lines.
    package var section: [String] {
        func line(_ field: Field, _ indent: String) -> String {
            let text = "\(indent)\(field.name): \(field.value)"
            return field.remark.map { "\(text.left(32)) # \($0)" } ?? text
        }
        return ["engine:"] + fields.map { line($0, "  ") } + ["  costs:"]
            + costs.map { line($0, "    ") }
    }

    /// A span that the scenario reads back within one in a thousand.
    private static func span(_ ns: Double) -> String {
        for (unit, size) in [("s", 1e9), ("ms", 1e6), ("us", 1e3)] where ns >= size {
            return "\(number(ns / size)) \(unit)"
        }
        return "\(Int(ns.rounded())) ns"
    }

    /// Four significant digits.
    private static func number(_ value: Double) -> String {
        let digits = [1.0, 10, 100, 1_000].firstIndex { value < $0 }
        return Figures.fixed(value, digits.map { 4 - $0 } ?? 0)
    }

    /// The result for people, which a scenario reads as its `engine:` section: the errors are
    /// comments.
    package var lines: [String] {
        var lines = ["     TTFT      TBT   smooth TTFT p50 TTFT p90  TBT p99 requests  error of"]
        for test in tests {
            let each = test.agreement
            let cells = [
                each.ttft.map { Self.percent($0) }, each.tbt.map { Self.percent($0) },
                Self.signed(each.smoothGoodput), Self.signed(each.ttftP50),
                Self.signed(each.ttftP90), Self.signed(each.tbtP99), "\(test.requests)",
            ]
            lines.append(
                cells.map { ($0 ?? "-").right(8) }.joined(separator: " ")
                    + "  \(test.path.harmless)")
        }
        var sentences = [
            isTested
                ? "TTFT, TBT: mean error of a request's own, by an engine fitted to the other runs."
                : "Fitted to this very run, which tests nothing: name a second one."
        ]
        if !isClose {
            sentences.append(
                "This engine is not the server: use it for nothing. Look at --scheduler, "
                    + "--chunk-budget, --max-sequences and --kv-tokens; a prefix cache, "
                    + "speculation, several engines behind one address and other work beside the "
                    + "server are not modelled; and all runs must be of one server.")
        }
        lines += sentences.flatMap { $0.wrapped(96) }
        return lines.map { "# " + $0 } + section
    }

    private static func signed(_ pair: Agreement.Pair?) -> String? {
        pair.map { pair in
            let text = percent(abs(pair.error))
            // Zero has no sign.
            return text.hasPrefix("0.0 ") ? text : (pair.error < 0 ? "-" : "+") + text
        }
    }

    private static func percent(_ share: Double) -> String {
        share < 10 ? Figures.percent(share) : Figures.short(share) + " x"
    }

    /// The result for programs; `engine` is a scenario's section.
    package var json: JSONValue {
        func pair(_ pair: Agreement.Pair?) -> JSONValue {
            guard let pair else { return .null }
            return [
                "measured": .real(pair.measured), "simulated": .real(pair.simulated),
                "error": .real(pair.error),
            ]
        }
        func object(_ fields: [Field]) -> [JSONMember] {
            fields.map { field in
                let number = Double(field.value).map { JSONValue.real($0) }
                return JSONMember(field.name, number ?? .string(field.value))
            }
        }
        return [
            "engine": .object(
                object(fields) + [JSONMember("costs", .object(object(costs)))]),
            "spread": .object(
                StepCosts.terms.map { field, _ in
                    let spread = found.spread[field] ?? .infinity
                    return JSONMember(
                        Self.name(of: field).name, spread.isFinite ? .real(spread) : .null)
                }),
            "tested": .bool(isTested), "close": .bool(isClose),
            "runs": .array(
                tests.map { test in
                    [
                        "path": .string(test.path), "requests": .integer(Int64(test.requests)),
                        "ttft_error": test.agreement.ttft.map { .real($0) } ?? .null,
                        "tbt_error": test.agreement.tbt.map { .real($0) } ?? .null,
                        "smooth_goodput": pair(test.agreement.smoothGoodput),
                        "ttft_p50": pair(test.agreement.ttftP50),
                        "ttft_p90": pair(test.agreement.ttftP90),
                        "tbt_p99": pair(test.agreement.tbtP99),
                    ]
                }),
        ]
    }
}

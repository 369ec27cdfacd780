import EngineModel
package import JSON
import PlainText

extension Calibration {
    /// The `engine:` section of a scenario, in lines.
    package var section: [String] {
        var lines = ["engine:", "  scheduler: \(engine.scheduler.rawValue)"]
        if engine.scheduler == .chunked {
            lines.append("  chunk budget: \(engine.chunkBudget) tokens")
        }
        lines.append("  max sequences: \(engine.maxSequences)")
        lines.append("  max model length: \(engine.maxModelLen) tokens")
        lines.append("  kv cache: \(engine.capacityTokens) tokens")
        // The row whose attention is counted.
        lines.append("  gpu: \(engine.gpu.rawValue)")
        lines.append("  model: \(engine.model.rawValue)")
        guard let costs = engine.costs else { return lines }
        lines.append("  costs:")
        let spans: [(name: String, ns: Double?)] = [
            ("step", costs.stepNs), ("sequence", costs.sequenceNs), ("weights", costs.weightsNs),
            ("token", costs.tokenNs), ("context", costs.contextNs.map { $0 * 1_000 }),
            ("front end", costs.frontEndNs),
        ]
        for (name, ns) in spans {
            if let ns { lines.append("    \(name): \(Self.span(ns))") }
        }
        for (name, value) in [
            ("sharpness", costs.sharpness), ("attention", costs.attentionTeraflops),
        ] {
            if let value { lines.append("    \(name): \(Self.number(value))") }
        }
        return lines
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

    /// The result for people: the errors, then the section.
    package var lines: [String] {
        var lines = [
            " error of     TTFT      TBT   smooth  TTFT p50  TTFT p99   TBT p99  requests  run"
        ]
        for test in tests {
            let each = test.agreement
            func signed(_ pair: Agreement.Pair?) -> String {
                pair.map { Self.percent($0.error, isSigned: true) } ?? "-"
            }
            let cells = [
                (each.ttft.map { Self.percent($0) } ?? "-", 8),
                (each.tbt.map { Self.percent($0) } ?? "-", 9), (signed(each.smoothGoodput), 9),
                (signed(each.ttftP50), 10), (signed(each.ttftP99), 10), (signed(each.tbtP99), 10),
                ("\(test.requests)", 10),
            ]
            lines.append(
                " the engine" + cells.map { $0.0.right($0.1) }.joined()
                    + "  \(test.path.harmless)")
        }
        lines.append(
            isTested
                ? " TTFT, TBT: mean error of a request's own, by an engine fitted to other runs."
                : " Fitted to this very run, which tests nothing: name a second one.")
        return lines + [""] + section
    }

    private static func percent(_ share: Double, isSigned: Bool = false) -> String {
        (isSigned ? (share < 0 ? "-" : "+") : "") + Figures.percent(abs(share))
    }

    /// The result for programs.
    package var json: JSONValue {
        func pair(_ pair: Agreement.Pair?) -> JSONValue {
            guard let pair else { return .null }
            return [
                "measured": .real(pair.measured), "simulated": .real(pair.simulated),
                "error": .real(pair.error),
            ]
        }
        return [
            "engine": engine.json, "tested": .bool(isTested),
            "runs": .array(
                tests.map { test in
                    [
                        "path": .string(test.path), "requests": .integer(Int64(test.requests)),
                        "ttft_error": test.agreement.ttft.map { .real($0) } ?? .null,
                        "tbt_error": test.agreement.tbt.map { .real($0) } ?? .null,
                        "smooth_goodput": pair(test.agreement.smoothGoodput),
                        "ttft_p50": pair(test.agreement.ttftP50),
                        "ttft_p99": pair(test.agreement.ttftP99),
                        "tbt_p99": pair(test.agreement.tbtP99),
                    ]
                }),
        ]
    }
}

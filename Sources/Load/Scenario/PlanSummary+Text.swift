internal import Foundation

extension PlanSummary {
    /// The summary as `legato check --json` prints it: one object, keys sorted.
    package func json() -> String { sortedJSON(self) }

    /// The summary as `legato check` prints it.
    package func text() -> String {
        var lines = ["\(name): seed \(seed), \(agents.count) agent\(agents.count == 1 ? "" : "s")"]
        func row(_ label: String, _ text: String) {
            lines.append("  " + padded(label, 10) + text)
        }
        let scored = requests - warmupRequests
        let warm = warmupRequests > 0 ? " + \(warmupRequests) warm-up" : ""
        let again = stages.contains(where: \.isReserve) ? ", and again until the time is over" : ""
        row("requests", "\(scored)\(warm), in \(sessions) sessions\(again)")
        let share = inputTokens > 0 ? Double(sharedTokens) / Double(inputTokens) * 100 : 0
        row(
            "tokens",
            "\(short(Double(inputTokens))) in (\(short(share)) % shared with an earlier prompt), "
                + "\(short(Double(outputTokens))) out")
        for each in prompts {
            let file = files.first { $0.file == each.file }
            let skipped = file?.omissions.map { " (left out: \($0))" } ?? ""
            let reading = (file?.reading ?? []).map { " (\($0))" }.joined()
            row(
                "prompts",
                "\(each.file): \(each.format)\(reading), \(each.conversations) "
                    + "conversation\(each.conversations == 1 ? "" : "s")\(skipped), "
                    + "\(short(Double(each.textBytes)))B; lengths that nobody counted are "
                    + "estimated at 4 bytes a token")
        }
        for each in files where each.entries == "rows" { row("trace", each.summary) }
        row("length", "\(seconds(lengthNs)) of planned load")
        if arrivals.contains(where: { $0 > 0 }) {
            let peak = Double(arrivals.max() ?? 0) / (Double(binNs) / 1e9)
            row("arrivals", "\(sparkline(arrivals)) peak \(short(peak)) sessions/s")
        }
        lines.append("  stages")
        for (index, stage) in stages.enumerated() {
            lines.append("    \(index + 1) " + describe(stage))
        }
        lines.append("  classes")
        let width = classes.map(\.name.count).max() ?? 0
        for each in classes {
            let count = Double(max(each.requests, 1))
            lines.append(
                "    \(padded(each.name, width + 1))\(each.requests) requests in "
                    + "\(each.sessions) sessions, mean \(short(Double(each.inputTokens) / count)) "
                    + "tokens in, \(short(Double(each.outputTokens) / count)) out")
        }
        if !models.isEmpty {
            let each = models.map {
                "\($0.name) \($0.requests) requests in \($0.sessions) sessions"
            }
            row("models", each.joined(separator: ", "))
        }
        lines.append("  agents")
        for (index, agent) in agents.enumerated() {
            let slots =
                agent.slots.isEmpty
                ? "" : ", slots \(agent.slots.map(String.init).joined(separator: " + "))"
            let label = agent.name ?? "\(index + 1)"
            lines.append(
                "    \(label) \(agent.requests) requests in \(agent.sessions) sessions, "
                    + "\(short(Double(agent.outputTokens))) tokens out\(slots)")
        }
        for warning in warnings { lines.append("  warning: \(warning)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func describe(_ stage: Stage) -> String {
        let end = stage.endNs.map { seconds($0) } ?? "its last request"
        let span = "\(stage.kind) from \(seconds(stage.beginNs)) to \(end)"
        let most = stage.kind == "closed" ? "" : "at most "
        let slots = stage.concurrency.map { ", \(most)\($0) at once" } ?? ""
        let again = stage.isReserve ? ", and again until its end" : ""
        return "\(span)\(slots): \(stage.requests) requests in \(stage.sessions) sessions\(again)"
    }
}

/// `value` as JSON with sorted keys.
func sortedJSON(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
        // Only a value that is not finite cannot be encoded; the callers hold whole numbers and
        // text.
        preconditionFailure("a summary has only whole numbers and text")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
}

/// Eight heights of a bar, the largest count the highest; a bin without arrivals is blank.
func sparkline(_ counts: [Int]) -> String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let peak = counts.max() ?? 0
    return String(
        counts.map { count in
            guard count > 0, peak > 0 else { return " " }
            return bars[max(0, (count * bars.count + peak - 1) / peak - 1)]
        })
}

/// Three digits with k, M or G.
func short(_ value: Double) -> String {
    let scales: [(Double, String)] = [(1e9, " G"), (1e6, " M"), (1e4, " k")]
    for (limit, suffix) in scales where value >= limit {
        return digits(value / (suffix == " k" ? 1e3 : limit)) + suffix
    }
    return digits(value)
}

private func digits(_ value: Double) -> String {
    if value == value.rounded() || value >= 100 { return String(format: "%.0f", value) }
    return String(format: value >= 10 ? "%.1f" : "%.2f", value)
}

private func seconds(_ ns: Int64) -> String {
    let seconds = Double(ns) / 1e9
    return seconds >= 600 ? digits(seconds / 60) + " min" : digits(seconds) + " s"
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

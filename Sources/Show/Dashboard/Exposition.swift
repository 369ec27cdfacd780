import PlainText

/// The formats in which metrics are told.
package enum Exposition: Hashable, Sendable {
    /// Prometheus' text format, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0: has units, and an end.
    case openMetrics

    /// The format that a client asks for.
    ///
    /// - Parameter accept: Elements of its Accept fields, in lower case.
    package init(accept: [String]) {
        let wanted = accept.contains { element in
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " } }
            return parts.first == "application/openmetrics-text"
                && !parts.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" }
        }
        self = wanted ? .openMetrics : .prometheus
    }

    /// The text of `families`, those without a sample left out.
    ///
    /// - Complexity: O(samples).
    package func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            text += head(family)
            for sample in family.samples {
                let suffix = sample.suffix.isEmpty ? Self.suffix(family.kind) : sample.suffix
                text += family.name + suffix + Self.labels(sample.labels)
                text += " \(Self.number(sample.value))\n"
            }
        }
        return self == .openMetrics ? text + "# EOF\n" : text
    }

    private func head(_ family: MetricFamily) -> String {
        switch self {
        case .prometheus:
            // The older format knows no families but by their samples' names, and no info.
            let name = family.name + Self.suffix(family.kind)
            let kind = family.kind == .info ? MetricFamily.Kind.gauge : family.kind
            return "# HELP \(name) \(Self.help(family.help))\n# TYPE \(name) \(kind.rawValue)\n"
        case .openMetrics:
            let unit = family.unit.map { "# UNIT \(family.name) \($0.rawValue)\n" } ?? ""
            return "# TYPE \(family.name) \(family.kind.rawValue)\n" + unit
                + "# HELP \(family.name) \(Self.help(family.help))\n"
        }
    }

    private static func suffix(_ kind: MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .summary: ""
        }
    }

    /// Both formats escape alike; what steers a terminal is a question mark before that.
    private static func labels(_ labels: [MetricFamily.Label]) -> String {
        guard !labels.isEmpty else { return "" }
        let parts = labels.map { label in
            let value = help(label.value).replacing("\"", with: "\\\"")
            return "\(label.name)=\"\(value)\""
        }
        return "{" + parts.joined(separator: ",") + "}"
    }

    private static func help(_ text: String) -> String {
        text.harmless.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    /// A whole number without a point; all others as exact as a double is.
    private static func number(_ value: Double) -> String {
        guard value == value.rounded(), value.magnitude < 1e15 else { return "\(value)" }
        return String(Int64(value))
    }
}

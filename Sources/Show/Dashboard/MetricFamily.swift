/// A family of metrics: samples of one name and meaning, told apart by labels.
package struct MetricFamily: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Rises, and begins again where its process does; its samples end in `_total`.
        case counter
        case gauge
        /// Facts as labels; its one sample is 1, and its name ends in `_info`.
        case info
        /// Percentiles with the sum and the number of what they are of.
        case summary
    }

    /// Base units alone, as the conventions of Prometheus want them.
    package enum Unit: String, Hashable, Sendable {
        case seconds, tokens, bytes, ratio
    }

    package struct Label: Hashable, Sendable {
        package var name: String
        /// Any text: it is escaped where it is written.
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Sample: Hashable, Sendable {
        /// The text that follows the family's name, such as `_sum`; empty for most.
        package var suffix = ""
        package var labels: [Label]
        package var value: Double
    }

    /// Without the suffix of its kind, and with its unit at its end.
    package let name: String
    package let kind: Kind
    package let unit: Unit?
    /// One sentence.
    package let help: String
    package private(set) var samples: [Sample] = []

    /// - Parameter name: lower case, digits and `_`; ends in the unit where there is one.
    package init(_ name: String, _ kind: Kind, _ unit: Unit? = nil, help: String) {
        precondition(
            unit.map { name.hasSuffix("_\($0.rawValue)") } ?? true,
            "the metric \(name) does not end in its unit")
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
    }

    /// Adds a sample; nothing where there is no value.
    package mutating func add(_ value: Double?, _ labels: [Label] = []) {
        guard let value, value.isFinite else { return }
        samples.append(Sample(labels: labels, value: value))
    }

    /// Adds percentiles, their sum and their number.
    package mutating func add(
        _ quantiles: [(rank: String, value: Double?)], sum: Double, count: Int,
        _ labels: [Label] = []
    ) {
        for quantile in quantiles {
            add(quantile.value, labels + [Label("quantile", quantile.rank)])
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: sum))
        samples.append(Sample(suffix: "_count", labels: labels, value: Double(count)))
    }
}

package import Goodput

/// A row of the table's latencies.
package enum LatencyRow: String, Hashable, Sendable, CaseIterable {
    case ttft
    case ttftSent = "ttft-sent"
    case tbt
    case interChunk = "inter-chunk"
    case tpot
    case e2e
    case idle
    case lateness

    /// Names of other tools for the same figures.
    private static let aliases: [String: LatencyRow] = ["itl": .tbt, "e2el": .e2e]

    /// As the table writes it.
    package var title: String {
        switch self {
        case .ttft: "TTFT"
        case .ttftSent: "TTFT from send"
        case .tbt: "TBT"
        case .interChunk: "inter-chunk"
        case .tpot: "TPOT"
        case .e2e: "E2E"
        case .idle: "idle"
        case .lateness: "send lateness"
        }
    }

    package func figures(of totals: RunTotals, lateness: Percentiles?) -> Percentiles? {
        switch self {
        case .ttft: totals.ttft
        case .ttftSent: totals.ttftSent
        case .tbt: totals.tbt
        case .interChunk: totals.interChunk
        case .tpot: totals.tpot
        case .e2e: totals.e2e
        case .idle: totals.idle
        case .lateness: lateness
        }
    }

    /// The rows of a comma-separated list, in the table's order.
    ///
    /// - Throws: ``LatencyRowError`` for a name that is none, and for an empty list.
    package static func list(_ text: String) throws(LatencyRowError) -> [LatencyRow] {
        var rows: Set<LatencyRow> = []
        for part in text.split(separator: ",") {
            let name = part.split(separator: " ").joined()
            guard let row = LatencyRow(rawValue: name) ?? aliases[name] else {
                throw LatencyRowError(name: name)
            }
            rows.insert(row)
        }
        guard !rows.isEmpty else { throw LatencyRowError(name: "") }
        return allCases.filter(rows.contains)
    }

    /// All names, for help.
    package static var names: String {
        (allCases.map(\.rawValue) + aliases.keys.sorted()).joined(separator: ", ")
    }
}

/// A name that is no latency.
package struct LatencyRowError: Error, Hashable, Sendable, CustomStringConvertible {
    package var name: String

    package var description: String {
        "\"\(name)\" is no latency of the table; write some of \(LatencyRow.names)"
    }
}

import PlainText
package import Results

/// The entries of a store of runs, a line each.
package struct StoreList: Sendable {
    private let entries: [StoreEntry]
    private let now: Int64

    private static let serverWidth = 22
    private static let hostWidth = 12

    /// - Parameter now: Unix time, s.
    package init(_ entries: [StoreEntry], now: Int64) {
        self.entries = entries
        self.now = now
    }

    /// For people, without line ends: the table, and what is wrong with a folder in a sentence.
    package var lines: [String] {
        guard !entries.isEmpty else { return [] }
        let hosts = Set(entries.compactMap(\.host))
        let showsHosts = hosts.count > 1
        var table = TextTable(
            heading: ["folder", "age", "runs", "verdict", "smooth", "through", "server"]
                + (showsHosts ? ["host"] : []) + ["size"])
        for entry in entries {
            table.add(
                [
                    entry.folder.harmless, Self.age(now - entry.began), Self.runs(entry),
                    entry.state.word, Figures.rate(entry.smooth), Figures.rate(entry.throughput),
                    entry.server.harmless.cut(Self.serverWidth),
                ]
                    + (showsHosts ? [(entry.host ?? "-").harmless.cut(Self.hostWidth)] : [])
                    + [Self.bytes(entry.byteCount)])
        }
        return table.lines + problems + [foot(hosts)]
    }

    private var problems: [String] {
        entries.flatMap { entry -> [String] in
            guard case .damaged(let sentence) = entry.state else { return [] }
            return "\(sentence).".harmless.wrapped(consoleWidth)
        }
    }

    private func foot(_ hosts: Set<String>) -> String {
        let all = entries.reduce(0) { $0 + $1.byteCount }
        let place = hosts.count == 1 ? hosts.first.map { ", on \($0.harmless)" } ?? "" : ""
        return " \(Figures.count(entries.count, "folder")), \(Self.bytes(all))\(place)"
    }

    private static func runs(_ entry: StoreEntry) -> String {
        switch entry.kind {
        case .run: "1"
        case .repeats: "\(entry.runs)"
        case .sweep: "\(entry.runs) swept"
        case nil: "-"
        }
    }

    /// `40 s`, `12 min`, `5 h`, `3 d`.
    static func age(_ seconds: Int64) -> String {
        switch max(0, seconds) {
        case ..<100: "\(max(0, seconds)) s"
        case ..<6_000: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    /// `512 B`, `63 KiB`, `1.2 GiB`.
    package static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1_024 {
            value /= 1_024
            unit = next
        }
        return Figures.fixed(value, unit == "B" || value >= 9.95 ? 0 : 1) + " " + unit
    }
}

/// Which entries of a store are meant: those that every given condition holds for.
package struct StoreFilter: Hashable, Sendable {
    /// A bound on smooth goodput, tokens a second.
    package struct Bound: Hashable, Sendable {
        package enum Relation: String, Hashable, Sendable, CaseIterable {
            // The longer ones first: a text is read by the first one that it begins with.
            case atLeast = ">="
            case atMost = "<="
            case above = ">"
            case below = "<"
        }

        package var relation: Relation
        package var value: Double

        /// `> 100`, `<=20`; a number alone is the least value. Nil for another text.
        package init?(parsing text: String) {
            let relation = Relation.allCases.first { text.hasPrefix($0.rawValue) }
            let rest = text.dropFirst(relation?.rawValue.count ?? 0).filter { $0 != " " }
            guard let value = Double(rest), value.isFinite else { return nil }
            self.relation = relation ?? .atLeast
            self.value = value
        }

        func holds(for figure: Double) -> Bool {
            switch relation {
            case .atLeast: figure >= value
            case .atMost: figure <= value
            case .above: figure > value
            case .below: figure < value
            }
        }
    }

    /// A part of the scenario's or the folder's name, in any case; and so the next two.
    package var name: String?
    package var server: String?
    package var host: String?
    /// Words of states; empty for all.
    package var states: Set<String> = []
    package var smooth: Bound?
    /// Begun no earlier, Unix time in s; and no later.
    package var since: Int64?
    package var before: Int64?

    package init() {}

    package func holds(for entry: StoreEntry) -> Bool {
        func has(_ part: String?, in texts: [String]) -> Bool {
            guard let part = part?.lowercased() else { return true }
            return texts.contains { $0.lowercased().contains(part) }
        }
        let servers = entry.servers + (entry.simulated.map { [$0, "simulated"] } ?? [])
        return has(name, in: [entry.name, entry.folder]) && has(server, in: servers)
            && has(host, in: entry.host.map { [$0] } ?? [])
            && (states.isEmpty || states.contains(entry.state.word))
            && (smooth.map { bound in entry.smooth.map(bound.holds) ?? false } ?? true)
            && (since.map { entry.began >= $0 } ?? true)
            && (before.map { entry.began < $0 } ?? true)
    }
}

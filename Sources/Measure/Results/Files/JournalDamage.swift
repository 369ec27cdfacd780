package import JSON
import PlainText
package import TimeBase

/// Places of a run's journal that cannot be read, and what they took of the run.
package struct JournalDamage: Hashable, Sendable {
    /// A stretch of bytes without an entry that is good.
    package struct Place: Hashable, Sendable {
        /// The byte, from 0, at which the first entry that is no good begins.
        package var offset: Int
        /// The byte at which reading went on; nil where it did not.
        package var end: Int?
        /// The problem there, as a clause.
        package var problem: String

        package init(offset: Int, end: Int?, problem: String) {
            self.offset = offset
            self.end = end
            self.problem = problem
        }
    }

    /// At least one, in order.
    package var places: [Place]
    /// Bytes in the file, or those that it should have where it is shorter.
    package var byteCount: Int
    /// Requests of the result whose records are not whole.
    package var requests = 0
    /// Agents that lost records, by name.
    package var agents: [String] = []
    /// The time from which the lost records are; nil where no agent lost any.
    package var span: ClosedRange<ClusterInstant>?
    /// Entries that were read behind the first place.
    package var foundBehind = 0

    /// - Precondition: there is a place.
    package init(places: [Place], byteCount: Int) {
        precondition(!places.isEmpty, "damage is somewhere")
        self.places = places
        self.byteCount = byteCount
    }

    /// The place and the problem, as a clause that follows the file's name.
    package var clause: String {
        let first = places[0]
        let more =
            places.count > 1 ? ", and at \(Figures.count(places.count - 1, "more place"))" : ""
        let end = first.end.map { "to byte \($0) of \(byteCount)" } ?? "of \(byteCount) on"
        return "is damaged from byte \(first.offset) \(end) (\(first.problem))\(more)"
    }

    /// The value in the summary and in `legato clock --json`.
    package var json: JSONValue {
        [
            "offset": .integer(Int64(places[0].offset)), "bytes": .integer(Int64(byteCount)),
            "problem": .string(places[0].problem), "requests": .integer(Int64(requests)),
            "places": .array(
                places.map { place in
                    [
                        "from": .integer(Int64(place.offset)),
                        "to": place.end.map { .integer(Int64($0)) } ?? .null,
                        "problem": .string(place.problem),
                    ]
                }),
            "agents": .array(agents.map(JSONValue.string)),
            "span": span.map {
                [.integer($0.lowerBound.ns), .integer($0.upperBound.ns)]
            } ?? .null,
            "found_behind": .integer(Int64(foundBehind)),
        ]
    }

    /// The damage for people, with what it means for the figures.
    package var sentence: String {
        var parts = ["tokens.log \(clause)"]
        if let span {
            let named = agents.prefix(3).joined(separator: ", ")
            let more = agents.count > 3 ? " and \(agents.count - 3) more" : ""
            parts.append(
                "it took records of \(named)\(more) between "
                    + "\(Figures.span(span.lowerBound.ns)) and \(Figures.span(span.upperBound.ns))")
        }
        if foundBehind > 0 {
            parts.append("\(Figures.count(foundBehind, "entry", "entries")) behind it were found")
        }
        parts.append(
            requests == 0
                ? (span == nil
                    ? "every request's records are whole"
                    : "no request that is known lost any, and some may be unknown")
                : "the records of \(Figures.count(requests, "request")) are not whole, and "
                    + "\(requests == 1 ? "it counts" : "they count") as unfinished")
        return parts.joined(separator: "; ") + "."
    }
}

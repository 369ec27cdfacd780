package import JSON
import PlainText
package import TimeBase

/// Stretches of a run's journal that cannot be read, and what they took of the run.
package struct JournalDamage: Hashable, Sendable {
    /// A stretch of bytes without an entry that is good.
    package struct Stretch: Hashable, Sendable {
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
    package var stretches: [Stretch]
    /// Bytes in the file, or those that it should have where it is shorter.
    package var byteCount: Int
    /// Requests of the result whose records are not whole.
    package var requests = 0
    /// Agents that lost records, by name.
    package var agents: [String] = []
    /// The time from which the lost records are; nil where no agent lost any.
    package var span: ClosedRange<ClusterInstant>?
    /// Entries that were read behind the first stretch.
    package var foundBehind = 0

    /// - Precondition: there is a stretch.
    package init(stretches: [Stretch], byteCount: Int) {
        precondition(!stretches.isEmpty, "damage is somewhere")
        self.stretches = stretches
        self.byteCount = byteCount
    }

    /// The offset and the problem, as a clause that follows the file's name.
    package var clause: String {
        let first = stretches[0]
        let more =
            stretches.count > 1
            ? ", and at \(Figures.count(stretches.count - 1, "more place"))" : ""
        let end = first.end.map { "to byte \($0) of \(byteCount)" } ?? "of \(byteCount) on"
        return "is damaged from byte \(first.offset) \(end) (\(first.problem))\(more)"
    }

    /// The member's name in the manifest and in the summary.
    package static let name: StaticString = "journal_damage"

    /// The value in manifest and summary, and in `legato clock --json`.
    package var json: JSONValue {
        [
            "offset": .integer(Int64(stretches[0].offset)), "bytes": .integer(Int64(byteCount)),
            "problem": .string(stretches[0].problem), "requests": .integer(Int64(requests)),
            "places": .array(
                stretches.map { stretch in
                    [
                        "from": .integer(Int64(stretch.offset)),
                        "to": stretch.end.map { .integer(Int64($0)) } ?? .null,
                        "problem": .string(stretch.problem),
                    ]
                }),
            "agents": .array(agents.map(JSONValue.string)),
            "span": span.map {
                [.integer($0.lowerBound.ns), .integer($0.upperBound.ns)]
            } ?? .null,
            "found_behind": .integer(Int64(foundBehind)),
        ]
    }

    init(json: JSONValue) throws(JSONFieldError) {
        let stretches = try json.list("places") { stretch throws(JSONFieldError) in
            Stretch(
                offset: try stretch.integer("from"), end: try stretch.optionalInteger("to"),
                problem: try stretch.text("problem"))
        }
        guard !stretches.isEmpty else { throw JSONFieldError(problem: "has no `places`") }
        self.init(stretches: stretches, byteCount: try json.integer("bytes"))
        requests = try json.integer("requests")
        agents = try json.strings("agents")
        span = try json.optionalField("span", "[from, to] in ns") { value in
            guard let ends = value.array?.compactMap(\.int64), ends.count == 2, ends[0] <= ends[1]
            else { return nil }
            return ClusterInstant(ns: ends[0])...ClusterInstant(ns: ends[1])
        }
        foundBehind = try json.integer("found_behind")
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

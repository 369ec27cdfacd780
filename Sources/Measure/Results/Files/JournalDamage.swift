package import JSON
import PlainText

/// Where a run's journal stops being readable: what was scored from it is scored up to there.
package struct JournalDamage: Hashable, Sendable {
    /// The byte, from 0, at which the first entry that is no good begins.
    package var offset: Int
    /// Bytes in the file, or those that it should have where it is shorter.
    package var byteCount: Int
    /// The problem there, as a clause.
    package var problem: String
    /// Requests of the result whose records are not whole before ``offset``.
    package var requests = 0

    package init(offset: Int, byteCount: Int, problem: String) {
        self.offset = offset
        self.byteCount = byteCount
        self.problem = problem
    }

    /// The place and the problem, as a clause that follows the file's name.
    package var clause: String {
        "is damaged from byte \(offset) of \(byteCount) on (\(problem))"
    }

    /// The value in the summary and in `legato clock --json`.
    package var json: JSONValue {
        [
            "offset": .integer(Int64(offset)), "bytes": .integer(Int64(byteCount)),
            "problem": .string(problem), "requests": .integer(Int64(requests)),
        ]
    }

    /// The damage for people, with what it means for the figures.
    package var sentence: String {
        let beyond =
            requests == 0
            ? "no request's records are beyond it"
            : "the records of \(Figures.count(requests, "request")) are not whole before it: times "
                + "that requests.jsonl has were kept, and where it has none the request counts as "
                + "unfinished"
        return "tokens.log \(clause): it was read as far as it goes, and \(beyond)."
    }
}

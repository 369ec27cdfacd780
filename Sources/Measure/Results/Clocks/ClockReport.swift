import ClockSync
package import JSON
package import TimeBase
package import Timeline

/// Probe exchanges with one agent, fitted: what the mapping is worth, and instants put through it.
package struct ClockReport: Sendable {
    package let path: String
    package let trains: Int
    /// From the first probe's arrival to the last reply's departure, on the agent's clock.
    package let window: ClosedRange<LocalInstant>
    package let record: ClockRecord
    package let reasons: [String]
    /// The instants that were asked for, mapped.
    let mapped: [(agentNs: Int64, at: MappedInstant)]
    /// Against the true times, where the file of instants has them.
    package let errors: ClockErrors?

    /// Where the journal that the exchanges are from is damaged; nil for a whole one and for a
    /// file.
    package let damage: JournalDamage?

    /// Whether the mapping holds over the probed interval, and all exchanges were read.
    package let isValid: Bool

    /// - Parameters:
    ///   - instants: The instants to map; nil for none.
    ///   - damage: The damage of the journal that the exchanges are from.
    /// - Throws: ``FileProblem`` where no mapping can be made of the exchanges.
    package init(
        _ evidence: ClockFits.Evidence, path: String, instants: InstantFile? = nil,
        damage: JournalDamage? = nil
    ) throws(FileProblem) {
        let fit: ClockFit
        do throws(ClockError) {
            fit = try ClockFit(exchanges: evidence.exchanges, readings: evidence.readings)
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
        let begin = evidence.exchanges.map(\.t2).min() ?? 0
        let end = evidence.exchanges.map(\.t3).max() ?? begin
        self.path = path
        trains = Set(evidence.exchanges.lazy.map(\.train)).count
        window = LocalInstant(ns: begin)...LocalInstant(ns: end)
        record = ClockRecord(fit, over: window)
        reasons = fit.reasons
        self.damage = damage
        isValid = fit.isValid && damage == nil
        let mapped = (instants?.agentNs ?? []).map {
            (agentNs: $0, at: fit.map(LocalInstant(ns: $0)))
        }
        self.mapped = mapped
        errors = instants?.coordinatorNs.flatMap { truth in
            truth.isEmpty ? nil : ClockErrors(mapped, truth: truth, events: fit.events)
        }
    }

    /// `map`, `events`, `min_rtt_ns`, `skew_ppm`, `valid`, `reasons`, and what the table shows
    /// besides.
    package var json: JSONValue {
        var members: [JSONMember] = [
            JSONMember("map", .array(mapped.map(Self.row))),
            JSONMember("valid", .bool(isValid)),
            JSONMember("reasons", .array(reasons.map(JSONValue.string))),
            JSONMember("trains", .integer(Int64(trains))),
            JSONMember("from_agent_ns", .integer(window.lowerBound.ns)),
            JSONMember(
                "span_ns",
                .integer(window.lowerBound.ns.distanceClamped(to: window.upperBound.ns))),
        ]
        if let damage { members.append(JSONMember("journal_damage", damage.json)) }
        let own = ["valid", "problems", "boot_id", "time_namespace", "shared"]
        members += (record.json.members ?? []).filter { !own.contains($0.name) }
        return .object(members)
    }

    private static func row(_ row: (agentNs: Int64, at: MappedInstant)) -> JSONValue {
        let integers = [
            row.agentNs, row.at.coordinatorNs, row.at.hardLowNs, row.at.hardHighNs,
            row.at.budgetLowNs, row.at.budgetHighNs,
        ]
        return .array(integers.map(JSONValue.integer) + [.real(row.at.estSigmaNs)])
    }
}

import RunRecord
import TimeBase
package import Timeline
import Wire

extension JournalSource {
    /// The evidence that the clock of one agent is fitted from, and the damage of the journal.
    ///
    /// - Parameter name: The agent's; may be nil where the run had one.
    /// - Throws: ``FileProblem`` for a name that no agent or several had, and for an agent whose
    ///   clock was not one clock.
    package func clock(
        of name: String?
    ) throws(FileProblem) -> (ClockFits.Evidence, JournalDamage?) {
        var (record, reading) = try record()
        let damage = reading.damage(record)
        let names = record.agents.map(\.hello.name)
        guard !names.isEmpty else {
            throw FileProblem(
                .content, path, damage.map(\.clause) ?? "names no agent: the run never began")
        }
        let chosen = names.indices.filter { name == nil || names[$0] == name }
        guard chosen.count == 1 else {
            let known = names.joined(separator: ", ")
            throw FileProblem(
                .content, path,
                name.map {
                    chosen.isEmpty
                        ? "names no agent \"\($0)\"; it has \(known)"
                        : "has \(chosen.count) agents called \"\($0)\""
                } ?? "has \(names.count) agents; choose one with --agent: \(known)")
        }
        let clock = AgentClock(of: chosen[0], from: &record)
        if let rebooted = clock.rebooted {
            throw FileProblem(
                .content, path, "has no one clock of \(names[chosen[0]]): \(rebooted)")
        }
        guard !clock.exchanges.isEmpty else {
            let damaged = damage.map { "; the file \($0.clause)" } ?? ""
            throw FileProblem(
                .content, path, "has no clock probe of \(names[chosen[0]])\(damaged)")
        }
        return (
            ClockFits.Evidence(exchanges: clock.exchanges, readings: clock.readings), damage
        )
    }
}

extension JournalReading {
    /// The places that cannot be read or make no sense; nil where there are none.
    func damage(_ record: RunRecord) -> JournalDamage? {
        var places = damages
        if let (offset, problem) = record.fault {
            places.append(JournalDamage.Stretch(offset: offset, end: nil, problem: problem))
        }
        if let incomplete, record.ended != nil {
            places.append(
                JournalDamage.Stretch(offset: incomplete, end: nil, problem: "the file ends there"))
        }
        places.sort { $0.offset < $1.offset }
        return places.isEmpty ? nil : JournalDamage(stretches: places, byteCount: byteCount)
    }
}

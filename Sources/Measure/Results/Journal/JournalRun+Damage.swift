import PlainText
import RunRecord
import TimeBase
import Wire

extension JournalRun {
    /// The part of the run that damage has taken; nil where the journal is whole.
    ///
    /// A journal whose coordinator died ends where it died: that is no damage of the file.
    package func damage(_ tally: RecordTally) -> JournalDamage? {
        var places = reading.damage(record)?.stretches ?? []
        if let (offset, problem) = tally.fault {
            places.append(JournalDamage.Stretch(offset: offset, end: nil, problem: problem))
        }
        if places.isEmpty, !tally.holes.isEmpty {
            places.append(
                JournalDamage.Stretch(
                    offset: reading.byteCount, end: nil,
                    problem: "the file ends there, before its agents' last words"))
        }
        guard !places.isEmpty else { return nil }
        places.sort { $0.offset < $1.offset }
        var damage = JournalDamage(stretches: places, byteCount: reading.byteCount)
        damage.requests = tally.notWhole
        damage.foundBehind = tally.foundBehind
        let holes = tally.holes + tally.unknownEnds
        let agents = Set(holes.map(\.agent)).map { record.agents[$0].hello.name }
        damage.agents = agents.sorted { $0.precedesByNumber($1) }
        if let from = holes.map(\.from).min(), let to = holes.map(\.to).max() {
            damage.span = from...max(from, to)
        }
        return damage
    }
}

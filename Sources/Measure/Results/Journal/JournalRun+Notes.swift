import ClockSync
import PlainText
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire

/// Sentences that belong under the figures.
extension JournalRun {
    func notes(_ agents: [RunAgent], _ tally: RecordTally) -> [String] {
        var notes: [String] = []
        if opening.isInsecure {
            notes.append("coordinator and agents spoke without encryption (--insecure)")
        }
        let unverified = Set(
            agents.flatMap(\.targets).filter { $0.tls?.isVerified == false }.map(\.url)
        ).sorted()
        if let first = unverified.first {
            let others = unverified.count > 1 ? " and \(unverified.count - 1) more" : ""
            notes.append(
                "The certificate of \(first)\(others) was not verified (--insecure-target): who "
                    + "answered is not known; give its authority by --ca instead.")
        }
        if tally.textsAgain > 0 {
            notes.append(
                "The prompts that were given were used up: \(tally.textsAgain) requests sent one "
                    + "of them again, which a prefix cache may know; give more of them, or a "
                    + "shorter duration.")
        }
        notes += clockCostNotes + realtimeNotes(until: tally.end) + agents.flatMap(Self.awayNotes)
        if record.interrupted != nil {
            notes.append("the run was interrupted; what was measured until then counts")
        }
        if let (at, waiting) = record.overSaturated {
            notes.append(
                "The run asked for more than its servers could serve and was ended after "
                    + "\(Figures.span(Double((at - timeline.start).ns))): "
                    + "\(Figures.count(Int(waiting), "request")) waited for a first token. Its "
                    + "figures would have been worse the longer it went on.")
        }
        if record.ended == nil, record.agents.contains(where: { $0.end == nil && $0.lost == nil }) {
            notes.append(
                "\(Self.diedReason): this is what tokens.log holds of it, and what the agents "
                    + "measured afterwards is in their spools.")
            if tally.notYetDue > 0 {
                notes.append(
                    "\(Figures.count(tally.notYetDue, "request")) of the plan had not come due "
                        + "when their agents were heard of last: no figure has them.")
            }
        }
        return notes + remarks + pinNotes(tally)
    }

    /// When an agent was cut off and came back: its figures are whole, its clock less well known.
    private static func awayNotes(_ agent: RunAgent) -> [String] {
        // Before the start there was nothing to lose.
        let returns = agent.away.compactMap { away in
            away.to.flatMap { $0.ns > 0 ? (away, $0) : nil }
        }
        guard let (first, to) = returns.first else { return [] }
        let more = returns.count > 1 ? ", and \(returns.count - 1) more times" : ""
        return [
            "\(agent.name) was cut off from \(Figures.span(first.from.ns)) to "
                + "\(Figures.span(to.ns))\(more) (\(first.reason)): its load went on, its records "
                + "arrived afterwards, and its clock is less well known there."
        ]
    }

    /// Hosts on which a stamp is a system call, a sentence each.
    private var clockCostNotes: [String] {
        func note(_ name: String, _ host: HostFacts) -> String? {
            guard host.readsClockBySystemCall else { return nil }
            return
                "\(name) reads CLOCK_MONOTONIC_RAW by a system call (\(host.clockReadingNs) ns a "
                + "reading, clock source \(host.clockSource)): every stamp costs it that; let its "
                + "kernel use the processor's own counter (tsc, or kvm-clock in a virtual machine)."
        }
        return record.agents.compactMap { note($0.hello.name, $0.hello.host) }
            + [note("the coordinator", opening.host)].compactMap(\.self)
    }

    /// Hosts whose CLOCK_REALTIME was set or slewed during the run, a sentence each.
    private func realtimeNotes(until last: ClusterInstant) -> [String] {
        let end = max(ClusterInstant(ns: 0), record.over.map(onTimeline) ?? last)
        func note(
            _ readings: [ClockReading], of name: String, at place: (Int64) -> ClusterInstant
        ) -> String? {
            let changes = RealtimeChange.all(in: readings).filter {
                (ClusterInstant(ns: 0)...end).contains(place($0.at))
            }
            return RealtimeChange.sentence(changes, of: name) { Figures.span(place($0).ns) }
        }
        let agents = timeline.clocks.enumerated().compactMap { index, clock in
            // An agent that has the coordinator's clocks says nothing of its own.
            clock.isShared
                ? nil
                : note(clock.readings, of: record.agents[index].hello.name) {
                    timeline.instant(LocalInstant(ns: $0), of: index)
                }
        }
        let ours = note(record.clocks, of: "the coordinator") {
            onTimeline(LocalInstant(ns: $0))
        }
        return agents + [ours].compactMap(\.self)
    }

    /// Wishes of the run that some target does not grant: a sentence each, whichever agents it
    /// names.
    private var remarks: [String] {
        var order: [String] = []
        var urls: [String: [String]] = [:]
        for agent in record.agents {
            for target in agent.ready?.targets ?? [] {
                for remark in target.remarks {
                    if urls[remark] == nil { order.append(remark) }
                    let name =
                        agent.hello.embeddedEngine
                        ? "\(agent.hello.name)'s engine" : "\(target.url) (\(agent.hello.name))"
                    // Two models of one server are two targets of one name.
                    if urls[remark]?.last != name { urls[remark, default: []].append(name) }
                }
            }
        }
        return order.map { remark in
            let names = urls[remark] ?? []
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            let verb = names.count == 1 ? remark : "each " + remark
            return names.prefix(3).joined(separator: ", ") + more + " " + verb
        }
    }

    private func pinNotes(_ tally: RecordTally) -> [String] {
        guard tally.brokenWhilePinned > 0 else { return [] }
        let counted = Figures.count(tally.brokenWhilePinned, "request")
        return [
            "\(counted) failed with an error of the server's while `ignore_eos` asked it to go on "
                + "beyond the answer's end, which some models cannot (harmony-style ones): leave "
                + "it out with --no-ignore-eos, or `request: { ignore eos: false }`."
        ]
    }
}

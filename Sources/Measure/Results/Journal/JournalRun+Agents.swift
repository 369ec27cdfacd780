import ClockSync
import JSON
import PlainText
import RunRecord
import TimeBase
import Timeline
import Wire

extension JournalRun {
    /// Agent `index` as the manifest lists it, its clock aside.
    func agent(_ index: Int) -> RunAgent {
        let known = record.agents[index]
        var agent = RunAgent(
            name: known.hello.name, targets: targets[index].map(\.url), host: known.hello.host.json,
            startError: known.started.map { timeline.instant($0.achieved, of: index).ns },
            audit: known.audit)
        agent.start = known.started.map { start(of: index, $0) }
        if let ready = known.ready { agent.targets = ready.targets.map(RunTarget.init) }
        agent.headerNames = known.ready?.headerNames ?? []
        agent.away = known.absences.map { absence in
            Absence(
                from: onTimeline(absence.from), to: absence.to.map(onTimeline),
                reason: absence.reason)
        }
        return agent
    }

    /// How far from the start that was named the agent began.
    private func start(of index: Int, _ started: Started) -> AgentStart {
        let start = timeline.start.ns
        let achieved = timeline.instant(started.achieved, of: index).ns
        return AgentStart(
            intendedRaw: started.intended.ns, achievedRaw: started.achieved.ns, error: achieved,
            bounds: timeline.fits[index].map { fit in
                let mapped = fit.map(started.achieved)
                // A shared clock is exact, and lies within the bounds.
                return min(
                    mapped.hardLowNs &- start, achieved)...max(
                        mapped.hardHighNs &- start, achieved)
            })
    }
}

extension RunTarget {
    init(_ target: TargetState) {
        // A profile that is no JSON is only the target's URL.
        let profile = try? JSONValue(parsing: target.profileJSON)
        self.init(
            url: target.url, profile: profile ?? ["url": .string(target.url)], tls: target.tls)
    }
}

extension HostFacts {
    /// As the manifest shows a host.
    var json: JSONValue {
        .object([
            "hostname": .string(hostname), "kernel": .string(kernel),
            "clock_source": .string(clockSource),
            "clock_reading_ns": .integer(Int64(clockReadingNs)), "cores": .integer(Int64(cores)),
            "memory_bytes": .integer(Int64(clamping: memoryBytes)),
            "gpus": .array(gpus.map(JSONValue.string)),
        ])
    }
}

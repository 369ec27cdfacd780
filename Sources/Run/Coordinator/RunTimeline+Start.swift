import ClockSync
import Results
import TimeBase
import Wire

extension RunTimeline {
    /// How far from the start that was named agent `place` began.
    func start(of place: Int, _ started: Started) -> AgentStart {
        let achieved = instant(started.achieved, of: place)
        let mapped = fits[place]?.map(started.achieved)
        return AgentStart(
            intendedRaw: started.intended.ns, achievedRaw: started.achieved.ns,
            error: achieved.ns,
            bounds: mapped.map {
                // A shared clock is exact, and lies within the bounds.
                min(
                    $0.hardLowNs &- start.ns, achieved.ns)...max(
                        $0.hardHighNs &- start.ns, achieved.ns)
            })
    }
}

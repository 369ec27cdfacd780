import RunRecord
import Testing
import TimeBase
import Wire

@testable import CoordinatorCore

@Suite("A clock's bound that is carried on")
struct ClockBoundTests {
    private static let at = LocalInstant(ns: 5_000_000_000)

    @Test(
        "A part per million is a microsecond a second, ahead and back",
        arguments: [
            (1.0, TimeSpan.seconds(1), 1_000), (50, .seconds(2), 100_000),
            (-20, .seconds(3), -60_000), (20, .seconds(-3), -60_000), (0, .seconds(9), 0),
            (0.001, .seconds(1), 1), (100, .milliseconds(1), 100),
        ] as [(Double, TimeSpan, Int64)])
    func unit(ratePPM: Double, span: TimeSpan, growthNs: Int64) {
        let bound = ClockBound(offsetNs: 7, uncertaintyNs: 9, at: Self.at, ratePPM: ratePPM)
        let moved = bound.moved(to: Self.at + span)
        #expect(
            moved
                == ClockBound(
                    offsetNs: 7 + growthNs, uncertaintyNs: 9, at: Self.at + span, ratePPM: ratePPM))
    }

    @Test("A rate that no oscillator has leaves the offset as it is", arguments: [1e300, .nan])
    func absurd(ratePPM: Double) {
        let bound = ClockBound(offsetNs: 7, uncertaintyNs: 9, at: Self.at, ratePPM: ratePPM)
        #expect(bound.moved(to: Self.at + .seconds(1)).offsetNs == 7)
    }

    @Test("Agents are told the offset of the start, not that of the last probe")
    func start() {
        let lead = TimeSpan.seconds(2)
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: [MachineSamples.assignments[0]],
            patience: .init(leadNs: lead.ns))
        let (link, now) = (MachineSamples.links[0], MachineSamples.now)
        _ = machine.received(MachineSamples.hello("node-00"), from: link, now: now)
        let digest = MachineSamples.digest(MachineSamples.assignments[0])
        _ = machine.received(.shardHeld(digest), from: link, now: now)
        _ = machine.received(MachineSamples.ready, from: link, now: now)
        // Bound a second before all were ready.
        let bound = ClockBound(
            offsetNs: 300, uncertaintyNs: 5, at: now + .seconds(-1), ratePPM: 10)
        let start = now + lead
        let command = StartCommand(
            at: start.ns, offsetNs: 300 + 3 * 10_000, uncertaintyNs: 5)
        #expect(
            MachineSamples.wishes(machine.clockBound(agent: 0, bound, now: now))
                == [.send(link, .start(command)), .starting(at: start)])
        #expect(machine.agents[0].clock?.at == start)
    }

    @Test("The start took a bound, and none that is known later takes its place")
    func afterTheStart() {
        var machine = MachineSamples.running()
        let (taken, now) = (machine.agents.map(\.clock), MachineSamples.now)
        #expect(taken.map { $0?.at.ns } == [12_000, 12_000])
        let later = ClockBound(offsetNs: -77, uncertaintyNs: 1, at: now + .seconds(9))
        for agent in taken.indices {
            #expect(machine.clockBound(agent: agent, later, now: later.at) == [])
        }
        #expect(machine.agents.map(\.clock) == taken)
        // Nor after the end.
        _ = machine.journalFailed("no space left on device", now: later.at)
        #expect(machine.clockBound(agent: 0, later, now: later.at) == [])
        #expect(machine.agents.map(\.clock) == taken)
    }

    @Test("An agent that nobody knows has no bound")
    func stranger() {
        var machine = MachineSamples.running()
        let bound = ClockBound(offsetNs: 1, uncertaintyNs: 1, at: MachineSamples.now)
        #expect(machine.clockBound(agent: 2, bound, now: MachineSamples.now) == [])
    }
}

import Bytes
import RunRecord
import Testing
import TimeBase
import Wire
import Workload

@testable import CoordinatorCore

/// Agents whose link is lost while the run goes on.
@Suite("An agent that is away")
struct AbsenceTests {
    private let later = LocalInstant(ns: 50_000)
    private let back = LinkID(30)

    private func welcome(through batch: UInt64) -> Message {
        .welcome(
            Welcome(
                version: ProtocolVersionRange.supported.highest, runID: MachineSamples.run,
                generation: 1, agentIndex: 0, agentCount: 2,
                acknowledgedThrough: batch))
    }

    /// Two agents at work, of which the first has sent two batches, the first of them durable.
    private func working() -> CoordinatorMachine {
        var machine = MachineSamples.running()
        _ = machine.received(
            .batch(MachineSamples.batch(1)), from: MachineSamples.links[0], now: later)
        _ = machine.ticked(now: later + .milliseconds(250))
        _ = machine.journalSynced(now: later)
        _ = machine.received(
            .batch(MachineSamples.batch(2)), from: MachineSamples.links[0], now: later)
        return machine
    }

    private func hello(incarnation: UInt64 = 1, holds run: RunID? = MachineSamples.run) -> Message {
        guard case .hello(var hello) = MachineSamples.hello("node-00") else { return .ended }
        hello.incarnation = incarnation
        hello.heldRun = run
        return .hello(hello)
    }

    @Test("It is waited for, goes on after what is durable, and its repetitions change nothing")
    func returns() {
        var machine = working()
        let until = later + TimeSpan(ns: 30)
        let absence = Absence(from: later, reason: "reset by peer")
        #expect(
            machine.linkLost(MachineSamples.links[0], reason: "reset by peer", now: later)
                == [
                    .record(.absence(agent: 0, absence)),
                    .away(agent: 0, absence, until: until),
                ])
        #expect(machine.ticked(now: later + TimeSpan(ns: 29)) == [])
        var ended = absence
        ended.to = later + TimeSpan(ns: 29)
        #expect(
            machine.received(hello(), from: back, now: later + TimeSpan(ns: 29))
                == [
                    .record(.absence(agent: 0, ended)), .returned(back, agent: 0, ended),
                    .send(back, welcome(through: 1)),
                ])
        #expect(machine.ticked(now: later + TimeSpan(ns: 31)) == [])
        #expect(machine.agents[0].absences == [ended])
        // The second batch comes again, and is there already; the third is new.
        #expect(machine.received(.batch(MachineSamples.batch(2)), from: back, now: later) == [])
        let third = machine.received(.batch(MachineSamples.batch(3)), from: back, now: later)
        guard case .append(0, let batch, _) = third.first else {
            Issue.record("the third batch is not appended: \(third)")
            return
        }
        #expect(batch.number == 3)
        let end = MachineSamples.end(after: (1...3).map { MachineSamples.records($0) })
        let actions = machine.received(end, from: back, now: later)
        #expect(actions.contains(.conclude(agent: 0)))
        // Cut off again with its End on the way, it repeats that, too.
        let again = machine.linkLost(back, reason: "reset", now: later)
        #expect(again.contains { if case .away(0, _, _) = $0 { true } else { false } })
        let third3 = LinkID(31)
        _ = machine.received(hello(), from: third3, now: later)
        #expect(machine.received(.batch(MachineSamples.batch(3)), from: third3, now: later) == [])
        #expect(machine.received(end, from: third3, now: later) == [])
        _ = machine.journalSynced(now: later)
        #expect(
            machine.clockProbed(agent: 0, now: later) == [.send(third3, .ended), .close(third3)])
    }

    @Test("Its new link is pinged from its own beginning on")
    func newPulse() {
        var machine = working()
        let link = MachineSamples.links[0]
        let instants = (1...5).map { later + .milliseconds(900 * $0) }
        for instant in instants { _ = machine.ticked(now: instant) }
        _ = machine.linkLost(link, reason: "reset", now: instants[4])
        _ = machine.received(hello(), from: back, now: instants[4])
        func pings(_ now: LocalInstant) -> [CoordinatorAction] {
            machine.ticked(now: now).filter { action in
                if case .send(back, .ping) = action { true } else { false }
            }
        }
        #expect(pings(instants[4] + .milliseconds(1_999)).isEmpty)
        #expect(pings(instants[4] + .milliseconds(3_999)) == [.send(back, .ping(1))])
    }

    @Test("One that missed its dismissal is dismissed again")
    func dismissedAgain() {
        var machine = working()
        let end = MachineSamples.end(after: (1...2).map { MachineSamples.records($0) })
        _ = machine.received(end, from: MachineSamples.links[0], now: later)
        _ = machine.journalSynced(now: later)
        #expect(!machine.clockProbed(agent: 0, now: later).isEmpty)
        let actions = machine.received(hello(), from: back, now: later)
        #expect(actions.last == .send(back, welcome(through: 2)))
        #expect(
            machine.received(end, from: back, now: later) == [.send(back, .ended), .close(back)])
    }

    @Test("One that came back after its End is not dismissed before it has said it again")
    func owesEnd() {
        var machine = working()
        let end = MachineSamples.end(after: (1...2).map { MachineSamples.records($0) })
        _ = machine.received(end, from: MachineSamples.links[0], now: later)
        _ = machine.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        #expect(
            machine.received(hello(), from: back, now: later).last
                == .send(back, welcome(through: 1)))
        // Still on its way with the second batch, it would not understand.
        #expect(machine.clockProbed(agent: 0, now: later) == [])
        #expect(
            machine.journalSynced(now: later) == [.send(back, .batchAck(BatchAck(through: 2)))])
        #expect(
            machine.received(.batch(MachineSamples.batch(2)), from: back, now: later).count <= 1)
        #expect(
            machine.received(end, from: back, now: later) == [.send(back, .ended), .close(back)])
        // Away for good, it keeps nobody waiting.
        var gone = working()
        _ = gone.received(end, from: MachineSamples.links[0], now: later)
        _ = gone.journalSynced(now: later)
        _ = gone.received(
            MachineSamples.end(after: []), from: MachineSamples.links[1], now: later)
        _ = gone.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        _ = gone.received(hello(), from: back, now: later)
        _ = gone.clockProbed(agent: 0, now: later)
        _ = gone.clockProbed(agent: 1, now: later)
        _ = gone.linkLost(back, reason: "reset", now: later)
        let over = MachineSamples.ending(gone.ticked(now: later + TimeSpan(ns: 30)))
        #expect(over?.lossless == true)
    }

    @Test("One that comes back when nobody waits for it any more ends the absence that it had")
    func backAfterTheFarewell() {
        var machine = working()
        let end = MachineSamples.end(after: (1...2).map { MachineSamples.records($0) })
        _ = machine.received(end, from: MachineSamples.links[0], now: later)
        _ = machine.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        #expect(machine.ticked(now: later + TimeSpan(ns: 30)) == [])
        let now = later + TimeSpan(ns: 50)
        let absence = Absence(from: later, to: now, reason: "reset")
        #expect(
            machine.received(hello(), from: back, now: now).prefix(2) == [
                .record(.absence(agent: 0, absence)), .returned(back, agent: 0, absence),
            ])
        #expect(machine.agents[0].absences == [absence] && machine.agents[0].gap == nil)
    }

    @Test("A silent one was there for the last time when it was heard of last")
    func silent() {
        var machine = working()
        _ = machine.ticked(now: later)
        let last = later + .seconds(1)
        _ = machine.received(.pong(1), from: MachineSamples.links[0], now: last)
        for second in 1...11 as ClosedRange<Int64> {
            let now = later + .seconds(second)
            _ = machine.received(.pong(1), from: MachineSamples.links[1], now: now)
            let actions = machine.ticked(now: now)
            let absence = Absence(from: last, reason: LinkPulse.silence)
            let away = CoordinatorAction.away(agent: 0, absence, until: now + TimeSpan(ns: 30))
            #expect(actions.contains(away) == (second == 11))
        }
        _ = machine.ticked(now: later + .seconds(12))
        let gap = Absence(from: later, to: last, reason: LinkPulse.silence)
        #expect(machine.agents[0].gap == gap)
    }

    @Test("Longer away than the grace, it is lost from its last record on, and not taken back")
    func lost() {
        var machine = working()
        _ = machine.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        let gap = Absence(from: later, to: later, reason: "reset")
        #expect(
            machine.ticked(now: later + TimeSpan(ns: 30)) == [.record(.lost(agent: 0, gap))])
        #expect(machine.agents[0].gap == gap)
        guard
            case .send(_, .refuse(let refusal)) = machine.received(hello(), from: back, now: later)
                .first
        else {
            Issue.record("it was given up")
            return
        }
        #expect(refusal.reason == "agent node-00 was given up: reset")
        _ = machine.received(
            MachineSamples.end(after: []), from: MachineSamples.links[1], now: later)
        let over = MachineSamples.ending(machine.clockProbed(agent: 1, now: later))
        #expect(over?.lossless == false && machine.agents.map(\.gap) == [gap, nil])
    }

    @Test("A ready one that is cut off before the start is waited for, and the run with it")
    func readyReturns() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: MachineSamples.assignments,
            patience: MachineSamples.patience)
        let now = MachineSamples.now
        for (agentIndex, link) in MachineSamples.links.enumerated() {
            _ = machine.received(MachineSamples.hello("node-0\(agentIndex)"), from: link, now: now)
        }
        func ready(_ agentIndex: Int, over link: LinkID, _ machine: inout CoordinatorMachine) {
            let digest = MachineSamples.digest(MachineSamples.assignments[agentIndex])
            _ = machine.received(.shardHeld(digest), from: link, now: now)
            _ = machine.received(MachineSamples.ready, from: link, now: now)
            _ = machine.clockBound(
                agent: agentIndex, ClockBound(offsetNs: 0, uncertaintyNs: 5, at: now), now: now)
        }
        ready(0, over: MachineSamples.links[0], &machine)
        let until = now + TimeSpan(ns: 30)
        let absence = Absence(from: now, reason: "reset")
        #expect(
            machine.linkLost(MachineSamples.links[0], reason: "reset", now: now)
                == [
                    .record(.absence(agent: 0, absence)),
                    .away(agent: 0, absence, until: until),
                ])
        // The other one is ready, and nobody starts without the first.
        ready(1, over: MachineSamples.links[1], &machine)
        let isEarly = machine.isRunning
        #expect(!isEarly)
        let back = machine.received(hello(), from: self.back, now: now)
        let start = StartCommand(at: now.ns + 2_000, offsetNs: 0, uncertaintyNs: 5)
        let isRunning = machine.isRunning
        #expect(back.contains(.send(self.back, .start(start))) && isRunning)
        // An agent's repeated message changes nothing, and the start is told again where it may
        // have been lost.
        #expect(machine.received(MachineSamples.ready, from: self.back, now: now) == [])
        _ = machine.linkLost(self.back, reason: "reset", now: now)
        let third = machine.received(hello(), from: LinkID(31), now: now)
        #expect(third.last == .send(LinkID(31), .start(start)))
        _ = machine.received(
            .started(Started(intended: now, achieved: now)), from: LinkID(31), now: now)
        let fourth = machine.received(hello(), from: LinkID(32), now: now)
        #expect(!fourth.contains(.send(LinkID(32), .start(start))))
    }

    @Test("A ready one that stays away before the start ends the run, named")
    func readyLost() {
        for isBack in [false, true] {
            var machine = CoordinatorMachine(
                opening: MachineSamples.opening, assignments: MachineSamples.assignments,
                patience: MachineSamples.patience)
            let now = MachineSamples.now
            for (agentIndex, link) in MachineSamples.links.enumerated() {
                _ = machine.received(
                    MachineSamples.hello("node-0\(agentIndex)"), from: link, now: now)
            }
            let digest = MachineSamples.digest(MachineSamples.assignments[0])
            _ = machine.received(.shardHeld(digest), from: MachineSamples.links[0], now: now)
            _ = machine.received(MachineSamples.ready, from: MachineSamples.links[0], now: now)
            _ = machine.linkLost(MachineSamples.links[0], reason: "reset", now: now)
            // Another process of it holds nothing of this run.
            let again = machine.received(
                hello(incarnation: 2, holds: nil), from: back, now: now)
            guard case .send(back, .refuse) = again.first else {
                Issue.record("a process that holds nothing was taken back: \(again)")
                return
            }
            if isBack { _ = machine.received(hello(), from: back, now: now) }
            let ending = MachineSamples.ending(machine.ticked(now: now + TimeSpan(ns: 30)))
            #expect((ending == nil) == isBack)
            guard case .failed(let reason) = ending?.kind else { continue }
            #expect(reason == "agent node-00 left before the run: reset")
        }
    }

    @Test("Its newest link lives, also where the old one seems to")
    func newest() {
        var machine = working()
        let actions = machine.received(hello(), from: back, now: later)
        #expect(actions.first == .close(MachineSamples.links[0]))
        #expect(actions.last == .send(back, welcome(through: 1)))
        #expect(machine.linkLost(MachineSamples.links[0], reason: "closed", now: later) == [])
        #expect(machine.agent(of: back) == 0)
    }

    @Test("Another process of it ends the part of the first; strangers change nothing")
    func anotherProcess() {
        var machine = working()
        for stranger in [hello(incarnation: 0), MachineSamples.hello("node-09")] {
            guard case .send(_, .refuse) = machine.received(stranger, from: back, now: later).first
            else {
                Issue.record("a stranger was taken in")
                return
            }
        }
        #expect(machine.agents[0].gap == nil)
        let actions = machine.received(hello(incarnation: 2, holds: nil), from: back, now: later)
        #expect(actions.first == .close(MachineSamples.links[0]))
        let wishes = MachineSamples.wishes(actions)
        guard case .send(back, .refuse(let refusal)) = wishes.dropFirst().first else {
            Issue.record("a process that measured nothing was taken in: \(actions)")
            return
        }
        #expect(refusal.reason.contains("started anew"))
        #expect(machine.agents[0].gap?.reason == "it was started anew while the run was under way")
        // The first one's silence was not noticed yet: its part ends with its last word all the
        // same.
        var silent = working()
        let muchLater = later + .seconds(5)
        _ = silent.received(hello(incarnation: 2, holds: nil), from: back, now: muchLater)
        #expect(silent.agents[0].gap?.to == later)
    }

    @Test("Whose process is known to have ended is not waited for, and its last words are heard")
    func processEnded() {
        var machine = working()
        #expect(
            machine.processEnded(name: "node-00", reason: "was ended by signal 9", now: later) == []
        )
        guard
            case .append = machine.received(
                .batch(MachineSamples.batch(3)), from: MachineSamples.links[0], now: later
            ).first
        else {
            Issue.record("what was on its way is lost")
            return
        }
        let gap = Absence(
            from: later, to: later, reason: "its process was ended by signal 9")
        #expect(
            machine.linkLost(MachineSamples.links[0], reason: "reset", now: later)
                == [.record(.lost(agent: 0, gap))])
        #expect(machine.agents[0].gap == gap)
        var away = working()
        _ = away.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        _ = away.processEnded(name: "node-00", reason: "was ended by signal 9", now: later)
        #expect(away.agents[0].gap?.reason == "its process was ended by signal 9")
    }

    @Test("A person who stops the run waits for it as long as for the others")
    func interrupted() {
        var machine = working()
        _ = machine.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        let stop = machine.interrupted(drain: TimeSpan(ns: 20), now: later)
        #expect(MachineSamples.wishes(stop).count == 1)
        var back = machine.received(hello(), from: self.back, now: later)
        guard case .send(_, .stop(let command)) = back.popLast() else {
            Issue.record("it is not told that the run stops")
            return
        }
        #expect(command.mode == .drain(ns: 20))
        _ = machine.linkLost(self.back, reason: "reset", now: later)
        _ = machine.ticked(now: later + TimeSpan(ns: 20))
        #expect(machine.agents[0].gap != nil)
        // At once, the second time.
        var twice = working()
        _ = twice.interrupted(drain: .seconds(1), now: later)
        _ = twice.linkLost(MachineSamples.links[0], reason: "reset", now: later)
        _ = twice.interrupted(drain: .seconds(1), now: later)
        _ = twice.ticked(now: later)
        #expect(twice.agents[0].gap != nil)
    }

    @Test("An agent at work on another run is refused, not taken in and failed")
    func otherRun() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: MachineSamples.assignments,
            patience: MachineSamples.patience)
        let other = hello(holds: RunID(high: 5, low: 5))
        guard
            case .send(_, .refuse(let refusal)) = machine.received(other, from: back, now: later)
                .first
        else {
            Issue.record("it was taken in")
            return
        }
        #expect(refusal.reason.contains("another run"))
    }
}

import Bytes
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import CoordinatorCore

/// The facts of a run, each where the machine says that it is to be written: ahead of what rests on
/// it.
@Suite("Facts that the coordinator records")
struct RecordedFactsTests {
    private let links = MachineSamples.links
    private let now = MachineSamples.now
    private let later = LocalInstant(ns: 50_000)
    private let start = LocalInstant(ns: 12_000)
    private let back = LinkID(30)

    private func hello(
        _ name: String, incarnation: UInt64 = 1, holds run: RunID? = nil
    ) throws -> Hello {
        guard case .hello(var hello) = MachineSamples.hello(name) else {
            throw NotAHello()
        }
        hello.incarnation = incarnation
        hello.heldRun = run
        return hello
    }

    private struct NotAHello: Error {}

    private func gathering() -> CoordinatorMachine {
        CoordinatorMachine(
            opening: MachineSamples.opening, assignments: MachineSamples.assignments,
            patience: MachineSamples.patience)
    }

    private func welcome(_ agent: UInt16) -> Message {
        .welcome(
            Welcome(
                version: ProtocolVersionRange.supported.highest, runID: MachineSamples.run,
                generation: 1, agentIndex: agent,
                agentCount: 2, acknowledgedThrough: 0))
    }

    private func status(sends: UInt64) -> Message {
        var audit = ClientAudit()
        audit.sends = sends
        return .status(
            AgentStatus(
                at: LocalInstant(ns: 3), running: 1, waiting: 0, loopBusyPermille: 5,
                latenessP99Ns: 7, spoolBytes: 0, cpuNs: 9, audit: audit))
    }

    // MARK: Until the start

    @Test("The run's opening is its first fact")
    func opening() {
        #expect(gathering().begun() == [.record(.opening(MachineSamples.opening))])
    }

    @Test("Joining: the Hello, before the agent is welcomed and with the last one all is dealt")
    func joining() throws {
        var machine = gathering()
        for (agent, name) in ["node-01", "node-00"].enumerated() {
            let instant = now + TimeSpan(ns: Int64(agent))
            let hello = try hello(name)
            let joined: [CoordinatorAction] = [
                .record(.heard(agent: agent, at: instant, .hello(hello))),
                .send(links[agent], welcome(UInt16(agent))),
                .admitted(links[agent], agent: agent),
            ]
            #expect(
                machine.received(.hello(hello), from: links[agent], now: instant)
                    == joined + (agent == 1 ? [.deal([1, 0])] : []))
        }
    }

    @Test("Whoever is turned away leaves no fact")
    func turnedAway() throws {
        var machine = gathering()
        _ = machine.received(MachineSamples.hello("node-00"), from: links[0], now: now)
        let strangers: [Message] = [
            MachineSamples.ready, MachineSamples.hello("node-00"), MachineSamples.hello("a\u{1B}b"),
            MachineSamples.hello(
                "node-01", versions: ProtocolVersionRange(lowest: 900, highest: 901)),
            .hello(try hello("node-01", holds: RunID(high: 5, low: 5))),
        ]
        for stranger in strangers {
            let actions = machine.received(stranger, from: back, now: now)
            #expect(MachineSamples.facts(actions) == [] && actions.last == .close(back))
        }
        #expect(machine.agents.count == 1)
    }

    @Test("Ready is heard once, after the shard, which is no fact; then each is told its start")
    func ready() {
        var machine = gathering()
        for (agent, link) in links.enumerated() {
            _ = machine.received(MachineSamples.hello("node-0\(agent)"), from: link, now: now)
        }
        for (agent, link) in links.enumerated() {
            let digest = MachineSamples.digest(MachineSamples.assignments[agent])
            #expect(machine.received(.shardHeld(digest), from: link, now: now) == [])
            let bound = ClockBound(offsetNs: Int64(agent) * 100, uncertaintyNs: 5, at: now)
            #expect(machine.clockBound(agent: agent, bound, now: now) == [])
        }
        let first = CoordinatorAction.record(.heard(agent: 0, at: now, MachineSamples.ready))
        #expect(machine.received(MachineSamples.ready, from: links[0], now: now) == [first])
        #expect(machine.received(MachineSamples.ready, from: links[0], now: now) == [])
        let instant = now + TimeSpan(ns: 9)
        let start = instant + TimeSpan(ns: 2_000)
        let commands = [0, 100].map {
            Message.start(StartCommand(at: start.ns, offsetNs: $0, uncertaintyNs: 5))
        }
        #expect(
            machine.received(MachineSamples.ready, from: links[1], now: instant) == [
                .record(.heard(agent: 1, at: instant, MachineSamples.ready)),
                .record(.told(agent: 0, commands[0])), .send(links[0], commands[0]),
                .record(.told(agent: 1, commands[1])), .send(links[1], commands[1]),
                // All that nothing can be read without, a second time.
                .record(.opening(MachineSamples.opening)),
                .record(.heard(agent: 0, at: instant, MachineSamples.hello("node-00"))),
                .record(.heard(agent: 0, at: instant, MachineSamples.ready)),
                .record(.told(agent: 0, commands[0])),
                .record(.heard(agent: 1, at: instant, MachineSamples.hello("node-01"))),
                .record(.heard(agent: 1, at: instant, MachineSamples.ready)),
                .record(.told(agent: 1, commands[1])),
                .starting(at: start),
            ])
    }

    // MARK: While it runs

    @Test("Started and every status are heard; pulses and batches are no facts")
    func words() {
        var machine = MachineSamples.running()
        let words: [Message] = [
            .started(Started(intended: start, achieved: start + TimeSpan(ns: 4))),
            status(sends: 1), status(sends: 2),
        ]
        for (number, word) in words.enumerated() {
            let instant = later + TimeSpan(ns: Int64(number))
            #expect(
                machine.received(word, from: links[1], now: instant)
                    == [.record(.heard(agent: 1, at: instant, word))])
        }
        #expect(machine.agents[1].audit?.sends == 2 && machine.agents[0].audit == nil)
        #expect(machine.received(.pong(1), from: links[1], now: later) == [])
        #expect(
            machine.received(.ping(1), from: links[1], now: later) == [.send(links[1], .pong(1))])
        let batch = MachineSamples.batch(1)
        #expect(
            machine.received(.batch(batch), from: links[1], now: later)
                == [.append(agent: 1, batch, MachineSamples.records(1))])
        // A word before the start is one, too.
        var early = gathering()
        _ = early.received(MachineSamples.hello("node-00"), from: links[0], now: now)
        #expect(
            early.received(status(sends: 3), from: links[0], now: now)
                == [.record(.heard(agent: 0, at: now, status(sends: 3)))])
    }

    @Test("An absence is recorded as it begins and again with its end; each has its own")
    func absences() throws {
        var machine = MachineSamples.running()
        let again = Message.hello(try hello("node-00", holds: MachineSamples.run))
        var facts = MachineSamples.facts(machine.linkLost(links[0], reason: "reset", now: later))
        // While it lasts, neither time nor the same link's second end says more.
        facts += MachineSamples.facts(machine.ticked(now: later + TimeSpan(ns: 10)))
        facts += MachineSamples.facts(machine.linkLost(links[0], reason: "again", now: later))
        let end = later + TimeSpan(ns: 20)
        facts += MachineSamples.facts(machine.received(again, from: back, now: end))
        // Back over another link while the old one still seemed to live: since it was heard last.
        let second = end + TimeSpan(ns: 20)
        facts += MachineSamples.facts(machine.received(again, from: LinkID(31), now: second))
        #expect(
            facts == [
                .absence(agent: 0, Absence(from: later, reason: "reset")),
                .absence(agent: 0, Absence(from: later, to: end, reason: "reset")),
                .absence(
                    agent: 0,
                    Absence(from: end, to: second, reason: "the agent made a new connection")),
            ])
        #expect(machine.agents[0].absences.map(\.to) == [end, second])
    }

    @Test("An agent that is given up is lost from its last records to its last word")
    func lost() throws {
        var machine = MachineSamples.running()
        _ = machine.received(.batch(MachineSamples.batch(1)), from: links[0], now: later)
        let away = later + TimeSpan(ns: 40)
        _ = machine.linkLost(links[0], reason: "reset", now: away)
        let gap = Absence(from: later, to: away, reason: "reset")
        #expect(
            machine.ticked(now: away + TimeSpan(ns: 30)) == [.record(.lost(agent: 0, gap))])
        #expect(machine.ticked(now: away + TimeSpan(ns: 60)) == [])
        // Its link is closed first where that is there.
        func loss(_ reason: String) -> CoordinatorAction {
            .record(.lost(agent: 0, Absence(from: start, to: later, reason: reason)))
        }
        var polite = MachineSamples.running()
        #expect(
            polite.received(.goodbye("enough"), from: links[0], now: later)
                == [.close(links[0]), loss("enough")])
        var broken = MachineSamples.running()
        let reason = "agent node-00 sent a batch that does not fit: it is none"
        let refusal = Refusal(code: .protocolViolation, reason: reason)
        #expect(
            broken.broken(agent: 0, reason: "it is none", now: later)
                == [.send(links[0], .refuse(refusal)), .close(links[0]), loss(reason)])
        var anew = MachineSamples.running()
        let other = Message.hello(try hello("node-00", incarnation: 2))
        _ = anew.received(.pong(1), from: links[0], now: later)
        #expect(
            MachineSamples.facts(anew.received(other, from: back, now: later)) == [
                .lost(
                    agent: 0,
                    Absence(
                        from: start, to: later,
                        reason: "it was started anew while the run was under way"))
            ])
    }

    // MARK: The end

    @Test("An End is heard once, where it agrees, before the clock is probed for the last time")
    func end() throws {
        var machine = MachineSamples.running()
        let end = MachineSamples.end(after: [])
        #expect(
            machine.received(end, from: links[0], now: later) == [
                .record(.heard(agent: 0, at: later, end)), .conclude(agent: 0),
            ])
        _ = machine.linkLost(links[0], reason: "reset", now: later)
        let again = Message.hello(try hello("node-00", holds: MachineSamples.run))
        _ = machine.received(again, from: back, now: later)
        #expect(machine.received(end, from: back, now: later + TimeSpan(ns: 1)) == [])
        // An End that does not agree with what arrived is none, and the agent is lost.
        let wrong = MachineSamples.end(after: [MachineSamples.records(1)])
        let facts = MachineSamples.facts(machine.received(wrong, from: links[1], now: later))
        guard case .lost(1, let gap) = facts.first, facts.count == 1 else {
            Issue.record("\(facts)")
            return
        }
        #expect(gap.reason.contains("says it made 1 records in 1 batches"))
    }

    @Test("The end of the run is its last fact, written before the run is scored")
    func over() {
        var machine = MachineSamples.running()
        for link in links {
            _ = machine.received(MachineSamples.end(after: []), from: link, now: later)
        }
        #expect(
            machine.clockProbed(agent: 1, now: later) == [
                .send(links[1], .ended), .close(links[1]),
            ]
        )
        let last = later + TimeSpan(ns: 7)
        #expect(
            machine.clockProbed(agent: 0, now: last) == [
                .send(links[0], .ended), .close(links[0]), .record(.ended(at: last)),
                .finish(RunEnding(kind: .ran, interrupted: false, lossless: true)),
            ])
        #expect(machine.ticked(now: last + .seconds(9)) == [])
    }

    @Test("A run whose last agent was silent ends when that is noticed, not when it began")
    func overBySilence() throws {
        var machine = MachineSamples.running()
        _ = machine.processEnded(name: "node-00", reason: "was ended by signal 9", now: later)
        _ = machine.received(.pong(1), from: links[0], now: later)
        let end = later + .seconds(5)
        _ = machine.received(MachineSamples.end(after: []), from: links[1], now: end)
        _ = machine.clockProbed(agent: 1, now: end)
        var facts: [RunFact] = []
        var instant = later
        while facts.isEmpty, instant < later + .seconds(30) {
            instant = instant + .seconds(1)
            facts = MachineSamples.facts(machine.ticked(now: instant))
        }
        #expect(instant > end)
        let gap = Absence(
            from: start, to: later, reason: "its process was ended by signal 9")
        #expect(facts == [.lost(agent: 0, gap), .ended(at: instant)])
    }

    @Test("A run that ends as every agent is given up says of each that it is lost, then the end")
    func givenUp() {
        for isJournal in [false, true] {
            var machine = MachineSamples.running()
            _ = machine.linkLost(links[1], reason: "reset", now: later)
            let instant = later + TimeSpan(ns: 3)
            let actions =
                isJournal
                ? machine.journalFailed("no space", now: instant) : machine.abandoned(now: instant)
            let reason = isJournal ? "no space" : "the run was interrupted twice"
            #expect(
                actions == [
                    .send(links[0], .stop(StopCommand(mode: .now, reason: reason))),
                    .close(links[0]),
                    .record(
                        .lost(agent: 0, Absence(from: start, to: instant, reason: reason))),
                    .record(.lost(agent: 1, Absence(from: start, to: later, reason: reason))),
                    .record(.ended(at: instant)),
                    .finish(RunEnding(kind: .ran, interrupted: false, lossless: false)),
                ])
        }
    }

    @Test("A run that asks for too much is cut at once, and says so before agents are told")
    func overSaturated() {
        var machine = MachineSamples.running()
        let stop = Message.stop(
            StopCommand(
                mode: .drain(ns: 0), reason: "the run asks for more than its servers can serve"))
        #expect(
            machine.overSaturated(waiting: 40, now: later) == [
                .record(.overSaturated(at: later, waiting: 40)), .send(links[0], stop),
                .send(links[1], stop),
            ])
        let isOverSaturated = machine.isOverSaturated
        #expect(isOverSaturated)
        #expect(machine.overSaturated(waiting: 41, now: later) == [])
        // A person may still end it at once.
        let interruption = machine.interrupted(drain: .zero, now: later)
        #expect(!interruption.isEmpty)
        var early = gathering()
        #expect(early.overSaturated(waiting: 40, now: later) == [])
    }

    @Test("Each interruption of a run is recorded before agents are told; another is no fact")
    func interrupted() {
        var machine = MachineSamples.running()
        for (number, mode) in [StopCommand.Mode.drain(ns: 77), .now].enumerated() {
            let instant = later + TimeSpan(ns: Int64(number))
            let stop = Message.stop(StopCommand(mode: mode, reason: "the run was interrupted"))
            #expect(
                machine.interrupted(drain: TimeSpan(ns: 77), now: instant) == [
                    .record(.interrupted(at: instant)), .send(links[0], stop),
                    .send(links[1], stop),
                ])
        }
        // A run that never began has no journal that is scored.
        var early = gathering()
        _ = early.received(MachineSamples.hello("node-00"), from: links[0], now: now)
        let actions = early.interrupted(drain: .zero, now: now)
        #expect(MachineSamples.facts(actions) == [] && MachineSamples.ending(actions) != nil)
        #expect(early.interrupted(drain: .zero, now: now) == [])
    }
}

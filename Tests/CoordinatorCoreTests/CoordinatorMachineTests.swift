import Bytes
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import CoordinatorCore

private let run = MachineSamples.run
private let patience = MachineSamples.patience
private let ready = MachineSamples.ready
private let assignments = MachineSamples.assignments
private let links = MachineSamples.links
private let now = MachineSamples.now

private func hello(_ name: String, versions: ProtocolVersionRange = .supported) -> Message {
    MachineSamples.hello(name, versions: versions)
}
private func digest(_ assignment: Assignment) -> ShardDigest { MachineSamples.digest(assignment) }
private func records(_ number: UInt64, at ns: Int64 = 7) -> LogBatch {
    MachineSamples.records(number, at: ns)
}
private func batch(_ number: UInt64) -> Batch { MachineSamples.batch(number) }
private func end(after batches: [LogBatch]) -> Message { MachineSamples.end(after: batches) }
private func running() -> CoordinatorMachine { MachineSamples.running() }
private func ending(_ actions: [CoordinatorAction]) -> RunEnding? { MachineSamples.ending(actions) }
private func wishes(_ actions: [CoordinatorAction]) -> [CoordinatorAction] {
    MachineSamples.wishes(actions)
}

@Suite("The coordinator's side of a run")
struct CoordinatorMachineTests {
    @Test("Each agent gets its own shard, and all start at one instant by their own clocks")
    func start() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        let joined = wishes(machine.received(hello("node-00"), from: links[0], now: now))
        #expect(joined.count == 2 && joined.last == .admitted(links[0], agent: 0))
        let last = wishes(machine.received(hello("node-01"), from: links[1], now: now))
        #expect(last.count == 3 && last.last == .deal([0, 1]))
        for agentIndex in 0...1 {
            let held = Message.shardHeld(digest(assignments[agentIndex]))
            #expect(machine.received(held, from: links[agentIndex], now: now) == [])
            #expect(wishes(machine.received(ready, from: links[agentIndex], now: now)) == [])
        }
        #expect(
            machine.clockBound(
                agent: 1, ClockBound(offsetNs: 100, uncertaintyNs: 6, at: now), now: now) == [])
        let actions = machine.clockBound(
            agent: 0, ClockBound(offsetNs: -3, uncertaintyNs: 5, at: now), now: now)
        #expect(
            wishes(actions) == [
                .send(
                    links[0],
                    .start(StartCommand(at: 12_000, offsetNs: -3, uncertaintyNs: 5))),
                .send(
                    links[1],
                    .start(StartCommand(at: 12_000, offsetNs: 100, uncertaintyNs: 6))),
                .starting(at: LocalInstant(ns: 12_000)),
            ])
    }

    @Test("All of an assignment is said, texts before the requests that name them")
    func messages() {
        var messages: [Message] = []
        assignments[0].send { messages.append($0) }
        let texts = PromptTexts(entries: assignments[0].texts)
        let chunk = ShardChunk(firstOrdinal: 0, requests: assignments[0].requests)
        #expect(
            messages == [
                .configure(assignments[0].configuration), .promptTexts(texts), .shardChunk(chunk),
                .shardEnd(digest(assignments[0])),
            ])
    }

    @Test(
        "Batches are appended once and in order, acknowledged when synced, and compared at the end")
    func batches() {
        var machine = running()
        let first = batch(1)
        #expect(
            machine.received(.batch(first), from: links[0], now: now)
                == [.append(agent: 0, first, records(1))])
        #expect(machine.received(.batch(first), from: links[0], now: now) == [])
        // End asks for a sync at once; the spool may go only when it is done.
        let ended = machine.received(end(after: [records(1)]), from: links[0], now: now)
        #expect(wishes(ended) == [.conclude(agent: 0), .syncJournal])
        #expect(
            machine.journalSynced(now: now)
                == [.send(links[0], .batchAck(BatchAck(through: 1)))])
        #expect(
            machine.clockProbed(agent: 0, now: now)
                == [.send(links[0], .ended), .close(links[0])])
        _ = machine.received(end(after: []), from: links[1], now: now)
        #expect(
            ending(machine.clockProbed(agent: 1, now: now))
                == RunEnding(kind: .ran, interrupted: false, lossless: true))
        #expect(machine.agents.map(\.gap) == [nil, nil])
        #expect(machine.linkLost(links[0], reason: "closed", now: now) == [])
    }

    @Test("One sync, a quarter of a second after the first batch, serves all agents")
    func groupCommit() {
        var machine = running()
        for link in links { _ = machine.received(.batch(batch(1)), from: link, now: now) }
        #expect(machine.ticked(now: now + .milliseconds(249)) == [])
        #expect(machine.ticked(now: now + .milliseconds(250)) == [.syncJournal])
        #expect(
            machine.journalSynced(now: now)
                == links.map { .send($0, .batchAck(BatchAck(through: 1))) })
    }

    @Test("Records that are missing or altered make the run lossy, and are told")
    func lossy() {
        for wrong in [end(after: [records(1), records(2)]), end(after: [records(1, at: 8)])] {
            var machine = running()
            _ = machine.received(.batch(batch(1)), from: links[0], now: now)
            let actions = machine.received(wrong, from: links[0], now: now)
            guard case .send(links[0], .refuse(let refusal)) = actions.first else {
                Issue.record("the agent is told: \(actions)")
                return
            }
            #expect(refusal.code == .protocolViolation)
            _ = machine.received(end(after: []), from: links[1], now: now)
            let over = machine.clockProbed(agent: 1, now: now)
            #expect(ending(over)?.lossless == false)
            #expect(machine.agents.map { $0.gap != nil } == [true, false])
        }
        var rubbish = running()
        let broken = Batch(number: 1, records: 1, payload: [1, 2, 3])
        #expect(
            rubbish.received(.batch(broken), from: links[0], now: now).contains(.close(links[0])))
        var gap = running()
        let skipped = gap.received(.batch(batch(2)), from: links[0], now: now)
        #expect(skipped.contains(.close(links[0])))
    }

    @Test("An agent that says goodbye ends its own part; the others' results stand")
    func lostAgent() {
        var machine = running()
        let later = LocalInstant(ns: 50_000)
        let gap = Absence(from: LocalInstant(ns: 12_000), to: later, reason: "reset by peer")
        #expect(
            machine.received(.goodbye("reset by peer"), from: links[1], now: later)
                == [.close(links[1]), .record(.lost(agent: 1, gap))])
        let isRunning = machine.isRunning
        #expect(isRunning)
        _ = machine.received(end(after: []), from: links[0], now: later)
        let actions = machine.clockProbed(agent: 0, now: later)
        #expect(machine.agents.map(\.gap) == [nil, gap])
        #expect(ending(actions)?.kind == .ran)
    }

    @Test("Before the start a lost or unready agent ends the run, named, and all are told")
    func notReady() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        _ = machine.received(hello("node-00"), from: links[0], now: now)
        _ = machine.received(hello("node-01"), from: links[1], now: now)
        let actions = machine.received(
            .notReady("http://127.0.0.1:8000 refuses connections"), from: links[0], now: now)
        guard case .failed(let reason) = ending(actions)?.kind else {
            Issue.record("the run must fail: \(actions)")
            return
        }
        #expect(reason.contains("node-00") && reason.contains("refuses connections"))
        #expect(actions.contains(.close(links[1])))

        var slow = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        #expect(slow.ticked(now: now) == [])
        #expect(ending(slow.ticked(now: now + TimeSpan(ns: 100)))?.kind != nil)
    }

    @Test("Strangers, doubles, late comers and other versions are refused with a reason")
    func refusals() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        func code(_ actions: [CoordinatorAction]) -> Refusal.Code? {
            guard case .send(_, .refuse(let refusal)) = actions.first else { return nil }
            return refusal.code
        }
        #expect(code(machine.received(ready, from: links[0], now: now)) == .protocolViolation)
        let old = hello("node-00", versions: ProtocolVersionRange(lowest: 900, highest: 901))
        #expect(code(machine.received(old, from: links[0], now: now)) == .noCommonVersion)
        for version in [1, 900] as [UInt16] {
            let foreign = Message.foreignHello(
                ProtocolVersionRange(lowest: version, highest: version))
            #expect(code(machine.received(foreign, from: links[0], now: now)) == .noCommonVersion)
        }
        _ = machine.received(hello("node-00"), from: links[0], now: now)
        #expect(code(machine.received(hello("node-00"), from: links[1], now: now)) == .nameInUse)
        _ = machine.received(hello("node-01"), from: links[1], now: now)
        let late = machine.received(hello("node-02"), from: LinkID(9), now: now)
        #expect(code(late) == .notExpected)
    }

    @Test("A name that steers a terminal is refused where it enters, in a sentence without it")
    func steeringName() throws {
        for name in ["a\u{1B}[31m", "a\u{202E}b", ""] {
            var machine = CoordinatorMachine(
                opening: MachineSamples.opening, assignments: assignments, patience: patience)
            let actions = machine.received(hello(name), from: links[0], now: now)
            guard case .send(_, .refuse(let refusal)) = actions.first else {
                Issue.record("\(actions)")
                continue
            }
            #expect(refusal.reason.hasPrefix("the agent's name"), "\(refusal.reason)")
            #expect(refusal.reason.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 })
            #expect(machine.agents.isEmpty)
        }
    }

    @Test("The wait for the start names who is there, then who is not ready and why, then nobody")
    func wait() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        #expect(
            machine.wait == .init(cause: .joining([], missing: []), expected: 2, deadline: nil))
        _ = machine.ticked(now: now)
        let deadline = now + TimeSpan(ns: patience.joinNs)
        _ = machine.received(hello("node-00"), from: links[0], now: now)
        #expect(
            machine.wait
                == .init(
                    cause: .joining(["node-00"], missing: []), expected: 2, deadline: deadline))
        _ = machine.received(hello("node-01"), from: links[1], now: now)
        guard case .preparing(let agents) = machine.wait?.cause else {
            Issue.record("\(machine.wait as Any)")
            return
        }
        #expect(agents.map(\.name) == ["node-00", "node-01"])
        #expect(agents.allSatisfy { $0.missing == "has not confirmed its shard" })
        #expect(running().wait == nil)
    }

    @Test("Agents that do not end after a second Ctrl-C are given up, all at once and by name")
    func abandoned() {
        var machine = running()
        #expect(machine.abandoned(now: now).last != nil)
        var calm = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        #expect(calm.abandoned(now: now) == [])
        var other = running()
        _ = other.interrupted(drain: .zero, now: now)
        let ending = ending(other.abandoned(now: now))
        #expect(ending?.kind == .ran && ending?.interrupted == true)
        #expect(ending?.lossless == false && other.agents.allSatisfy { $0.gap != nil })
    }

    @Test("A name is taken from the first agent of it on, whatever the run is at")
    func names() {
        var machine = running()
        guard case .hello(var twin) = hello("node-00") else { return }
        twin.identity = AgentIdentity(high: 9, low: 9)
        let actions = machine.received(.hello(twin), from: LinkID(9), now: now)
        guard case .send(_, .refuse(let refusal)) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(refusal.code == .nameInUse && refusal.reason.contains("--name"))
    }

    @Test("Ctrl-C drains first and leaves at once the second time")
    func interrupt() {
        var machine = running()
        let modes = (0...1).map { _ in
            machine.interrupted(drain: TimeSpan(ns: 77), now: now).compactMap { action in
                if case .send(_, .stop(let command)) = action { command.mode } else { nil }
            }
        }
        #expect(modes == [[.drain(ns: 77), .drain(ns: 77)], [.now, .now]])
    }

    @Test("A journal that cannot be written ends the run with what is safe")
    func journal() {
        var machine = running()
        let actions = machine.journalFailed("tokens.log: no space left on device", now: now)
        #expect(machine.agents.allSatisfy { $0.gap != nil })
        #expect(ending(actions)?.lossless == false)
    }

    @Test("Whose End has arrived loses nothing when its link goes before it is dismissed")
    func endRacesLinkLoss() {
        for goodbye in [false, true] {
            var machine = running()
            _ = machine.received(.batch(batch(1)), from: links[0], now: now)
            _ = machine.received(end(after: [records(1)]), from: links[0], now: now)
            if goodbye {
                #expect(
                    machine.received(.goodbye("interrupted"), from: links[0], now: now)
                        == [.close(links[0])])
            } else {
                let lost = machine.linkLost(links[0], reason: "reset", now: now)
                guard case .away(0, _, _) = wishes(lost).first else {
                    Issue.record("it may come back, to hear that all is safe")
                    return
                }
            }
            // It cannot be told any more, and a Ctrl-C does not try to.
            #expect(wishes(machine.interrupted(drain: .zero, now: now)).count == 1)
            #expect(machine.journalSynced(now: now) == [])
            #expect(machine.ticked(now: now) == [])
            #expect(machine.clockProbed(agent: 0, now: now) == [])
            _ = machine.received(end(after: []), from: links[1], now: now)
            let over = ending(machine.clockProbed(agent: 1, now: now))
            #expect(over?.lossless == true)
            #expect(machine.agents.map(\.gap) == [nil, nil])
        }
    }

    @Test(
        "An agent that goes between Start and the start instant leaves a gap that is not backwards")
    func lostBeforeTheStart() {
        var machine = running()
        _ = machine.received(.goodbye("reset"), from: links[0], now: now + TimeSpan(ns: 5))
        let over = ending(
            machine.received(.goodbye("reset"), from: links[1], now: LocalInstant(ns: 20_000)))
        let start = LocalInstant(ns: 12_000)
        #expect(over?.lossless == false)
        #expect(
            machine.agents.map(\.gap) == [
                Absence(from: start, to: start, reason: "reset"),
                Absence(from: start, to: LocalInstant(ns: 20_000), reason: "reset"),
            ])
    }

    @Test("An interrupt before the start says that it was one, and a run ends once")
    func interruptedBeforeStart() {
        var machine = CoordinatorMachine(
            opening: MachineSamples.opening, assignments: assignments, patience: patience)
        _ = machine.received(hello("node-00"), from: links[0], now: now)
        #expect(ending(machine.interrupted(drain: .zero, now: now))?.interrupted == true)
        #expect(machine.interrupted(drain: .zero, now: now) == [])
        #expect(machine.journalFailed("no space left on device", now: now) == [])
        #expect(machine.linkLost(links[0], reason: "reset", now: now) == [])
        #expect(machine.ticked(now: now + .seconds(1_000)) == [])
    }

    @Test("A journal that fails ends each part where it was last heard, and tells who is there")
    func journalGap() {
        var machine = running()
        let later = now + TimeSpan(ns: 9_000)
        _ = machine.received(.batch(batch(1)), from: links[0], now: later)
        _ = machine.linkLost(links[1], reason: "reset", now: later)
        let actions = machine.journalFailed("no space", now: later + TimeSpan(ns: 1))
        #expect(
            actions.first == .send(links[0], .stop(StopCommand(mode: .now, reason: "no space"))))
        #expect(wishes(actions).count == 3)
        #expect(
            machine.agents[0].gap
                == Absence(from: later, to: later + TimeSpan(ns: 1), reason: "no space"))
        #expect(machine.linkLost(links[0], reason: "closed", now: later) == [])
    }

    @Test(
        "An agent that vanishes without a word is pinged, then waited for; one that answers is not")
    func silence() {
        var machine = running()
        var pings: [LinkID: Int] = [:]
        var closed: [Int64: LinkID] = [:]
        for tick in 0...120 as ClosedRange<Int64> {
            let instant = now + .milliseconds(100 * tick)
            for action in wishes(machine.ticked(now: instant)) {
                switch action {
                case .send(let link, .ping(let nonce)):
                    pings[link, default: 0] += 1
                    guard link == links[1] else { continue }
                    #expect(machine.received(.pong(nonce), from: link, now: instant) == [])
                case .close(let link): closed[tick] = link
                case .away(0, let absence, let until):
                    #expect(absence.reason == LinkPulse.silence)
                    #expect(until == instant + TimeSpan(ns: 30))
                default: Issue.record("unexpected: \(action)")
                }
            }
        }
        #expect(closed == [100: links[0]])
        #expect(pings == [links[0]: 4, links[1]: 6])
        let isRunning = machine.isRunning
        #expect(isRunning)
    }
}

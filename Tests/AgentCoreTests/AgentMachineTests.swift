import Bytes
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import AgentCore

private let run = RunID(high: 1, low: 2)
private let hello = Hello(
    name: "node-01", identity: AgentIdentity(high: 3, low: 4), incarnation: 1, heldRun: nil,
    bootID: "boot",
    host: HostFacts(
        hostname: "h", kernel: "k", clockSource: "tsc", cores: 2, memoryBytes: 1, gpus: []),
    targets: [TargetFacts(url: "http://127.0.0.1:8000", model: "m")], embeddedEngine: false)
private let stage = StagePlan(kind: .open, beginNs: 0, endNs: 10)
private let shard = (0..<3).map { index in
    PlannedRequest(
        index: UInt32(index * 2), phase: .scored, stage: 0, classIndex: 0,
        session: UInt32(index), turn: 0, scheduledNs: Int64(index), thinkNs: 0, inputTokens: 4,
        outputTokens: 5, prompt: [PromptSegment(seed: 9, tokens: 4)])
}
private let configuration = RunConfiguration(
    endpoint: .chat, model: "m", stages: [stage], classNames: ["chat"],
    timeouts: RequestTimeouts(
        connectNs: 1, firstTokenNs: 1, betweenTokensNs: 1, totalNs: 1),
    drainNs: 0, graceNs: 30, requests: 3, seed: 42)
private let welcome = Message.welcome(
    Welcome(
        version: ProtocolVersionRange.supported.highest, runID: run, generation: 1, agentIndex: 0,
        agentCount: 2))
private let ready = Ready(connections: 4, targets: [])
private let now = LocalInstant(ns: 1_000)
private let status = AgentStatus(
    at: now, running: 1, waiting: 2, loopBusyPermille: 3, latenessP99Ns: 4, spoolBytes: 5,
    cpuNs: 6, audit: ClientAudit())
private let end = AgentEnd(
    batches: 1, records: 9, finishes: 3, hash: 7, reason: "", audit: ClientAudit())

private func digest(_ requests: [PlannedRequest]) -> ShardDigest {
    var hasher = ShardHasher()
    hasher.add(requests)
    return hasher.digest
}

/// A machine that has gone as far as `steps` of the undisturbed run.
private func machine(after steps: Int) -> AgentMachine {
    var machine = AgentMachine(hello: hello)
    for step in 0..<steps { _ = undisturbed(step, &machine) }
    return machine
}

private let lastStep = 9

private func undisturbed(_ step: Int, _ machine: inout AgentMachine) -> [AgentAction] {
    switch step {
    case 0: machine.linkUp()
    case 1: machine.received(welcome, now: now)
    case 2: machine.received(.configure(configuration), now: now)
    case 3:
        machine.received(
            .shardChunk(ShardChunk(firstOrdinal: 0, requests: Array(shard[0..<2]))), now: now)
    case 4:
        machine.received(
            .shardChunk(ShardChunk(firstOrdinal: 2, requests: Array(shard[2...]))), now: now)
    case 5: machine.received(.shardEnd(digest(shard)), now: now)
    case 6: machine.prepared(ready)
    case 7:
        machine.received(
            .start(StartCommand(at: 5_000, offsetNs: 1_000, uncertaintyNs: 1)), now: now)
    case 8: machine.loadEnded(end)
    default: machine.received(.ended, now: now)
    }
}

@Suite("The agent's side of a run")
struct AgentMachineTests {
    @Test("Hello to End, undisturbed")
    func transcript() {
        var machine = AgentMachine(hello: hello)
        let actions = (0...lastStep).map { undisturbed($0, &machine) }
        #expect(
            actions == [
                [.send(.hello(hello))], [], [], [], [],
                [.send(.shardHeld(digest(shard))), .prepare(configuration, shard, texts: [:])],
                [.send(.ready(ready))],
                [.arm(start: LocalInstant(ns: 4_000))],
                [.send(.end(end))],
                [.deleteSpool, .closeLink, .exit(.done)],
            ])
    }

    @Test(
        "A link lost before Ready ends the agent; after the start, the load goes on for the grace")
    func linkLost() {
        for steps in [0, 1, 3, 4, 5, 6] {
            var early = machine(after: steps)
            #expect(early.linkLost("reset", now: now) == [.exit(.unavailable("reset"))])
            #expect(early.linkLost("reset", now: now) == [])
        }
        var running = machine(after: 8)
        #expect(running.linkLost("reset", now: now) == [.dial])
        let isAway = running.isAway
        #expect(isAway)
        #expect(running.ticked(now: now + TimeSpan(ns: 29)) == [])
        let actions = running.ticked(now: now + TimeSpan(ns: 30))
        guard case .stopLoad(.zero, _) = actions.first, case .exit(.orphaned) = actions.last else {
            Issue.record("an orphan stops its load and leaves: \(actions)")
            return
        }
    }

    @Test("A shard that arrives otherwise than it left is refused")
    func wrongShard() {
        var wrongHash = machine(after: 5)
        var other = digest(shard)
        other.hash ^= 1
        guard case .exit(.failed) = wrongHash.received(.shardEnd(other), now: now).last else {
            Issue.record("another hash must end the agent")
            return
        }
        var gap = machine(after: 3)
        let late = ShardChunk(firstOrdinal: 1, requests: shard)
        guard case .exit(.failed) = gap.received(.shardChunk(late), now: now).last else {
            Issue.record("a gap in the shard must end the agent")
            return
        }
        var stageless = machine(after: 3)
        var request = shard[0]
        request.stage = 1
        let chunk = ShardChunk(firstOrdinal: 0, requests: [request])
        guard case .exit(.failed) = stageless.received(.shardChunk(chunk), now: now).last else {
            Issue.record("a request of an unknown stage must end the agent")
            return
        }
    }

    @Test("Texts of prompts come before the requests that name them, and none is missing")
    func texts() {
        let texts = PromptTexts(entries: [.init(index: 7, bytes: [1, 2])])
        var named = shard
        named[0].usesTexts = true
        named[0].prompt = [PromptSegment(seed: 7, tokens: 1)]
        var hasher = ShardHasher()
        hasher.add(texts)
        hasher.add(named)
        var whole = machine(after: 3)
        #expect(whole.received(.promptTexts(texts), now: now) == [])
        let chunk = ShardChunk(firstOrdinal: 0, requests: named)
        #expect(whole.received(.shardChunk(chunk), now: now) == [])
        #expect(
            whole.received(.shardEnd(hasher.digest), now: now).last
                == .prepare(configuration, named, texts: [7: [1, 2]]))
        var missing = machine(after: 3)
        guard case .exit(.failed) = missing.received(.shardChunk(chunk), now: now).last else {
            Issue.record("a request of a text that never came must end the agent")
            return
        }
        // Other bytes under the same digest are not what was sent.
        var changed = machine(after: 3)
        let other = PromptTexts(entries: [.init(index: 7, bytes: [1, 3])])
        _ = changed.received(.promptTexts(other), now: now)
        _ = changed.received(.shardChunk(chunk), now: now)
        guard case .exit(.failed) = changed.received(.shardEnd(hasher.digest), now: now).last else {
            Issue.record("a changed text must end the agent")
            return
        }
        var late = machine(after: 5)
        guard case .exit(.failed) = late.received(.promptTexts(texts), now: now).last else {
            Issue.record("texts after requests must end the agent")
            return
        }
    }

    @Test("Any message out of turn ends the agent with a reason, and never traps")
    func outOfTurn() {
        let messages: [Message] = [
            welcome, .configure(configuration), .shardEnd(digest(shard)), .ended,
            .start(StartCommand(at: .max, offsetNs: .min, uncertaintyNs: 0)),
            .shardChunk(ShardChunk(firstOrdinal: 0, requests: shard)),
        ]
        for steps in 0...(lastStep + 1) {
            for message in messages {
                var machine = machine(after: steps)
                let first = machine.received(message, now: now)
                // Either it was expected, or the agent ends; then nothing more happens.
                if case .exit = first.last { #expect(machine.interrupted() == []) }
            }
        }
    }

    @Test("Stop drains a running load and ends an agent that has not begun")
    func stop() {
        let command = StopCommand(mode: .drain(ns: 5), reason: "interrupted")
        var running = machine(after: 8)
        #expect(
            running.received(.stop(command), now: now)
                == [.stopLoad(drain: TimeSpan(ns: 5), reason: "interrupted")])
        var waiting = machine(after: 7)
        #expect(
            waiting.received(.stop(command), now: now)
                == [.closeLink, .exit(.unavailable("interrupted"))])
    }

    @Test("A full spool ends the load in order")
    func spoolFull() {
        var machine = machine(after: 8)
        let actions = machine.spoolFailed("disk full")
        #expect(actions.first == .stopLoad(drain: .zero, reason: "disk full"))
        #expect(actions.last == .exit(.failed("disk full")))
    }

    @Test("Whoever leaves before the link is up says nothing on it")
    func leavesBeforeTheLink() {
        var interrupted = machine(after: 0)
        let leaving = interrupted.interrupted()
        guard leaving.count == 1, case .exit(.unavailable) = leaving.first else {
            Issue.record("an agent without a link only leaves: \(leaving)")
            return
        }
        var broken = machine(after: 0)
        #expect(broken.spoolFailed("disk full") == [.exit(.failed("disk full"))])
        #expect(broken.spoolFailed("disk full") == [])
    }

    @Test("Whose parent has ended leaves at once, with its load, wherever it is", arguments: 0...9)
    func parentEnded(steps: Int) {
        var machine = machine(after: steps)
        let actions = machine.interrupted(by: .parentEnded)
        guard case .exit(let exit)? = actions.last else {
            // Its part was over already.
            #expect(actions == [])
            return
        }
        let reason = "the coordinator that started this agent is gone"
        switch exit {
        case .orphaned(reason):
            #expect(actions.first == .stopLoad(drain: .zero, reason: reason))
        case .unavailable(reason): break
        default: Issue.record("\(exit)")
        }
    }

    private let started = Started(
        intended: LocalInstant(ns: 4_000), achieved: LocalInstant(ns: 4_007))
    private var backHello: Message {
        var back = hello
        back.heldRun = run
        return .hello(back)
    }
    private func welcomeBack(run: RunID = run, index: UInt16 = 0, generation: UInt64 = 1) -> Message
    {
        .welcome(
            Welcome(
                version: ProtocolVersionRange.supported.highest, runID: run, generation: generation,
                agentIndex: index, agentCount: 2,
                acknowledgedThrough: 5))
    }

    @Test("Cut off, an agent dials until it is back, and tells again what may not have arrived")
    func comesBack() {
        for steps in [8, 9] {
            var machine = machine(after: 8)
            #expect(machine.loadStarted(started) == [.send(.started(started))])
            if steps == 9 { _ = machine.loadEnded(end) }
            #expect(machine.linkLost("reset", now: now) == [.dial])
            // Dialling fails, and a new link fails before its Welcome.
            #expect(machine.linkLost("refused", now: now) == [.dial])
            #expect(machine.linkUp() == [.send(backHello)])
            #expect(machine.linkUp() == [])
            #expect(machine.linkLost("reset", now: now) == [.dial])
            // Nothing leaves meanwhile, and the load's end is told later.
            #expect(machine.statusMeasured(status) == [])
            #expect(machine.loadEnded(end) == [])
            #expect(machine.linkUp() == [.send(backHello)])
            #expect(machine.loadEnded(end) == [])
            #expect(
                machine.received(welcomeBack(generation: 2), now: now)
                    == [.send(.started(started)), .resume(acknowledgedThrough: 5)])
            #expect(machine.ticked(now: now + TimeSpan(ns: 31)) == [])
            // A person has stopped the run since the first End: the second one says the same.
            var stopped = end
            stopped.reason = "the run was interrupted"
            let said = steps == 9 ? end : stopped
            #expect(machine.loadEnded(stopped) == [.send(.end(said))])
            #expect(machine.received(.ended, now: now).last == .exit(.done))
        }
    }

    @Test("Cut off while others are waited for, with nothing dealt to it, it comes back for that")
    func welcomedComesBack() {
        var agent = machine(after: 2)
        #expect(agent.linkLost("reset", now: now) == [.dial])
        #expect(agent.linkUp() == [.send(backHello)])
        #expect(
            agent.received(welcomeBack(generation: 1), now: now)
                == [.resume(acknowledgedThrough: 5)])
        #expect(agent.received(.configure(configuration), now: now) == [])
        #expect(agent.linkLost("reset", now: now) == [.exit(.unavailable("reset"))])
        var alone = machine(after: 2)
        _ = alone.linkLost("reset", now: now)
        #expect(alone.ticked(now: now + .seconds(59)) == [])
        guard case .exit(.unavailable) = alone.ticked(now: now + .seconds(60)).last else {
            Issue.record("it dials for ever")
            return
        }
    }

    @Test("Ready and cut off, it comes back, says Ready again, and takes Start once")
    func readyComesBack() {
        var agent = machine(after: 7)
        #expect(agent.linkLost("reset", now: now) == [.dial])
        #expect(agent.linkLost("refused", now: now) == [.dial])
        #expect(agent.linkUp() == [.send(backHello)])
        #expect(
            agent.received(welcomeBack(generation: 1), now: now)
                == [.send(.ready(ready)), .resume(acknowledgedThrough: 5)])
        let start = Message.start(StartCommand(at: 5_000, offsetNs: 1_000, uncertaintyNs: 1))
        #expect(agent.received(start, now: now) == [.arm(start: LocalInstant(ns: 4_000))])
        // Told again over another link, because it may have been lost with the last.
        _ = agent.linkLost("reset", now: now)
        _ = agent.linkUp()
        _ = agent.received(welcomeBack(generation: 1), now: now)
        #expect(agent.received(start, now: now) == [])
        let other = Message.start(StartCommand(at: 6_000, offsetNs: 1_000, uncertaintyNs: 1))
        guard case .exit(.failed) = agent.received(other, now: now).last else {
            Issue.record("another start is taken")
            return
        }
        // It has nothing to lose where it stays away.
        var gone = machine(after: 7)
        _ = gone.linkLost("reset", now: now)
        #expect(
            gone.ticked(now: now + TimeSpan(ns: 30)) == [
                .closeLink,
                .exit(.unavailable("the coordinator has been gone for longer than the grace time")),
            ])
    }

    @Test("A welcome of another run, or of an older coordinator, does not take an agent back")
    func wrongWelcome() {
        let wrong = [
            welcomeBack(run: RunID(high: 9, low: 9)), welcomeBack(index: 1),
            welcomeBack(generation: 0), .ended,
        ]
        for message in wrong {
            var machine = machine(after: 8)
            _ = machine.linkLost("reset", now: now)
            _ = machine.linkUp()
            let actions = machine.received(message, now: now)
            guard case .stopLoad = actions.first, case .exit(.failed) = actions.last else {
                Issue.record("\(message) took the agent back: \(actions)")
                return
            }
        }
    }

    @Test("Refused when it comes back, or unanswered until the grace is over, an agent ends")
    func notTakenBack() {
        var refused = machine(after: 8)
        _ = refused.linkLost("reset", now: now)
        _ = refused.linkUp()
        let refusal = Message.refuse(Refusal(code: .notExpected, reason: "given up"))
        #expect(
            refused.received(refusal, now: now)
                == [
                    .stopLoad(drain: .zero, reason: "given up"), .closeLink,
                    .exit(.refused("given up")),
                ])
        var unanswered = machine(after: 8)
        _ = unanswered.linkLost("reset", now: now)
        _ = unanswered.linkUp()
        let left = unanswered.ticked(now: now + TimeSpan(ns: 30))
        #expect(left.count == 3 && left[1] == .closeLink)
    }

    @Test("An agent that is away says nothing and hears nothing, and still obeys its own node")
    func away() {
        var orphan = machine(after: 8)
        _ = orphan.linkLost("reset", now: now)
        for message in [Message.ping(1), .ended, .stop(StopCommand(mode: .now, reason: ""))] {
            #expect(orphan.received(message, now: now) == [])
        }
        #expect(orphan.statusMeasured(status) == [])
        let actions = orphan.interrupted()
        #expect(actions.count == 3)
        guard case .stopLoad = actions.first, case .exit(.orphaned) = actions.last else {
            Issue.record("an orphan has nobody to say goodbye to: \(actions)")
            return
        }
    }

    @Test("A coordinator that says goodbye or refuses during the run leaves nothing half done")
    func goodbye() {
        var running = machine(after: 8)
        #expect(running.received(.goodbye("ends"), now: now) == [.closeLink, .dial])
        #expect(running.received(.ended, now: now) == [])
        var refused = machine(after: 8)
        #expect(
            refused.received(.refuse(Refusal(code: .superseded, reason: "newer")), now: now)
                == [.stopLoad(drain: .zero, reason: "newer"), .closeLink, .exit(.refused("newer"))])
        let again = Message.refuse(Refusal(code: .superseded, reason: "newer"))
        #expect(refused.received(again, now: now) == [])
    }

    @Test("A second configuration, which the held chunks were not checked against, is refused")
    func secondConfiguration() {
        var machine = machine(after: 4)
        var other = configuration
        other.stages = []
        guard case .exit(.failed) = machine.received(.configure(other), now: now).last else {
            Issue.record("chunks would name stages that do not exist")
            return
        }
    }

    @Test(
        "A start or a grace beyond all reason is an error or a bound, never an overflow",
        arguments: [
            StartCommand(at: .max, offsetNs: 0, uncertaintyNs: 0),
            StartCommand(at: .min, offsetNs: 0, uncertaintyNs: 0),
            StartCommand(at: 0, offsetNs: 86_400_000_000_001, uncertaintyNs: 0),
        ])
    func unreasonable(command: StartCommand) {
        var far = machine(after: 7)
        guard case .exit(.failed) = far.received(.start(command), now: now).last else {
            Issue.record("a start a day away must end the agent")
            return
        }
        for grace in [Int64.max, .min] {
            var machine = AgentMachine(hello: hello)
            var patient = configuration
            patient.graceNs = grace
            _ = machine.linkUp()
            for message in [
                welcome, .configure(patient),
                .shardChunk(ShardChunk(firstOrdinal: 0, requests: shard)), .shardEnd(digest(shard)),
            ] { _ = machine.received(message, now: now) }
            _ = undisturbed(6, &machine)
            _ = undisturbed(7, &machine)
            #expect(machine.linkLost("reset", now: now) == [.dial])
            let left = machine.ticked(now: now + .seconds(1)).count
            #expect(left == (grace > 0 ? 0 : 3))
        }
    }

    @Test("A coordinator that vanishes without a word is noticed: before the run and during it")
    func silence() {
        for (steps, exits) in [(1, true), (6, true), (8, false), (9, false)] {
            var machine = machine(after: steps)
            var pings = 0
            var last: [AgentAction] = []
            for tick in 0...40 as ClosedRange<Int64> {
                last = machine.ticked(now: now + .milliseconds(250 * tick))
                if case .send(.ping) = last.first { pings += 1 }
            }
            #expect(pings == 4)
            #expect(last.first == .closeLink)
            #expect(last.count == 2)
            #expect((last.last == .dial) == !exits)
        }
    }
}

import Goodput
import Journal
import Randomness
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@testable import CoordinatorCore

/// A run of three agents to which things happen, and the record of nothing but its facts, each of
/// which went through its bytes.
private struct RecordedRun: ~Copyable {
    static let names = ["node-2", "node-10", "node-1"]
    static let assignments = [
        MachineSamples.assignment([0, 4]), MachineSamples.assignment([1]),
        MachineSamples.assignment([2, 3]),
    ]

    private(set) var machine = CoordinatorMachine(
        opening: MachineSamples.opening, assignments: assignments)
    private(set) var record = RunRecord()
    private(set) var ending: RunEnding?
    /// The first thing that the record says otherwise than the machine.
    private(set) var mismatch: String?
    private var generator: SplitMix64
    private var now = MachineSamples.now
    private var start: LocalInstant?
    private var interrupted: LocalInstant?
    private var owners: [Int32] = []
    private var links = 0
    private var sends: UInt64 = 0
    private var offset = 0
    private var concluding: Set<Int> = []
    private var isSyncDue = false
    private var batches: [[LogBatch]] = [[], [], []]

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
        perform(machine.begun())
    }

    private mutating func write(_ fact: RunFact) {
        record.add(.fact(fact.encoded()), at: offset)
        offset += 1
    }

    private mutating func perform(_ actions: [CoordinatorAction]) {
        for action in actions {
            switch action {
            case .record(let fact): write(fact)
            case .deal(let order): deal(order)
            case .append(let agent, _, let records):
                if chance(50) {
                    return perform(machine.broken(agent: agent, reason: "it is none", now: now))
                }
                batches[agent].append(records)
            case .conclude(let agent): concluding.insert(agent)
            case .syncJournal: isSyncDue = true
            case .starting(let at): start = at
            case .finish(let ending): self.ending = ending
            case .send, .close, .admitted, .away, .returned: break
            }
        }
        if mismatch == nil { mismatch = difference }
    }

    private mutating func deal(_ order: [Int]) {
        owners = Array(repeating: PlanTable.nobody, count: 5)
        for (agent, assignment) in order.enumerated() {
            var messages: [Message] = []
            Self.assignments[assignment].send { messages.append($0) }
            for message in messages {
                switch message {
                case .shardChunk, .shardEnd: write(.told(agent: agent, message))
                default: break
                }
            }
            for request in Self.assignments[assignment].requests {
                owners[Int(request.index)] = Int32(agent)
            }
        }
    }

    // MARK: Events

    private mutating func chance(_ part: Int) -> Bool {
        Int.random(in: 0..<part, using: &generator) == 0
    }

    /// Lets something happen; most of it as it should.
    mutating func step() {
        now = now + TimeSpan(ns: Int64.random(in: 0...6, using: &generator))
        if chance(60) { now = now + .seconds(3) }
        let agent = Int.random(in: 0..<3, using: &generator)
        let link = agent < machine.agents.count ? machine.agents[agent].link : LinkID(links)
        switch Int.random(in: 0..<800, using: &generator) {
        case 0..<2:
            if machine.isRunning, interrupted == nil { interrupted = now }
            perform(machine.interrupted(drain: TimeSpan(ns: 20), now: now))
        case 2: perform(machine.received(.goodbye("enough"), from: link, now: now))
        case 3: perform(machine.processEnded(name: Self.names[agent], reason: "died", now: now))
        case 4: perform(machine.received(.shardHeld(ShardHasher().digest), from: link, now: now))
        case 5: perform(machine.abandoned(now: now))
        case 6: perform(machine.journalFailed("no space", now: now))
        case 7: perform(machine.received(hello(agent, incarnation: 2), from: newLink(), now: now))
        case 8..<60 where machine.isRunning || chance(6):
            perform(machine.linkLost(link, reason: "reset", now: now))
        case 60..<70: perform(machine.received(hello(agent), from: newLink(), now: now))
        case 70..<200: perform(machine.ticked(now: now))
        case 200..<280 where isSyncDue:
            isSyncDue = false
            perform(machine.journalSynced(now: now))
        case 280..<340 where concluding.remove(agent) != nil:
            perform(machine.clockProbed(agent: agent, now: now))
        default: goOn(agent)
        }
    }

    private mutating func newLink() -> LinkID {
        links += 1
        return LinkID(links)
    }

    private func hello(_ agent: Int, incarnation: UInt64 = 1) -> Message {
        guard case .hello(var hello) = MachineSamples.hello(Self.names[agent]) else {
            preconditionFailure("the sample is a Hello")
        }
        hello.incarnation = incarnation
        hello.heldRun = agent < machine.agents.count && incarnation == 1 ? MachineSamples.run : nil
        return .hello(hello)
    }

    private mutating func audit() -> ClientAudit {
        sends += 1
        var audit = ClientAudit()
        audit.sends = sends
        return audit
    }

    /// The agent takes its next step.
    private mutating func goOn(_ agent: Int) {
        guard agent < machine.agents.count else {
            // Names join in their order, so that an agent's index is its name's.
            let next = machine.agents.count
            return perform(machine.received(hello(next), from: newLink(), now: now))
        }
        let track = machine.agents[agent]
        guard machine.agent(of: track.link) == agent else {
            return perform(machine.received(hello(agent), from: newLink(), now: now))
        }
        guard let message = word(of: agent, track) else { return }
        perform(machine.received(message, from: track.link, now: now))
    }

    private mutating func word(of agent: Int, _ track: AgentTrack) -> Message? {
        switch track.phase {
        case .dealt: return track.assignmentIndex.map { .shardHeld(Self.assignments[$0].digest) }
        case .holding: return MachineSamples.ready
        case .ready:
            let bound = ClockBound(
                offsetNs: Int64.random(in: -99...99, using: &generator), uncertaintyNs: 5,
                at: now, ratePPM: 20)
            perform(machine.clockBound(agent: agent, bound, now: now))
            return nil
        case .running where track.started == nil:
            return .started(Started(intended: now, achieved: now))
        case .running where chance(6):
            guard case .end(var end) = MachineSamples.end(after: batches[agent]) else { return nil }
            if chance(12) { end.hash &+= 1 }
            end.audit = audit()
            return .end(end)
        case .running where chance(2): return .batch(MachineSamples.batch(track.batches + 1))
        case .ending(let end): return .end(end)
        case .joined, .running, .ended, .lost:
            return .status(
                AgentStatus(
                    at: now, running: 0, waiting: 0, loopBusyPermille: 0, latenessP99Ns: 0,
                    spoolBytes: 0, cpuNs: 0, audit: audit()))
        }
    }

    // MARK: The record

    private var difference: String? {
        if let fault = record.fault { return "fact \(fault.offset): \(fault.problem)" }
        if record.agents.count != machine.agents.count { return "\(record.agents.count) agents" }
        if record.start != start { return "start at \(record.start as Any)" }
        if record.interrupted != interrupted { return "stopped at \(interrupted as Any)" }
        if Array(record.plan.owners) != (owners.isEmpty ? [-1, -1, -1, -1, -1] : owners) {
            return "owners \(record.plan.owners)"
        }
        for agent in record.agents.indices {
            if let part = Self.difference(record.agents[agent], machine.agents[agent]) {
                return "\(part) of agent \(agent)"
            }
        }
        guard let ending, case .ran = ending.kind else {
            return record.ended == nil ? nil : "an end before it"
        }
        if record.ended != now { return "ended at \(record.ended as Any)" }
        if record.isLossless != ending.lossless { return "lossless \(record.isLossless)" }
        return (record.interrupted != nil) == ending.interrupted ? nil : "interrupted"
    }

    private static func difference(_ said: AgentRecord, _ track: AgentTrack) -> String? {
        if said.hello != track.hello { return "Hello" }
        if said.ready != track.ready { return "ready" }
        if said.started != track.started { return "started" }
        if said.start != track.start { return "start" }
        if let start = said.start {
            if start.offsetNs != track.clock?.offsetNs { return "offset" }
            if start.uncertaintyNs != track.clock?.uncertaintyNs { return "uncertainty" }
            if start.at != track.clock?.at.ns { return "instant of the bound" }
        }
        if said.audit != track.audit { return "audit" }
        if said.absences != track.absences { return "absences" }
        if said.lost != track.gap { return "loss" }
        switch track.phase {
        case .ending(let end), .ended(let end): return said.end?.said == end ? nil : "End"
        case .lost: return nil
        default: return said.end == nil ? nil : "an End that nobody said"
        }
    }
}

@Suite("The record of a machine's facts")
struct RecordedRunTests {
    @Test("The record says what the machine knows, after every event of runs with faults")
    func sameAsTracks() {
        var (ran, lossless, lost, absent, interrupted, failed) = (0, 0, 0, 0, 0, 0)
        for seed in 0..<400 as Range<UInt64> {
            var run = RecordedRun(seed: seed)
            var steps = 0
            while run.ending == nil, run.mismatch == nil, steps < 2_000 {
                run.step()
                steps += 1
            }
            let (mismatch, ending) = (run.mismatch, run.ending)
            #expect(mismatch == nil && ending != nil, "seed \(seed): \(mismatch ?? "no end")")
            if case .ran = ending?.kind { ran += 1 } else { failed += 1 }
            lossless += ending?.lossless == true ? 1 : 0
            interrupted += run.record.interrupted == nil ? 0 : 1
            lost += run.record.agents.count { $0.lost != nil }
            absent += run.record.agents.reduce(0) { $0 + $1.absences.count }
        }
        // The runs were hard enough to prove anything, and some went well.
        let counts = "\((ran, lossless, lost, absent, interrupted, failed))"
        #expect(ran > 150 && lossless > 50 && failed > 50, "\(counts)")
        #expect(lost > 100 && absent > 500 && interrupted > 30, "\(counts)")
    }
}

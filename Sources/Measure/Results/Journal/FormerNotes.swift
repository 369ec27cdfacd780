import ClockSync
import JSON
import Journal
import RunRecord
import TimeBase
import Wire

/// The notes of a journal of format 2: which agent is which, what each was dealt, when all began.
struct FormerNotes {
    /// An agent, at the byte at which its note begins. After a reboot it has another one.
    struct Agent {
        var index: Int
        var name: String
        var bootID: String
        var timeNamespace: String
        /// Requests that it was dealt.
        var requests: [UInt32]
        var offset: Int
    }

    /// In the order of the notes.
    private(set) var agents: [Agent] = []
    /// The start on the coordinator's clock; nil where no note says it.
    private(set) var start: LocalInstant?
    /// Coordinator minus agent as the start knew it, ns, by agent.
    private(set) var offsetsNs: [Int64] = []
    /// Batches of each agent whose part ended in order.
    private(set) var ends: [Int: UInt64] = [:]
    /// Notes that are whole and make no sense.
    private(set) var faults: [JournalDamage.Stretch] = []

    /// Takes in the entry that begins at byte `offset`; all but notes and ends are passed over.
    mutating func add(_ entry: JournalEntry, at offset: Int) {
        switch entry {
        case .note(let text):
            do throws(JSONFieldError) {
                try add(Self.json(text), at: offset)
            } catch {
                faults.append(
                    JournalDamage.Stretch(
                        offset: offset, end: nil, problem: "a note \(error.problem)"))
            }
        case .end(let end): ends[Int(end.agentIndex)] = end.batches
        case .batch, .probes, .fact: break
        }
    }

    private static func json(_ text: String) throws(JSONFieldError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: text)
        } catch {
            throw JSONFieldError(problem: "is no JSON: \(error)")
        }
    }

    private mutating func add(_ note: JSONValue, at offset: Int) throws(JSONFieldError) {
        if let json = note.optional("agent") {
            let clock = try json.field("clock", "an object") { $0 }
            agents.append(
                Agent(
                    index: try json.integer("index"), name: try json.text("name"),
                    bootID: try clock.text("bootID"),
                    timeNamespace: try clock.text("timeNamespace"),
                    requests: try Self.numbers("requests", in: json), offset: offset))
        } else if let json = note.optional("start") {
            let offsets: [Int64] = try Self.numbers("offsetsNs", in: json)
            guard offsets.count <= WireLimits.agents else {
                throw JSONFieldError(problem: "names more than \(WireLimits.agents) agents")
            }
            let ns: Int64 = try json.integer("rawNs")
            guard RunFact.instants.contains(ns), offsets.allSatisfy(RunFact.instants.contains)
            else {
                throw JSONFieldError(problem: "has a `start` that is centuries away")
            }
            start = LocalInstant(ns: ns)
            offsetsNs = offsets
        } else {
            throw JSONFieldError(problem: "is neither of an agent nor of the start")
        }
    }

    private static func numbers<Number: FixedWidthInteger>(
        _ name: String, in json: JSONValue
    ) throws(JSONFieldError) -> [Number] {
        try json.list(name) { value throws(JSONFieldError) in
            guard let number = value.int64.flatMap(Number.init(exactly:)) else {
                throw JSONFieldError(problem: "is no number in its range")
            }
            return number
        }
    }

    /// The agent of each request of the plan, -1 for none. All of a plan is dealt, so that its
    /// requests are no more than are named.
    var owners: [Int32] {
        let named = agents.reduce(0) { $0 + $1.requests.count }
        let last = agents.lazy.compactMap { $0.requests.max() }.max()
        let count = min(named, last.map { Int($0) + 1 } ?? 0)
        var owners = [Int32](repeating: -1, count: min(count, WireLimits.requests))
        for agent in agents {
            guard let index = Int32(exactly: agent.index) else { continue }
            for id in agent.requests where Int(id) < owners.count { owners[Int(id)] = index }
        }
        return owners
    }
}

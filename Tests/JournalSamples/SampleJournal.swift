import RunRecord
import TimeBase
package import TokenLog
import Wire
import Workload

/// The journal of a whole run of several agents whose batches and probes lie among each other.
package struct SampleJournal {
    package var agents = 2
    package var requestsEach = 4
    /// Batches of so many records of one agent.
    package var recordsPerBatch = 7
    package var trains = 4
    /// Coordinator minus agent for agents with a clock of their own; nil for shared clocks.
    package var offsetNs: Int64?

    package init() {}

    /// The agent of a request.
    package func agent(of id: UInt32) -> Int { Int(id) % agents }

    /// When a request is due: 50 ms after the one before, so that an agent's overlap.
    private func due(_ id: UInt32) -> Double { Double(id) / 20 }

    /// Length of the load, s.
    package var seconds: Double { due(UInt32(agents * requestsEach)) + 0.1 }

    private func boot(_ agent: Int) -> String {
        offsetNs == nil ? JournalDraft.boot : "boot-\(agent + 1)"
    }

    private func offset(_ agent: Int) -> Int64 { (offsetNs ?? 0) * Int64(agent + 1) }

    private func ids(of agent: Int) -> [UInt32] {
        (0..<requestsEach).map { UInt32($0 * agents + agent) }
    }

    /// The records of each batch of an agent, and when it was made.
    package func batches(of agent: Int) -> [(at: Double, records: [LogRecord])] {
        let records = ids(of: agent).flatMap { id in
            recordsOf(id, due(id), offset(agent))
        }.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        return stride(from: 0, to: records.count, by: recordsPerBatch).map { begin in
            let part = records[begin..<min(begin + recordsPerBatch, records.count)]
            return (part[part.endIndex - 1].at, part.map(\.record))
        }
    }

    /// A request of three tokens, 40 ms apart.
    private func recordsOf(
        _ id: UInt32, _ due: Double, _ offsetNs: Int64
    ) -> [(at: Double, id: UInt32, record: LogRecord)] {
        [(due, id, JournalDraft.sent(id, due, sent: due + 0.000_05, offsetNs: offsetNs))]
            + (1...3).map {
                let at = due + Double($0) * 0.04
                return (at, id, JournalDraft.token(id, at, offsetNs: offsetNs))
            }
            + [
                (due + 0.13, id, JournalDraft.finish(id, due + 0.13, tokens: 3, offsetNs: offsetNs))
            ]
    }

    /// The journal as its coordinator leaves it.
    package var draft: JournalDraft {
        var draft = JournalDraft(agents: agents, requests: agents * requestsEach)
        draft.open()
        for agent in 0..<agents {
            draft.hear(.hello(JournalDraft.hello(agent, boot: boot(agent))), by: agent)
        }
        for agent in 0..<agents {
            draft.deal(ids(of: agent), to: agent) { Int64(due($0) * 1e9) }
        }
        for agent in 0..<agents { draft.hear(.ready(JournalDraft.ready()), by: agent) }
        for agent in 0..<agents {
            draft.probe(agent, train: 0, at: -0.5, offsetNs: offset(agent))
        }
        for agent in 0..<agents { draft.start(agent, offsetNs: offset(agent)) }
        writeAgain(&draft)
        for agent in 0..<agents {
            draft.began(agent, lateNs: 3_000, offsetNs: offset(agent))
        }
        writeLoad(&draft)
        for agent in 0..<agents { draft.end(agent, at: seconds + 0.05) }
        draft.end(at: seconds + 0.1)
        return draft
    }

    /// The facts that stand there twice.
    private func writeAgain(_ draft: inout JournalDraft) {
        draft.open()
        for agent in 0..<agents {
            draft.hear(.hello(JournalDraft.hello(agent, boot: boot(agent))), by: agent)
            draft.hear(.ready(JournalDraft.ready()), by: agent)
            draft.start(agent, offsetNs: offset(agent))
        }
    }

    private func writeLoad(_ draft: inout JournalDraft) {
        enum Entry {
            case probe(UInt32)
            case batch([LogRecord])
        }
        var entries: [(at: Double, agent: Int, entry: Entry)] = []
        for agent in 0..<agents {
            entries += batches(of: agent).map { ($0.at, agent, .batch($0.records)) }
            entries += (1..<UInt32(max(2, trains))).map { train in
                (seconds * Double(train) / Double(trains - 1), agent, .probe(train))
            }
        }
        for (at, agent, entry) in entries.sorted(by: { ($0.at, $0.agent) < ($1.at, $1.agent) }) {
            switch entry {
            case .probe(let train):
                draft.probe(agent, train: train, at: at, offsetNs: offset(agent))
            case .batch(let records): draft.batch(agent, records)
            }
        }
    }
}

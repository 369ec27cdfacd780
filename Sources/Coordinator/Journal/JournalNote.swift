import ClockSync
import CoordinatorCore
import Foundation
import TimeBase
import Wire

/// What the journal says beside the batches, so that it can be read by itself: which agent is which,
/// when the run started, and every clock exchange.
enum JournalNote: Codable, Hashable {
    /// Agent `index` joined: whether its clock is the coordinator's own, its requests of the plan.
    case agent(index: Int, name: String, sharesClock: Bool, requests: [UInt32])
    /// All agents began at this instant of the coordinator's CLOCK_MONOTONIC_RAW, ns; coordinator
    /// minus agent as it was known then, an agent each.
    case start(rawNs: Int64, offsetsNs: [Int64])
    /// Exchanges with agent `index`: train, member, t1, t2, t3, t4 each.
    case clock(index: Int, exchanges: [[Int64]])

    /// One JSON object.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    init(json: String) throws {
        self = try JSONDecoder().decode(JournalNote.self, from: Data(json.utf8))
    }

    /// At most this many exchanges stand in one note, far below the limit of a journal entry.
    static let exchangesPerNote = 50_000
    /// At most this many requests stand in one note.
    static let requestsPerNote = 500_000

    static func clock(of agent: Int, _ exchanges: [ClockExchange]) -> [JournalNote] {
        stride(from: 0, to: exchanges.count, by: exchangesPerNote).map { begin in
            let part = exchanges[begin..<min(begin + exchangesPerNote, exchanges.count)]
            return .clock(
                index: agent,
                exchanges: part.map {
                    [Int64($0.train), Int64($0.member), $0.t1, $0.t2, $0.t3, $0.t4]
                })
        }
    }

    static func agent(
        _ index: Int, name: String, sharesClock: Bool, requests: [UInt32]
    ) -> [JournalNote] {
        stride(from: 0, to: max(1, requests.count), by: requestsPerNote).map { begin in
            .agent(
                index: index, name: name, sharesClock: sharesClock,
                requests: Array(requests.dropFirst(begin).prefix(requestsPerNote)))
        }
    }
}

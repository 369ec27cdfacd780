import Foundation
import TimeBase
import Wire

/// Notes that the journal holds beside the batches, so that it can be read by itself: which agent
/// is which, and when the run started.
enum JournalNote: Codable, Hashable {
    /// Agent `index` has its part of the plan: its clock, and the requests that it was dealt.
    case agent(index: Int, name: String, clock: Clock, requests: [UInt32])
    /// All agents began at this instant of the coordinator's CLOCK_MONOTONIC_RAW, ns; coordinator
    /// minus agent as it was known then, an agent each.
    case start(rawNs: Int64, offsetsNs: [Int64])

    /// The clock of an agent's stamps.
    struct Clock: Codable, Hashable {
        var bootID: String
        var timeNamespace: String
        /// Whether it has the name of the coordinator's own.
        var isOwn: Bool
    }

    /// One JSON object.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    init(json: String) throws {
        self = try JSONDecoder().decode(JournalNote.self, from: Data(json.utf8))
    }

    /// At most this many requests stand in one note.
    static let requestsPerNote = 500_000

    static func agent(
        _ index: Int, name: String, clock: Clock, requests: [UInt32]
    ) -> [JournalNote] {
        stride(from: 0, to: max(1, requests.count), by: requestsPerNote).map { begin in
            .agent(
                index: index, name: name, clock: clock,
                requests: Array(requests.dropFirst(begin).prefix(requestsPerNote)))
        }
    }
}

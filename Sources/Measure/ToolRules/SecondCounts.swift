import Goodput

/// Events, and requests that were open, in each second from a begin on.
///
/// Only seconds in which something was are kept, so that far times take no memory.
struct SecondCounts: Sendable {
    private let begin: Int64?
    private var events: [Int64: Int] = [:]
    /// The changes of the number of open requests where a second begins.
    private var changes: [Int64: Int] = [:]

    private static let second: Int64 = 1_000_000_000

    init(from begin: Int64?) { self.begin = begin }

    /// Counts a request from its send to `end`, and its events.
    ///
    /// - Returns: Whether its times can be told in ns from the begin.
    mutating func add(_ tokens: [TokenEvent], of request: KeptRequest, until end: Int64) -> Bool {
        guard let begin, let sent = request.sent else { return true }
        let (offset, overflow) = sent.subtractingReportingOverflow(begin)
        let (_, isFar) = offset.addingReportingOverflow(request.finish - sent)
        guard !overflow, !isFar else { return false }
        var held = (second: Int64.min, count: 0)
        var next = Int64.min
        for event in tokens {
            let time = offset + (event.time - sent)
            if time >= next {
                if held.count > 0 { events[held.second, default: 0] += held.count }
                held = (time / Self.second, 0)
                next = (held.second + 1).multipliedReportingOverflow(by: Self.second).partialValue
            }
            held.count += 1
        }
        if held.count > 0 { events[held.second, default: 0] += held.count }
        changes[offset / Self.second, default: 0] += 1
        changes[(offset + (end - sent)) / Self.second + 1, default: 0] -= 1
        return true
    }

    /// The most events in one second; nil where no send is known.
    var peakEvents: Int? { begin.map { _ in events.values.max() ?? 0 } }

    /// The most requests that were open at some moment of one second; nil where no send is known.
    var peakRequests: Int? {
        begin.map { _ in
            var open = 0
            var most = 0
            for change in changes.sorted(by: { $0.key < $1.key }) {
                open += change.value
                most = max(most, open)
            }
            return most
        }
    }
}

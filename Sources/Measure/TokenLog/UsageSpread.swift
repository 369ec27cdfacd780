/// The records of one request with `usage` tokens spread over their events as evenly as whole
/// numbers allow, for a server that says only at the end how many tokens its events carried.
///
/// Event i of k gets `ceil((i + 1) usage / k) - ceil(i usage / k)` tokens, so that the first event
/// keeps a token however few there are; an event left without one is dropped, for it showed
/// nothing countable. A share beyond what one record holds becomes several records with one stamp.
///
/// - Parameters:
///   - usage: the trusted count of output tokens.
///   - events: the request's token records, in their order.
/// - Returns: records whose counts add up to `usage`; `events` themselves when they already do;
///   none when there are no events, since a count has then no instant to go to.
/// - Complexity: O(records + usage / 65,535).
package func spread(usage: UInt32, over events: [TokenRecord]) -> [TokenRecord] {
    let sum = events.reduce(0 as UInt64) { $0 + UInt64($1.count) }
    guard sum != UInt64(usage) else { return events }
    var spread: [TokenRecord] = []
    spread.reserveCapacity(events.count)
    let parts = events.reduce(0 as UInt64) { $0 + UInt64($1.events) }
    func share(before part: UInt64) -> UInt64 { (part * UInt64(usage) + parts - 1) / parts }
    var part: UInt64 = 0
    for event in events {
        var rest = share(before: part + UInt64(event.events)) - share(before: part)
        part += UInt64(event.events)
        while rest > 0 {
            var record = event
            record.count = UInt16(min(rest, UInt64(UInt16.max)))
            record.events = min(record.events, record.count)
            rest -= UInt64(record.count)
            spread.append(record)
        }
    }
    return spread
}

/// The same requests in two runs of one plan: how long the reader of each waited, in both.
struct WaitPairs {
    /// ns: with the base, and with the other.
    let waits: [(base: Int64, other: Int64)]
    /// Requests whose reader waits less with the other, more, as long, and in neither.
    let less: Int
    let more: Int
    let asLong: Int
    let never: Int

    /// Waits and differences up to here are none, ns.
    static let least: Int64 = 10_000_000

    /// Pairs requests by id; those that one of the two lacks are left out.
    init(_ base: ComparedRequests, _ other: ComparedRequests) {
        let its = Dictionary(
            base.rows.map { ($0.id, $0.idle) }, uniquingKeysWith: { first, _ in first })
        waits = other.rows.compactMap { row in its[row.id].map { ($0, row.idle) } }
        let waiting = waits.filter { max($0.base, $0.other) > Self.least }
        never = waits.count - waiting.count
        less = waiting.count { $0.base - $0.other > Self.least }
        more = waiting.count { $0.other - $0.base > Self.least }
        asLong = waiting.count - less - more
    }
}

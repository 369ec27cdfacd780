import TokenLog

/// Requests that the end of the drain time cut or kept from being sent.
struct DrainTally {
    /// Requests that were in flight and were cut.
    private(set) var cut = 0
    /// Later turns that would have become due after it.
    private(set) var unsent = 0

    mutating func add(_ finishes: [FinishRecord]) {
        for finish in finishes where finish.error?.kind == .drained {
            if finish.outcome == .notNeeded { unsent += 1 } else { cut += 1 }
        }
    }

    /// One sentence for people; nil where it did nothing.
    var sentence: String? {
        guard cut + unsent > 0 else { return nil }
        let requests = cut == 1 ? "1 request was" : "\(cut) requests were"
        let turns = unsent == 1 ? "1 later turn was" : "\(unsent) later turns were"
        let parts =
            (cut > 0 ? ["\(requests) still in flight and cut, unfinished"] : [])
            + (unsent > 0 ? ["\(turns) never sent"] : [])
        return "the drain time after the last stage ran out: \(parts.joined(separator: ", and ")); "
            + "a longer --drain lets them end"
    }
}

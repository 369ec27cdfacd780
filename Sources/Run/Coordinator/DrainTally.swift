import PlainText
import TokenLog

/// Requests that the end of the drain time cut or kept from being sent.
struct DrainTally {
    /// Requests that were in flight and were cut.
    private(set) var cut = 0
    /// Later turns that would have become due after it.
    private(set) var unsent = 0
    /// Requests that were due and still waited for a slot.
    private(set) var withoutSlot = 0

    mutating func add(_ batch: LogBatch) {
        guard batch.finishes.contains(where: { $0.error?.kind == .drained }) else { return }
        // The two records of a request that never left are logged together.
        let never = Set(batch.sent.lazy.filter { $0.sent == nil }.map(\.request))
        for finish in batch.finishes where finish.error?.kind == .drained {
            switch finish.outcome {
            case .notNeeded: unsent += 1
            case _ where never.contains(finish.request): withoutSlot += 1
            default: cut += 1
            }
        }
    }

    /// One sentence for people; nil where it did nothing.
    var sentence: String? {
        guard cut + unsent + withoutSlot > 0 else { return nil }
        let requests = cut == 1 ? "1 request was" : "\(cut) requests were"
        let turns = unsent == 1 ? "1 later turn was" : "\(unsent) later turns were"
        let waited = Figures.count(withoutSlot, "request")
        let parts =
            (cut > 0 ? ["\(requests) still in flight and cut, unfinished"] : [])
            + (withoutSlot > 0 ? ["\(waited) that waited for a place never sent"] : [])
            + (unsent > 0 ? ["\(turns) never sent"] : [])
        return "the drain time after the last stage ran out: \(parts.joined(separator: ", and ")); "
            + "a longer --drain lets them end"
    }
}

import DequeModule

/// Since when slots among the requests in flight are free: the newest ends of requests.
///
/// The slot that has been free longest, of k free ones, became so at the k-th newest end.
struct FreeSlots {
    /// The greatest bound of a stage; nil where none has one, and then nothing is kept.
    private let most: Int?
    private var ends: Deque<Int64> = []

    init(most: UInt32?) { self.most = most.map { Int($0) } }

    var areBounded: Bool { most != nil }

    mutating func freed(at offset: Int64) {
        guard let most, most > 0 else { return }
        if ends.count == most { ends.removeFirst() }
        ends.append(offset)
    }

    /// Since when `free` > 0 slots are free, ns after the start; the least value for always.
    func freeSince(_ free: Int) -> Int64 {
        free > ends.count ? .min : ends[ends.count - free]
    }
}

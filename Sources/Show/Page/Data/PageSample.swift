import Randomness

/// The choice of the requests that a page holds one by one: all of them, or, of a long run, one in
/// so many by their ids, so that equal runs have equal pages. Sums are always of all.
struct PageSample {
    /// 1 where all are held.
    let every: Int

    /// Requests up to which a page holds all, and about how many it holds of more.
    static let mostWhole = 100_000
    private static let about = 50_000

    init(requests: Int, mostWhole: Int = mostWhole) {
        let about = min(Self.about, mostWhole)
        every = requests > mostWhole ? (requests + about - 1) / max(1, about) : 1
    }

    var isWhole: Bool { every == 1 }

    /// Whether the request `id` is held. Ids are mixed, since a plan deals them in turn.
    func holds(_ id: Int) -> Bool {
        isWhole || mix64(UInt64(id) &+ goldenIncrement) % UInt64(every) == 0
    }
}

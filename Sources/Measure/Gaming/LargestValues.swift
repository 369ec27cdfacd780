import Goodput

/// The largest of many values of at least 0, as many as a percentile near the top is made from:
/// exact, in one pass and in the memory of a small share of them.
struct LargestValues: Sendable {
    /// How many values there were.
    private(set) var count = 0
    /// How many of the largest are sure to be held.
    private let most: Int
    /// All values above ``floor``, in any order, and some equal to it.
    private var values: [Int64] = []
    /// At least ``most`` values are no less, or it is 0.
    private var floor: Int64 = 0

    /// The largest values of at most `total` ones: enough for their 99th percentile.
    init(of total: Int) {
        most = max(0, total) / 100 + 2
    }

    /// Takes in `count` values of 0.
    mutating func addZeros(_ count: Int) { self.count += count }

    /// Takes in a value. O(1) amortised.
    mutating func add(_ value: Int64) {
        count += 1
        guard value > floor else { return }
        if values.isEmpty { values.reserveCapacity(room) }
        values.append(value)
        if values.count == room { thin() }
    }

    /// How many are held at most: a quarter more than must be, so that thinning costs little a
    /// value.
    private var room: Int { most + most / 4 + 1 }

    private mutating func thin() {
        let surplus = values.count - most
        floor = values.withUnsafeMutableBufferPointer { $0.select(rank: surplus) }
        values.removeFirst(surplus)
    }

    /// The value of a rank, from 0 for the least; nil where more values came than were announced
    /// and it is not held.
    private mutating func value(ofRank rank: Int) -> Int64? {
        let fromTop = count - 1 - rank
        guard fromTop < values.count else { return floor == 0 ? 0 : nil }
        return values.withUnsafeMutableBufferPointer {
            $0.select(rank: $0.count - 1 - fromTop)
        }
    }

    /// Their 99th percentile, and the greatest of the values that it is made from; nil without
    /// values, and where more came than were announced. The values are let go.
    mutating func p99() -> (percentile: Double, greatest: Int64)? {
        defer { values = [] }
        guard count > 0 else { return nil }
        let place = InterpolatedRank(.p99, of: count)
        guard let lower = value(ofRank: place.lower) else { return nil }
        guard place.weight > 0 else { return (Double(lower), lower) }
        guard let upper = value(ofRank: place.upper) else { return nil }
        return (place.value { Double($0 == place.lower ? lower : upper) }, upper)
    }
}

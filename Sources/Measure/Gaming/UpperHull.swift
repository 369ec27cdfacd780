/// The upper convex hull of a stream's tokens so far, time over index: of all earlier tokens only
/// its corners can be the one with the least slope to a later point.
///
/// Points are added with rising index and rising time; O(1) amortised.
struct UpperHull: Sendable {
    /// A token's index and its time, ns after `scheduled`; or any point as far to the right.
    struct Point: Hashable, Sendable {
        var index: Int64
        var time: Int64

        /// The slope to a later point, rounded up.
        func slopeRoundedUp(to other: Point) -> Int64 {
            let steps = other.index - index
            return steps == 1 ? other.time - time : (other.time - time - 1) / steps + 1
        }

        /// The slope to a later point, rounded down.
        func slopeRoundedDown(to other: Point) -> Int64 {
            (other.time - time) / (other.index - index)
        }
    }

    private var corners: [Point] = []

    /// Forgets all points.
    mutating func removeAll() { corners.removeAll(keepingCapacity: true) }

    /// Adds a point right of all others.
    ///
    /// - Returns: The one of least slope to it; nil for the first point.
    mutating func add(_ point: Point) -> Point? {
        while corners.count > 1,
            Self.isCovered(corners[corners.count - 1], corners[corners.count - 2], point)
        {
            corners.removeLast()
        }
        let before = corners.last
        corners.append(point)
        return before
    }

    /// The point of least slope to `point` among those left of it; nil without any. `point` lies no
    /// further left than the newest one and, at the same index, no lower. O(log corners).
    func leastSlope(to point: Point) -> Point? {
        guard let newest = corners.last else { return nil }
        var high = newest.index < point.index ? corners.count - 1 : corners.count - 2
        guard high >= 0 else { return nil }
        var low = 0
        while low < high {
            let middle = (low + high) / 2
            if Self.isCovered(corners[middle + 1], corners[middle], point) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return corners[low]
    }

    /// Whether `point`, between `left` and `right`, lies no higher than the line through them.
    private static func isCovered(_ point: Point, _ left: Point, _ right: Point) -> Bool {
        Int128(point.time - left.time) * Int128(right.index - left.index)
            <= Int128(right.time - left.time) * Int128(point.index - left.index)
    }
}

/// A convex set of what an offset and its rate may be at one instant: vertices (g, g'), in ns and
/// ns a second, counterclockwise.
///
/// Every operation may enlarge the set and none cuts away what is possible: what it is used for is
/// a guarantee.
struct OffsetPolygon: Sendable {
    /// An offset, ns, with a rate, ns a second.
    struct Point: Hashable, Sendable {
        var x: Double
        var y: Double

        init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Above this many vertices the set is enlarged to one with ``kept``.
    private static let most = 24
    private static let kept = 12

    private(set) var vertices: [Point] = []
    private var spare: [Point] = []
    private var sides: [Double] = []

    var isEmpty: Bool { vertices.isEmpty }

    init() {
        vertices.reserveCapacity(Self.most + 8)
        spare.reserveCapacity(Self.most + 8)
        sides.reserveCapacity(Self.most + 8)
    }

    init(_ vertices: some Sequence<Point>) {
        self.init()
        self.vertices.append(contentsOf: vertices)
    }

    /// Becomes the box of these offsets and rates.
    mutating func reset(offsets: ClosedRange<Double>, rates: ClosedRange<Double>) {
        vertices.removeAll(keepingCapacity: true)
        vertices.append(Point(offsets.lowerBound, rates.lowerBound))
        vertices.append(Point(offsets.upperBound, rates.lowerBound))
        vertices.append(Point(offsets.upperBound, rates.upperBound))
        vertices.append(Point(offsets.lowerBound, rates.upperBound))
    }

    mutating func assign(_ points: some Collection<Point>) {
        vertices.removeAll(keepingCapacity: true)
        vertices.append(contentsOf: points)
    }

    mutating func removeAll() { vertices.removeAll(keepingCapacity: true) }

    /// Keeps the part where `normal` times the point is at least `least`; may empty the set.
    ///
    /// - Complexity: O(vertices).
    mutating func clip(_ normal: Point, atLeast least: Double) {
        // Most constraints cut nothing, or so little that the edge would have no direction.
        let touched = least - (normal.x.magnitude + normal.y.magnitude) * 1e-6
        var cuts = false
        for vertex in vertices where vertex.x * normal.x + vertex.y * normal.y < touched {
            cuts = true
            break
        }
        if !cuts { return }
        sides.removeAll(keepingCapacity: true)
        var outside = 0
        for vertex in vertices {
            let side = vertex.x * normal.x + vertex.y * normal.y - least
            sides.append(side)
            if side < 0 { outside += 1 }
        }
        guard outside < vertices.count else { return vertices.removeAll(keepingCapacity: true) }
        spare.removeAll(keepingCapacity: true)
        var last = vertices.count - 1
        for index in vertices.indices {
            if (sides[last] < 0) != (sides[index] < 0) {
                let share = sides[last] / (sides[last] - sides[index])
                let (a, b) = (vertices[last], vertices[index])
                spare.append(Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share))
            }
            if sides[index] >= 0 { spare.append(vertices[index]) }
            last = index
        }
        swap(&vertices, &spare)
    }

    /// Keeps what also lies in the convex set `other`.
    mutating func clip(to other: ArraySlice<Point>) {
        guard other.count >= 3, var from = other.last else { return }
        let reach = max(Self.reach(other), Self.reach(vertices))
        let speck = max(1e-6, reach * 1e-11)
        let slack = reach * reach * 4e-15
        for to in other {
            let normal = Point(from.y - to.y, to.x - from.x)
            from = to
            // Such an edge has no direction but that of rounding.
            if normal.x.magnitude + normal.y.magnitude < speck { continue }
            // Rounding must not cut, nor that of a short edge's ends far from it.
            let least = normal.x * to.x + normal.y * to.y
            clip(normal, atLeast: least - slack)
            if vertices.isEmpty { return }
        }
    }

    /// Moves the set by `seconds`, which may be negative: g grows by g' times the time, and |g''|
    /// is at most `wander` ns/s^2.
    ///
    /// The set that such a g'' can add to (g, g') is a lens between two parabolas; the
    /// parallelogram about it with the corners +-(D t^2/2, D t) and +-(D t^2/2, 0) is exact in
    /// every direction in which a later constraint can look.
    mutating func advance(by seconds: Double, wander: Double) {
        for index in vertices.indices { vertices[index].x += vertices[index].y * seconds }
        let rate = wander * seconds.magnitude / 2
        // Rounding of the products above, far below the nanosecond.
        let rounding = Self.reach(vertices) * 1e-15
        widen(by: Point(0, rate))
        widen(by: Point(rate * seconds.magnitude + rounding, seconds < 0 ? -rate : rate))
        if vertices.count > Self.most { simplify() }
    }

    private static func reach(_ points: some Sequence<Point>) -> Double {
        points.reduce(0) { max($0, $1.x.magnitude, $1.y.magnitude) }
    }

    /// Becomes the sum of itself and the segment from -`half` to +`half`.
    ///
    /// The vertices from the rightmost to the leftmost, as seen along `half`, move by +half, the
    /// others by -half; the ends of both chains become two, or edges parallel to `half` grow. Only
    /// two places are looked for, for short edges turn to and fro by rounding.
    private mutating func widen(by half: Point) {
        func cross(_ point: Point) -> Double { half.x * point.y - half.y * point.x }
        var (right, left) = (0, 0)
        var (least, most) = (Double.infinity, -Double.infinity)
        for index in vertices.indices {
            let side = cross(vertices[index])
            if side < least { (least, right) = (side, index) }
            if side > most { (most, left) = (side, index) }
        }
        guard !vertices.isEmpty else { return }
        let plus = (from: parallel(right, half).to, to: parallel(left, half, isAlong: false).from)
        let minus = (from: parallel(left, half, isAlong: false).to, to: parallel(right, half).from)
        spare.removeAll(keepingCapacity: true)
        append(plus.from, plus.to, moved: half)
        append(minus.from, minus.to, moved: Point(-half.x, -half.y))
        swap(&vertices, &spare)
    }

    /// The ends of the edge at an extreme vertex that runs along `half`, or against it; the vertex
    /// twice where neither of its edges does.
    private func parallel(
        _ index: Int, _ half: Point, isAlong: Bool = true
    ) -> (from: Int, to: Int) {
        let count = vertices.count
        for (from, to) in [(index, (index + 1) % count), ((index + count - 1) % count, index)] {
            let edge = Point(
                vertices[to].x - vertices[from].x, vertices[to].y - vertices[from].y)
            let (a, b) = (half.x * edge.y, half.y * edge.x)
            let along = half.x * edge.x + half.y * edge.y
            if (a - b).magnitude <= (a.magnitude + b.magnitude) * 1e-12,
                isAlong ? along > 0 : along < 0
            {
                return (from, to)
            }
        }
        return (index, index)
    }

    /// Appends the vertices from one to another, round the end, to `spare`.
    private mutating func append(_ from: Int, _ to: Int, moved by: Point) {
        var index = from
        while true {
            spare.append(Point(vertices[index].x + by.x, vertices[index].y + by.y))
            if index == to { return }
            index = index + 1 == vertices.count ? 0 : index + 1
        }
    }

    /// Drops edges whose neighbours, prolonged, add the least area, until ``kept`` remain.
    private mutating func simplify() {
        while vertices.count > Self.kept {
            let count = vertices.count
            var best: (index: Int, area: Double, corner: Point)?
            for index in 0..<count {
                let before = vertices[(index + count - 1) % count]
                let from = vertices[index]
                let to = vertices[(index + 1) % count]
                let after = vertices[(index + 2) % count]
                guard let corner = Self.corner(before, from, to, after) else { continue }
                let area =
                    ((to.x - from.x) * (corner.y - from.y) - (to.y - from.y) * (corner.x - from.x))
                    .magnitude
                if area < best?.area ?? .infinity { best = (index, area, corner) }
            }
            guard let best else { return }
            vertices[best.index] = best.corner
            vertices.remove(at: (best.index + 1) % count)
        }
    }

    /// An edge is prolonged by so many of its lengths at most: farther out it is off its line by
    /// what its ends were rounded by.
    private static let farthest = 10_000.0

    /// Where the lines before-from and after-to meet beyond the edge from-to; nil if they do not.
    private static func corner(
        _ before: Point, _ from: Point, _ to: Point, _ after: Point
    ) -> Point? {
        let a = Point(from.x - before.x, from.y - before.y)
        let b = Point(to.x - after.x, to.y - after.y)
        let turn = b.x * a.y - b.y * a.x
        let gap = Point(to.x - from.x, to.y - from.y)
        let size = (b.x * a.y).magnitude + (b.y * a.x).magnitude
        guard turn.magnitude > size * 1e-9 else { return nil }
        let share = (b.x * gap.y - b.y * gap.x) / turn
        let other = (a.x * gap.y - a.y * gap.x) / turn
        guard (0...farthest).contains(share), (0...farthest).contains(other) else { return nil }
        return Point(from.x + a.x * share, from.y + a.y * share)
    }
}

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
        // Most constraints cut nothing.
        var cuts = false
        for vertex in vertices where vertex.x * normal.x + vertex.y * normal.y < least {
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
        let speck = Self.speck(other)
        for to in other {
            let normal = Point(from.y - to.y, to.x - from.x)
            from = to
            if normal.x.magnitude + normal.y.magnitude < speck { continue }
            // Rounding must not cut: a billionth of a nanosecond's worth of slack, in the edge's
            // unit.
            let least = normal.x * to.x + normal.y * to.y
            let slack = (normal.x.magnitude + normal.y.magnitude) * 1e-6 + least.magnitude * 1e-14
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
        let rounding = (vertices.reduce(0) { max($0, $1.x.magnitude) }) * 1e-15
        widen(by: Point(0, rate))
        widen(by: Point(rate * seconds.magnitude + rounding, seconds < 0 ? -rate : rate))
        if vertices.count > Self.most { simplify() }
    }

    /// The length below which an edge has no direction but that of rounding.
    private static func speck(_ points: some Sequence<Point>) -> Double {
        points.reduce(1e-6) { max($0, $1.x.magnitude * 1e-11, $1.y.magnitude * 1e-11) }
    }

    /// Becomes the sum of itself and the segment from -`half` to +`half`.
    ///
    /// Edges that turn left from `half` move by +half, those that turn right by -half, parallel
    /// ones grow; a vertex between the two kinds becomes two.
    private mutating func widen(by half: Point) {
        guard vertices.count > 2 else {
            let points = vertices
            vertices.removeAll(keepingCapacity: true)
            return hull(
                points.flatMap {
                    [Point($0.x - half.x, $0.y - half.y), Point($0.x + half.x, $0.y + half.y)]
                })
        }
        spare.removeAll(keepingCapacity: true)
        let count = vertices.count
        let speck = Self.speck(vertices)
        // From the last edge with a direction.
        var into = 1.0
        for index in vertices.indices.reversed() {
            let next = vertices[index + 1 == count ? 0 : index + 1]
            guard let out = Self.shift(from: vertices[index], to: next, half, speck) else {
                continue
            }
            into = out.end
            break
        }
        for index in 0..<count {
            let vertex = vertices[index]
            let next = vertices[index + 1 == count ? 0 : index + 1]
            let out = Self.shift(from: vertex, to: next, half, speck) ?? (into, into)
            spare.append(Point(vertex.x + half.x * into, vertex.y + half.y * into))
            if out.start != into {
                spare.append(Point(vertex.x + half.x * out.start, vertex.y + half.y * out.start))
            }
            into = out.end
        }
        swap(&vertices, &spare)
    }

    private static func shift(
        from: Point, to: Point, _ half: Point, _ speck: Double
    ) -> (start: Double, end: Double)? {
        let edge = Point(to.x - from.x, to.y - from.y)
        if edge.x.magnitude + edge.y.magnitude < speck { return nil }
        let cross = half.x * edge.y - half.y * edge.x
        let scale = (half.x * edge.y).magnitude + (half.y * edge.x).magnitude
        if cross > scale * 1e-12 { return (1, 1) }
        if cross < -scale * 1e-12 { return (-1, -1) }
        let along = half.x * edge.x + half.y * edge.y
        return along >= 0 ? (-1, 1) : (1, -1)
    }

    /// Degenerate sets (a point, a segment) grow by their corners' hull.
    private mutating func hull(_ points: [Point]) {
        let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        for half in [sorted, sorted.reversed()] {
            let start = vertices.count
            for point in half {
                while vertices.count >= start + 2 {
                    let (a, b) = (vertices[vertices.count - 2], vertices[vertices.count - 1])
                    let turn = (b.x - a.x) * (point.y - b.y) - (b.y - a.y) * (point.x - b.x)
                    if turn > 0 { break }
                    vertices.removeLast()
                }
                vertices.append(point)
            }
            if vertices.count > start { vertices.removeLast() }
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
        guard share >= 0, other >= 0 else { return nil }
        return Point(from.x + a.x * share, from.y + a.y * share)
    }
}

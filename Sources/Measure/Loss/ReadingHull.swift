package import Goodput

/// The idle time of one request for every reader: the upper hull of its points (i, t_i).
///
/// l(V) = max(0, max_i (t_i − origin − V·i)) is a maximum over lines, so that the vertices of the
/// hull that a slope above 1 ns a token leads to, and the first one, are exact for every V of at
/// least 1 ns. They are a few dozen a request, however long it is.
package struct ReadingHull: Hashable, Sendable {
    /// A token that some reader waits for longer than for any other.
    package struct Vertex: Hashable, Sendable {
        /// i, from 0.
        package var token: Int
        /// t_i in ns after `scheduled`.
        package var elapsed: Int64
    }

    /// By token, rising; the slopes between them fall, and all are above 1. Empty where no token is
    /// waited for.
    package private(set) var vertices: [Vertex] = []
    /// d_0 of a reader whose deadlines count from the first token; 0 without tokens.
    private var firstToken: Int64 = 0

    package init() {}

    /// The hull of `request`.
    package init(_ request: RequestTimes, incomplete: IncompletePolicy) {
        take(request, incomplete: incomplete)
    }

    /// Becomes the hull of `request`, in the memory that is there.
    ///
    /// - Parameter incomplete: Under `waiting`, a request that did not complete also has the point
    ///   (n, `finish`).
    /// - Precondition: The times can be: ``Goodput/RequestTimes/check(for:)``.
    /// - Complexity: O(events).
    package mutating func take(_ request: RequestTimes, incomplete: IncompletePolicy) {
        vertices.removeAll(keepingCapacity: true)
        let scheduled = request.scheduled
        firstToken = (request.tokens.first?.time ?? scheduled) - scheduled
        var tokens = 0
        for event in request.tokens {
            // The event's other tokens come at the same time, and are due later.
            Self.add(Vertex(token: tokens, elapsed: event.time - scheduled), to: &vertices, from: 0)
            tokens += Int(event.count)
        }
        if incomplete == .waiting, request.outcome != .completed {
            Self.add(
                Vertex(token: tokens, elapsed: request.finish - scheduled), to: &vertices,
                from: 0)
        }
        while vertices.count > 1,
            let last = vertices.last, case let before = vertices[vertices.count - 2],
            last.elapsed - before.elapsed <= Int64(last.token - before.token)
        {
            vertices.removeLast()
        }
    }

    /// Adds a point behind the last one, no lower, to the hull that begins at the place `first`.
    static func add(_ point: Vertex, to vertices: inout [Vertex], from first: Int) {
        while vertices.count - first > 1 {
            let a = vertices[vertices.count - 2]
            let b = vertices[vertices.count - 1]
            // Whether b lies on or below the line from a to the point; exact, below 2^96.
            let rise = Int128(b.elapsed - a.elapsed) * Int128(point.token - a.token)
            let lineRise = Int128(point.elapsed - a.elapsed) * Int128(b.token - a.token)
            guard rise <= lineRise else { break }
            vertices.removeLast()
        }
        vertices.append(point)
    }

    /// d_0 for `anchor`, ns after `scheduled`.
    package func origin(_ anchor: Anchor, ttftBudget: Int64) -> Int64 {
        anchor == .firstToken ? firstToken : ttftBudget
    }

    /// l in ns of a reader who takes `tokenTime` ns a token and begins to read at `origin`.
    ///
    /// - Parameters:
    ///   - tokenTime: V, at least 1.
    ///   - origin: d_0 in ns after `scheduled`, at least 0.
    /// - Complexity: O(log(vertices)).
    package func idle(tokenTime: Int64, origin: Int64) -> Int64 {
        // The last vertex that the hull reaches more steeply than the reader reads.
        var low = 0
        var high = vertices.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if rises(to: middle, fasterThan: tokenTime) { low = middle } else { high = middle - 1 }
        }
        return idle(at: low, tokenTime: tokenTime, origin: origin)
    }

    /// l in ns of each reader of `tokenTimes`, which do not fall, until one does not wait: none
    /// after that one does.
    ///
    /// - Complexity: O(vertices + readers who wait).
    func forEachWaiting(
        tokenTimes: [Int64], origin: Int64, _ body: (Int, Int64) -> Void
    ) {
        var index = vertices.count - 1
        for (reader, tokenTime) in tokenTimes.enumerated() {
            while index > 0, !rises(to: index, fasterThan: tokenTime) { index -= 1 }
            let idle = idle(at: index, tokenTime: tokenTime, origin: origin)
            guard idle > 0 else { return }
            body(reader, idle)
        }
    }

    /// Whether the edge to the vertex `index`, not the first one, is steeper than `tokenTime`.
    private func rises(to index: Int, fasterThan tokenTime: Int64) -> Bool {
        let from = vertices[index - 1]
        let to = vertices[index]
        return to.elapsed - from.elapsed
            > tokenTime.multipliedSaturated(by: Int64(to.token - from.token))
    }

    private func idle(at index: Int, tokenTime: Int64, origin: Int64) -> Int64 {
        guard vertices.indices.contains(index) else { return 0 }
        let vertex = vertices[index]
        let due = tokenTime.multipliedSaturated(by: Int64(vertex.token)).addingSaturated(origin)
        return max(0, vertex.elapsed - due)
    }
}

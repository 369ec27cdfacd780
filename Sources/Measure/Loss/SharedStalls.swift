import Goodput

/// Stalls, and how many of them others of the same server had at the same time: a stall that is
/// shared has a cause in the server (a prefill, a preemption storm, a pause), which a client can
/// see no more of.
package struct StallFigures: Hashable, Sendable {
    /// How far apart the ends of stalls lie at most that are one event of the server, ns.
    package static let together: Int64 = 20_000_000

    /// Waits of the cause ``LossCause/stall``.
    package var stalls = 0
    /// Those of them of which another request of the same server had one that ended within
    /// ``together`` of their end.
    package var shared = 0
    /// Everything that was lost at the shared ones.
    package var tokensLostShared = 0.0
}

/// The stalls of a run as they come: 24 bytes each.
struct StallTally: Sendable {
    private struct Stall {
        /// ns on the run's timeline.
        var end: Int64
        var tokensLost: Double
        /// The number of its request in the order in which requests came.
        var request: UInt32
        var server: UInt32
    }

    private var stalls: [Stall] = []
    private var count = 0
    private let mostStored: Int

    init(mostStored: Int) { self.mostStored = mostStored }

    mutating func add(_ wait: LostWait, request: Int, server: Int) {
        count += 1
        guard count <= mostStored else {
            stalls = []
            return
        }
        stalls.append(
            Stall(
                end: wait.to, tokensLost: wait.tokensLost,
                request: UInt32(truncatingIfNeeded: request),
                server: UInt32(server)))
    }

    /// The figures of each of `servers` servers; nil where there were more stalls than are kept.
    /// O(n log n) of the stalls.
    consuming func figures(servers: Int) -> [StallFigures]? {
        guard count <= mostStored else { return nil }
        var figures = [StallFigures](repeating: StallFigures(), count: servers)
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: servers)
        var stalls = stalls
        stalls.sort { ($0.server, $0.end, $0.request) < ($1.server, $1.end, $1.request) }
        for index in stalls.indices {
            let stall = stalls[index]
            let server = Int(stall.server)
            figures[server].stalls += 1
            guard
                Self.isShared(stall, by: stalls[..<index].reversed())
                    || Self.isShared(stall, by: stalls[(index + 1)...])
            else { continue }
            figures[server].shared += 1
            sums[server].add(stall.tokensLost)
        }
        for server in figures.indices { figures[server].tokensLostShared = sums[server].value }
        return figures
    }

    /// Whether another request's stall among `others`, the nearest first, is near enough.
    private static func isShared(_ stall: Stall, by others: some Sequence<Stall>) -> Bool {
        for other in others {
            guard other.server == stall.server,
                (other.end - stall.end).magnitude <= StallFigures.together
            else { return false }
            if other.request != stall.request { return true }
        }
        return false
    }
}

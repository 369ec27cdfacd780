package import TimeBase

/// Whether a thread that runs before others takes a processor from them.
///
/// The threads that it runs before are the server's. A client needs some microseconds for a token;
/// one that computes half of the time is behind what it is given or does something else, and then
/// it must not be the server that waits. One stretch is enough, and there is no way back: a load is
/// measured in one way from there on.
package struct PriorityWatch: Hashable, Sendable {
    /// The share of one processor, in thousandths, above which it does: well below the share at
    /// which the client counts as the limit, 800.
    package static let largestPermille: Int64 = 500
    /// Shorter stretches are added up: a burst of sends may well fill some milliseconds, ns.
    package static let shortestStretch = TimeSpan.milliseconds(900)

    private var cpuNs: Int64
    private var at: LocalInstant

    /// - Parameters:
    ///   - cpuNs: the thread's CPU time so far, ns.
    ///   - at: when that was read.
    package init(cpuNs: Int64, at: LocalInstant) {
        self.cpuNs = cpuNs
        self.at = at
    }

    /// Takes in a later reading; true where the thread is to step back.
    package mutating func read(cpuNs: Int64, at: LocalInstant) -> Bool {
        let wall = at - self.at
        guard wall >= Self.shortestStretch else { return false }
        let used = cpuNs - self.cpuNs
        self.cpuNs = cpuNs
        self.at = at
        return Double(used) * 1_000 > Double(Self.largestPermille) * Double(wall.ns)
    }
}

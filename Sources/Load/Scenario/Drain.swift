package import Workload

/// How long requests in flight may go on when nothing more is sent.
package struct Drain: Hashable, Sendable {
    /// As the scenario or the command line has it, in ns; nil where neither does.
    package var givenNs: Int64?

    /// Where nobody says otherwise, in ns: after Ctrl-C, and after a last stage that time ends.
    private static let standardNs: Int64 = 30_000_000_000
    /// Where nobody says otherwise, in ns, and the load is so many requests: somebody wants all of
    /// their answers, and one that goes on while no other ends for so long has no end.
    private static let standardOfRequestsNs: Int64 = 600_000_000_000

    package init(givenNs: Int64? = nil) { self.givenNs = givenNs }

    /// After Ctrl-C, in ns.
    package var afterInterruptNs: Int64 { givenNs ?? Self.standardNs }

    /// After the last of these stages, in ns.
    package func afterLoadNs(_ stages: [StageSpec]) -> Int64 {
        if let givenNs { return givenNs }
        return stages.allSatisfy { $0.durationNs != nil }
            ? Self.standardNs : Self.standardOfRequestsNs
    }
}

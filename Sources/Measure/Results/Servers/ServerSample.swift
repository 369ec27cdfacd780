package import TimeBase
package import TokenLog

/// A server's load at an instant of the run's timeline, in 32 bytes: what its metrics do not say is
/// nil.
package struct ServerSample: Hashable, Sendable {
    /// When the answer had come: it speaks of an instant between ``asked`` and this one.
    package let at: ClusterInstant
    private let preemptionCount: UInt64
    private let waitUs: UInt32
    private let runningCount: UInt32
    private let waitingCount: UInt32
    private let keyValueUsePPM: UInt32

    /// - Parameters:
    ///   - figures: those that were told; the greatest number of a type stands for none.
    ///   - wait: from the question to the answer; kept to 1 us, up to 71 minutes.
    package init(at: ClusterInstant, wait: TimeSpan, _ figures: ServerFigures) {
        self.at = at
        waitUs = UInt32(clamping: wait.ns / 1_000)
        runningCount = figures.running ?? .max
        waitingCount = figures.waiting ?? .max
        keyValueUsePPM = figures.keyValueUsePPM ?? .max
        preemptionCount = figures.preemptions ?? .max
    }

    /// When it was asked.
    package var asked: ClusterInstant { ClusterInstant(ns: at.ns &- wait.ns) }
    /// From the question to the answer.
    package var wait: TimeSpan { TimeSpan(ns: Int64(waitUs) * 1_000) }
    /// Requests in the batch.
    package var running: UInt32? { runningCount == .max ? nil : runningCount }
    /// Requests in the queue.
    package var waiting: UInt32? { waitingCount == .max ? nil : waitingCount }
    /// The share of the key-value cache that is held, 0 to 1.
    package var keyValueUse: Double? {
        keyValueUsePPM == .max
            ? nil : Double(keyValueUsePPM) / Double(ServerFigures.wholeCachePPM)
    }
    /// Requests put back into the queue, since the server started.
    package var preemptions: UInt64? { preemptionCount == .max ? nil : preemptionCount }

    /// Its content, for a file.
    var figures: ServerFigures {
        var figures = ServerFigures()
        figures.running = running
        figures.waiting = waiting
        figures.keyValueUsePPM = keyValueUsePPM == .max ? nil : keyValueUsePPM
        figures.preemptions = preemptions
        return figures
    }
}

/// The samples of one server on both sides of an instant.
package struct SamplesAround: Hashable, Sendable {
    /// The last one that had come by then; nil before the first.
    package let before: ServerSample?
    /// The first one that came later; nil after the last.
    package let after: ServerSample?

    /// Requests that the server put back into its queue between the two; nil where one of them is
    /// missing, or does not say.
    package var preemptions: UInt64? {
        guard let first = before?.preemptions, let last = after?.preemptions else { return nil }
        return CounterRise.between(first, last)
    }
}

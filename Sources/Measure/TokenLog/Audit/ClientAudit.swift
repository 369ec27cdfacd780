/// How well a measuring client kept up, so that a reader can tell its limits from the server's.
///
/// An agent keeps one for its load, states it every second and with its End; the coordinator
/// writes the last one to the manifest and judges it.
package struct ClientAudit: Hashable, Sendable {
    /// Requests that left.
    package var sends: UInt64 = 0
    /// Sent minus scheduled over these, ns.
    package var latenessP50Ns: Int64 = 0
    package var latenessP99Ns: Int64 = 0
    package var latenessMaxNs: Int64 = 0
    /// From the kernel's stamp of a read's newest segment to the callback that took it.
    package var readDelay = LogHistogram()
    /// Bytes that waited in a connection's receive queue when it was read, which is what the read
    /// took; one that filled its buffer of 64 KiB found at least so many.
    package var readWaiting = LogHistogram()
    /// Reads that the kernel gave no stamp for.
    package var unstamped: UInt64 = 0
    /// Share of the load loop's time spent in callbacks, in thousandths: from start to end, and in
    /// the busiest second.
    package var busyPermille: UInt16 = 0
    package var busiestPermille: UInt16 = 0
    /// Where the loop was too busy.
    package var overload = Overload()
    /// Stream events with tokens, by ``StampSource``.
    package var events = Events()
    /// Reads with several events that the client took late.
    package var lateJoins = LateJoins()
    /// Kernel stamps that were not used, being older than the stream's newest stamp or ahead of
    /// the clock.
    package var outOfOrder: UInt64 = 0
    /// Requests that a time limit ended.
    package var timeouts: UInt64 = 0
    /// CPU time of the agent's process over the load, all threads, an embedded engine's included.
    package var cpuNs: UInt64 = 0
    /// The load's length so far, ns.
    package var wallNs: UInt64 = 0
    /// The priority of the thread that stamps and sends; nil before the load, and of a run of
    /// before.
    package var priority: PriorityAudit?

    package init() {}

    /// Events by where their stamp came from.
    package struct Events: Hashable, Sendable {
        package var kernel: UInt64 = 0
        package var kernelJoined: UInt64 = 0
        package var callback: UInt64 = 0
        package var callbackJoined: UInt64 = 0

        package init() {}

        package mutating func add(_ events: UInt64, _ source: StampSource) {
            switch source {
            case .kernel: kernel += events
            case .kernelJoined: kernelJoined += events
            case .callback: callback += events
            case .callbackJoined: callbackJoined += events
            }
        }

        package var total: UInt64 { kernel &+ kernelJoined &+ callback &+ callbackJoined }
    }

    /// The share of events that shared a read with another; nil without events.
    package var joinedShare: Double? { share(events.kernelJoined &+ events.callbackJoined) }

    /// The share of events stamped by the loop because the kernel gave no stamp; nil without
    /// events.
    package var fallbackShare: Double? { share(events.callback &+ events.callbackJoined) }

    /// The share of stamped reads whose kernel stamp was not used; nil without any.
    package var outOfOrderShare: Double? {
        let reads = readDelay.total
        return reads == 0 ? nil : Double(outOfOrder) / Double(reads)
    }

    /// Cores that the process kept busy over the load; nil before it began.
    package var coresBusy: Double? { wallNs == 0 ? nil : Double(cpuNs) / Double(wallNs) }

    private func share(_ count: UInt64) -> Double? {
        events.total == 0 ? nil : Double(count) / Double(events.total)
    }
}

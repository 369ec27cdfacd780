package import TimeBase

/// A request that has become due.
package struct DueRequest: Equatable, Sendable {
    /// Its position: see ``RequestSchedule/request(_:)``.
    package var ordinal: Int
    /// When the workload means it to be sent.
    package var scheduled: LocalInstant
    /// When it could be sent: `scheduled`, or later when it waited for a slot among the requests
    /// in flight.
    package var free: LocalInstant

    package init(ordinal: Int, scheduled: LocalInstant, free: LocalInstant? = nil) {
        self.ordinal = ordinal
        self.scheduled = scheduled
        self.free = free ?? scheduled
    }
}

// All comparisons are spelt out: the ones that Comparable adds are generic calls from other modules,
// which the token path makes several times a read.

/// A span of time in nanoseconds; negative spans are allowed.
package struct TimeSpan: Hashable, Comparable, Sendable {
    /// Nanoseconds.
    package var ns: Int64

    /// A span of `ns` nanoseconds.
    @inlinable
    package init(ns: Int64) { self.ns = ns }

    package static let zero = TimeSpan(ns: 0)

    /// `count` whole microseconds.
    package static func microseconds(_ count: Int64) -> TimeSpan { TimeSpan(ns: count * 1_000) }

    /// `count` whole milliseconds.
    package static func milliseconds(_ count: Int64) -> TimeSpan {
        TimeSpan(ns: count * 1_000_000)
    }

    /// `count` whole seconds.
    package static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(ns: count * 1_000_000_000)
    }

    /// The span in seconds, rounded to the nearest double.
    package var seconds: Double { Double(ns) / 1e9 }

    @inlinable
    package static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.ns < b.ns }
    @inlinable
    package static func <= (a: TimeSpan, b: TimeSpan) -> Bool { a.ns <= b.ns }
    @inlinable
    package static func > (a: TimeSpan, b: TimeSpan) -> Bool { a.ns > b.ns }
    @inlinable
    package static func >= (a: TimeSpan, b: TimeSpan) -> Bool { a.ns >= b.ns }
    @inlinable
    package static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan { TimeSpan(ns: a.ns + b.ns) }
    @inlinable
    package static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan { TimeSpan(ns: a.ns - b.ns) }
    package static prefix func - (a: TimeSpan) -> TimeSpan { TimeSpan(ns: -a.ns) }
}

/// A point on one host's CLOCK_MONOTONIC_RAW, in nanoseconds since that host's boot.
///
/// Points of two hosts, or of one host before and after a reboot, are not comparable: ``ClockSync``
/// maps them to ``ClusterInstant``.
package struct LocalInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds on CLOCK_MONOTONIC_RAW.
    package var ns: Int64

    /// The point at `ns` nanoseconds of the clock.
    @inlinable
    package init(ns: Int64) { self.ns = ns }

    @inlinable
    package static func < (a: LocalInstant, b: LocalInstant) -> Bool { a.ns < b.ns }
    @inlinable
    package static func <= (a: LocalInstant, b: LocalInstant) -> Bool { a.ns <= b.ns }
    @inlinable
    package static func > (a: LocalInstant, b: LocalInstant) -> Bool { a.ns > b.ns }
    @inlinable
    package static func >= (a: LocalInstant, b: LocalInstant) -> Bool { a.ns >= b.ns }

    /// The signed span from `b` to `a`.
    @inlinable
    package static func - (a: LocalInstant, b: LocalInstant) -> TimeSpan {
        TimeSpan(ns: a.ns - b.ns)
    }

    @inlinable
    package static func + (a: LocalInstant, b: TimeSpan) -> LocalInstant {
        LocalInstant(ns: a.ns + b.ns)
    }

    @inlinable
    package static func - (a: LocalInstant, b: TimeSpan) -> LocalInstant {
        LocalInstant(ns: a.ns - b.ns)
    }
}

/// A point on the run's one timeline: nanoseconds of the coordinator's CLOCK_MONOTONIC_RAW since the
/// run's epoch.
package struct ClusterInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the run's epoch; negative before it.
    package var ns: Int64

    /// The point `ns` nanoseconds after the run's epoch.
    @inlinable
    package init(ns: Int64) { self.ns = ns }

    @inlinable
    package static func < (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns < b.ns }
    @inlinable
    package static func <= (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns <= b.ns }
    @inlinable
    package static func > (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns > b.ns }
    @inlinable
    package static func >= (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns >= b.ns }

    /// The signed span from `b` to `a`.
    @inlinable
    package static func - (a: ClusterInstant, b: ClusterInstant) -> TimeSpan {
        TimeSpan(ns: a.ns - b.ns)
    }

    @inlinable
    package static func + (a: ClusterInstant, b: TimeSpan) -> ClusterInstant {
        ClusterInstant(ns: a.ns + b.ns)
    }

    @inlinable
    package static func - (a: ClusterInstant, b: TimeSpan) -> ClusterInstant {
        ClusterInstant(ns: a.ns - b.ns)
    }
}

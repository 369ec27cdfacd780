// Public, unlike the other rooms: the compiler inlines `@inlinable` into other modules only there,
// and the token path makes several of these calls a read. All comparisons are spelt out, as the
// ones that Comparable adds are generic calls.

/// A span of time in nanoseconds; negative spans are allowed.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// Nanoseconds.
    public var ns: Int64

    /// A span of `ns` nanoseconds.
    @inlinable
    public init(ns: Int64) { self.ns = ns }

    /// No time at all.
    public static let zero = TimeSpan(ns: 0)

    /// `count` whole microseconds.
    @inlinable
    public static func microseconds(_ count: Int64) -> TimeSpan { TimeSpan(ns: count * 1_000) }

    /// `count` whole milliseconds.
    @inlinable
    public static func milliseconds(_ count: Int64) -> TimeSpan {
        TimeSpan(ns: count * 1_000_000)
    }

    /// `count` whole seconds.
    @inlinable
    public static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(ns: count * 1_000_000_000)
    }

    /// The span in seconds, rounded to the nearest double.
    public var seconds: Double { Double(ns) / 1e9 }

    /// Whether `a` is shorter than `b`.
    @inlinable
    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.ns < b.ns }
    /// Whether `a` is no longer than `b`.
    @inlinable
    public static func <= (a: TimeSpan, b: TimeSpan) -> Bool { a.ns <= b.ns }
    /// Whether `a` is longer than `b`.
    @inlinable
    public static func > (a: TimeSpan, b: TimeSpan) -> Bool { a.ns > b.ns }
    /// Whether `a` is no shorter than `b`.
    @inlinable
    public static func >= (a: TimeSpan, b: TimeSpan) -> Bool { a.ns >= b.ns }
    /// Both spans together.
    @inlinable
    public static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan { TimeSpan(ns: a.ns + b.ns) }
    /// The time by which `a` is longer than `b`.
    @inlinable
    public static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan { TimeSpan(ns: a.ns - b.ns) }
    /// The span the other way.
    @inlinable
    public static prefix func - (a: TimeSpan) -> TimeSpan { TimeSpan(ns: -a.ns) }
}

/// A point on one host's CLOCK_MONOTONIC_RAW, in nanoseconds since that host's boot.
///
/// Points of two hosts, or of one host before and after a reboot, are not comparable: ``ClockSync``
/// maps them to ``ClusterInstant``.
public struct LocalInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds on CLOCK_MONOTONIC_RAW.
    public var ns: Int64

    /// The point at `ns` nanoseconds of the clock.
    @inlinable
    public init(ns: Int64) { self.ns = ns }

    /// Whether `a` is earlier than `b`.
    @inlinable
    public static func < (a: LocalInstant, b: LocalInstant) -> Bool { a.ns < b.ns }
    /// Whether `a` is no later than `b`.
    @inlinable
    public static func <= (a: LocalInstant, b: LocalInstant) -> Bool { a.ns <= b.ns }
    /// Whether `a` is later than `b`.
    @inlinable
    public static func > (a: LocalInstant, b: LocalInstant) -> Bool { a.ns > b.ns }
    /// Whether `a` is no earlier than `b`.
    @inlinable
    public static func >= (a: LocalInstant, b: LocalInstant) -> Bool { a.ns >= b.ns }

    /// The signed span from `b` to `a`.
    @inlinable
    public static func - (a: LocalInstant, b: LocalInstant) -> TimeSpan {
        TimeSpan(ns: a.ns - b.ns)
    }

    /// The point `b` after `a`.
    @inlinable
    public static func + (a: LocalInstant, b: TimeSpan) -> LocalInstant {
        LocalInstant(ns: a.ns + b.ns)
    }

    /// The point `b` before `a`.
    @inlinable
    public static func - (a: LocalInstant, b: TimeSpan) -> LocalInstant {
        LocalInstant(ns: a.ns - b.ns)
    }
}

/// A point on the run's one timeline: nanoseconds of the coordinator's CLOCK_MONOTONIC_RAW since
/// the run's epoch.
public struct ClusterInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the run's epoch; negative before it.
    public var ns: Int64

    /// The point `ns` nanoseconds after the run's epoch.
    @inlinable
    public init(ns: Int64) { self.ns = ns }

    /// Whether `a` is earlier than `b`.
    @inlinable
    public static func < (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns < b.ns }
    /// Whether `a` is no later than `b`.
    @inlinable
    public static func <= (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns <= b.ns }
    /// Whether `a` is later than `b`.
    @inlinable
    public static func > (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns > b.ns }
    /// Whether `a` is no earlier than `b`.
    @inlinable
    public static func >= (a: ClusterInstant, b: ClusterInstant) -> Bool { a.ns >= b.ns }

    /// The signed span from `b` to `a`.
    @inlinable
    public static func - (a: ClusterInstant, b: ClusterInstant) -> TimeSpan {
        TimeSpan(ns: a.ns - b.ns)
    }

    /// The point `b` after `a`.
    @inlinable
    public static func + (a: ClusterInstant, b: TimeSpan) -> ClusterInstant {
        ClusterInstant(ns: a.ns + b.ns)
    }

    /// The point `b` before `a`.
    @inlinable
    public static func - (a: ClusterInstant, b: TimeSpan) -> ClusterInstant {
        ClusterInstant(ns: a.ns - b.ns)
    }
}

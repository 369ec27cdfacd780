import TimeBase

/// How long to wait before the next attempt to reach the coordinator: doubled after each, up to the
/// longest, and made up to half as long again by chance, so that many agents do not come at once.
struct Backoff {
    private static let shortest = TimeSpan.milliseconds(100)
    private static let longest = TimeSpan.seconds(2)

    private var base = Backoff.shortest
    private var generator = SystemRandomNumberGenerator()

    /// The wait before the attempt that comes now.
    mutating func next() -> TimeSpan {
        let wait = base.ns + Int64.random(in: 0...base.ns / 2, using: &generator)
        base = min(TimeSpan(ns: base.ns * 2), Self.longest)
        return TimeSpan(ns: wait)
    }

    /// An attempt succeeded: begins anew.
    mutating func reset() { base = Self.shortest }
}

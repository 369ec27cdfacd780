import EventLoop
import TimeBase

/// The coordinator's own clocks, read ten times a second: how another clock's time is found on the
/// run's timeline (RAW and MONOTONIC part by tens of ppm while NTP slews), and where they were
/// stepped or stood still.
///
/// A row is kept where the clocks moved against each other in another way than before, and at least
/// every ``interval``: a day of a steady host is a few megabytes.
final class OwnClocks {
    /// Distance of two rows at most.
    static let interval = TimeSpan.milliseconds(900)
    private static let reading = TimeSpan.milliseconds(100)
    /// The most that MONOTONIC may part from RAW between two readings beyond their brackets:
    /// slewing at 500 ppm.
    private static let slew = TimeSpan.microseconds(50)

    private var rows: [(reading: ClockReading, bracket: TimeSpan)] = []
    /// Rows that were handed out already.
    private var taken = 0
    private let timer: LoopTimer

    init(loop: EventLoop) {
        timer = LoopTimer(loop: loop)
    }

    func start() {
        rows.append(SystemClocks.read())
        timer.start(after: Self.reading, repeating: Self.reading) { [unowned self] in
            let (reading, bracket) = SystemClocks.read()
            take(reading, bracket: bracket)
        }
    }

    func stop() {
        timer.close()
        rows.append(SystemClocks.read())
    }

    /// The rows since the last call.
    func takeRows() -> [ClockReading] {
        defer {
            // The last one is what the next is compared with.
            rows.removeFirst(max(0, rows.count - 1))
            taken = rows.count
        }
        return rows.dropFirst(taken).map(\.reading)
    }

    /// Keeps `reading` where it says something that the last one did not.
    func take(_ reading: ClockReading, bracket: TimeSpan) {
        guard let last = rows.last else { return rows.append((reading, bracket)) }
        let elapsed = reading.rawNs - last.reading.rawNs
        let allowed = Self.slew.ns + elapsed / 1_000 + (bracket + last.bracket).ns
        let others = [\ClockReading.monotonicNs, \.boottimeNs, \.realtimeNs]
        let isSteady = others.allSatisfy { clock in
            abs(reading[keyPath: clock] &- last.reading[keyPath: clock] &- elapsed) <= allowed
        }
        if !isSteady || elapsed >= Self.interval.ns - Self.reading.ns / 2 {
            rows.append((reading, bracket))
        }
    }
}

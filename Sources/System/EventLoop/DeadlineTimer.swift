import CLibUV
import Glibc
package import TimeBase

/// An exact timer for send times: fires at an instant of CLOCK_MONOTONIC_RAW, never before it.
///
/// The kernel has no timers on RAW, so a timerfd is armed on CLOCK_MONOTONIC from a bracketed pair
/// of readings. The two clocks may part by up to `driftAllowance` while NTP slews, so a far
/// instant is approached in hops of at most `longestHop`, each a little short of it, and the last
/// hop, too short to drift, is aimed exactly. An idle machine shows the wake-up latency, some tens
/// of microseconds.
package final class DeadlineTimer {
    private let loop: EventLoop
    private let descriptor: Int32
    private let poller: Poller
    private var deadline: LocalInstant?
    private var body: (() -> Void)?

    /// The farthest that one arming looks ahead.
    static let longestHop = TimeSpan.seconds(1)
    /// A hop up to this long drifts by less than 2 us and is aimed exactly.
    static let exactHop = TimeSpan.milliseconds(2)
    /// Drift between RAW and MONOTONIC that a hop leaves room for, as a divisor: 1 in 1000, twice
    /// the 500 ppm that the kernel's slewing is capped at.
    static let driftAllowance: Int64 = 1000
    /// A wake-up this little early is waited out: re-arming costs more.
    private static let spin = TimeSpan.microseconds(2)

    /// Throws when the process has no descriptor left.
    package init(loop: EventLoop) throws(SystemError) {
        self.loop = loop
        descriptor = timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK) | CInt(TFD_CLOEXEC))
        guard descriptor >= 0 else {
            throw SystemError(errno: errno, attempted: "make a timer descriptor")
        }
        do {
            poller = try Poller(loop: loop, fd: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        poller.start(readable: true, writable: false) { [unowned self] _ in expired() }
    }

    /// Fires `body` once at `instant`, or on the next turn when that has passed; replaces what was
    /// set before. Never calls `body` before it returns.
    package func arm(at instant: LocalInstant, _ body: @escaping () -> Void) {
        loop.preconditionCurrent()
        precondition(!poller.isClosed, "a closed DeadlineTimer was armed")
        deadline = instant
        self.body = body
        set(monotonicNs: Self.hop(to: instant, from: SystemClocks.monotonicPair()))
    }

    /// Forgets what was set; allowed at any time.
    package func disarm() {
        guard deadline != nil else { return }
        deadline = nil
        body = nil
        set(monotonicNs: 0)
    }

    /// Ends the timer; allowed twice.
    package func close() {
        guard !poller.isClosed else { return }
        deadline = nil
        body = nil
        poller.close()
        Glibc.close(descriptor)
    }

    /// The CLOCK_MONOTONIC instant of the next wake-up on the way to `instant`.
    static func hop(to instant: LocalInstant, from now: ClockPair) -> Int64 {
        let (distance, overflow) = instant.ns.subtractingReportingOverflow(now.raw.ns)
        let ahead = overflow ? (instant < now.raw ? 0 : longestHop.ns) : distance
        let hop = min(max(ahead, 0), longestHop.ns)
        let margin = hop > exactHop.ns ? hop / driftAllowance : 0
        // Zero would disarm.
        return max(1, now.otherNs + hop - margin)
    }

    private func set(monotonicNs: Int64) {
        var value = itimerspec()
        value.it_value = timespec(
            tv_sec: Int(monotonicNs / 1_000_000_000), tv_nsec: Int(monotonicNs % 1_000_000_000))
        let result = timerfd_settime(descriptor, CInt(TFD_TIMER_ABSTIME), &value, nil)
        precondition(result == 0, "the kernel refused a timer at \(monotonicNs) ns")
    }

    private func expired() {
        var expirations: UInt64 = 0
        // EAGAIN after a re-arming in the same turn is no expiration; the next one will come.
        guard read(descriptor, &expirations, 8) == 8, let deadline else { return }
        var now = RawClock.now()
        if now < deadline && deadline - now <= Self.spin {
            while now < deadline { now = RawClock.now() }
        }
        guard now >= deadline else {
            set(monotonicNs: Self.hop(to: deadline, from: SystemClocks.monotonicPair()))
            return
        }
        let body = body
        self.deadline = nil
        self.body = nil
        body?()
    }
}

import EventLoop
import TimeBase

/// The coordinator's clocks, read at most a second apart: how another clock's time is found on the
/// run's timeline (RAW and MONOTONIC part by tens of ppm while NTP slews).
final class ClockLedger {
    /// Distance of two rows.
    static let interval = TimeSpan.milliseconds(900)

    private(set) var rows: [ClockLedgerRow] = []
    private let timer: LoopTimer

    init(loop: EventLoop) {
        timer = LoopTimer(loop: loop)
    }

    func start() {
        rows.append(SystemClocks.read())
        timer.start(after: Self.interval, repeating: Self.interval) { [unowned self] in
            rows.append(SystemClocks.read())
        }
    }

    func stop() {
        timer.close()
        rows.append(SystemClocks.read())
    }
}

import ClockSync
import CoordinatorCore
import Dispatch
import EventLoop
import TimeBase

/// The agents' clocks as the last minute of probes shows them, while the run goes on: the fit of
/// the end over a window that trails, provisional, for live views alone.
///
/// Each clock's turn comes once a second where there are ten agents or fewer, else ten clocks a
/// second. A fit takes some milliseconds, so it is made away from the loop, which stamps probes
/// meanwhile.
///
/// Confined to the coordinator's loop.
final class LiveClocks {
    /// How far back the fits look.
    static let window = TimeSpan.seconds(60)
    private static let round = TimeSpan.seconds(1)
    private static let leastInterval = TimeSpan.milliseconds(100)

    private let loop: EventLoop
    private let timer: LoopTimer
    private let queue = DispatchQueue(label: "legato.live-clocks", qos: .utility)
    private let agents: Int
    private let recent: (Int) -> [ClockExchange]
    private let changed: (Int, ClockBound) -> Void
    private var turn = 0
    private var isFitting = false
    private var isStopped = false

    /// - Parameters:
    ///   - recent: The exchanges with an agent within ``window`` before its last one.
    ///   - changed: Takes what is known of an agent's clock at its last exchange.
    init(
        loop: EventLoop, agents: Int, recent: @escaping (Int) -> [ClockExchange],
        changed: @escaping (Int, ClockBound) -> Void
    ) {
        self.loop = loop
        self.agents = agents
        self.recent = recent
        self.changed = changed
        timer = LoopTimer(loop: loop)
    }

    func start() {
        let share = TimeSpan(ns: Self.round.ns / Int64(max(1, agents)))
        let interval = max(share, Self.leastInterval)
        timer.start(after: interval, repeating: interval) { [unowned self] in fitNext() }
    }

    /// No change is told after this; waits for a fit that is being made.
    func stop() {
        isStopped = true
        timer.close()
        queue.sync {}
    }

    private func fitNext() {
        guard !isFitting, agents > 0 else { return }
        let agent = turn
        turn = (turn + 1) % agents
        let exchanges = recent(agent)
        guard let last = exchanges.last else { return }
        isFitting = true
        // Sound: used on the loop's thread only; the closures merely carry it there and back.
        nonisolated(unsafe) let clocks = self
        let loop = loop
        queue.async {
            let bound = Self.bound(exchanges, at: last)
            loop.post { clocks.fitted(agent, bound) }
        }
    }

    private func fitted(_ agent: Int, _ bound: ClockBound?) {
        isFitting = false
        guard !isStopped, let bound else { return }
        changed(agent, bound)
    }

    /// The bound that `exchanges` give for the clock at the last of them; nil where they contradict
    /// themselves, as the result at the end will tell.
    static func bound(_ exchanges: [ClockExchange], at last: ClockExchange) -> ClockBound? {
        guard let fit = try? ClockFit(exchanges: exchanges), fit.isValid else { return nil }
        return ClockBound(fit, at: last)
    }
}

extension ClockBound {
    /// The bound that `fit` gives for the clock at the exchange `last`, by its reply.
    init(_ fit: ClockFit, at last: ClockExchange) {
        let mapped = fit.map(LocalInstant(ns: last.t3))
        self.init(
            offsetNs: mapped.coordinatorNs &- last.t3, uncertaintyNs: mapped.hardHalfWidthNs,
            at: LocalInstant(ns: last.t4), ratePPM: fit.skewPPM ?? 0)
    }
}

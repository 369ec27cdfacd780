import EventLoop
import Host
package import ServingClient
package import TimeBase
package import TokenLog
package import Wire
package import Workload

/// A load that an agent's own client drives for a moment and outside a run: the same schedule,
/// connections, stamps and audit, without a coordinator, a link and a spool.
package struct LoadTrial {
    package var configuration: RunConfiguration
    /// The shard.
    package var requests: [PlannedRequest]
    package var targets: [Target]
    /// The priority that the thread asks for, as an agent's does.
    package var priority: ThreadPriority
    /// Time from the start in which streams begin and nothing is counted.
    package var settling: TimeSpan
    /// Time behind it that counts; then everything in flight is cut.
    package var counted: TimeSpan
    /// Called on the loop when the counted part begins, and when it ends.
    package var mark: () -> Void

    package init(
        configuration: RunConfiguration, requests: [PlannedRequest], targets: [Target],
        priority: ThreadPriority, settling: TimeSpan, counted: TimeSpan,
        mark: @escaping () -> Void = {}
    ) {
        self.configuration = configuration
        self.requests = requests
        self.targets = targets
        self.priority = priority
        self.settling = settling
        self.counted = counted
        self.mark = mark
    }

    /// Drives the load on the calling thread, until it is over.
    ///
    /// - Throws: ``PreparationFailure``, or ``SystemError`` where the system gives no loop.
    package func run() throws -> LoadTrialOutcome {
        let loop = try EventLoop(name: "trial", measuresLoad: true)
        let result = loop.runUntilDone { done in
            LoadTrialDriver(self, loop, onEnd: done).begin()
        }
        return try result.get()
    }
}

/// How a client fared in the counted part of a ``LoadTrial``.
package struct LoadTrialOutcome: Hashable, Sendable {
    /// The length of that part.
    package var wall = TimeSpan.zero
    /// CPU time of the client's thread in it, ns.
    package var cpuNs: Int64 = 0
    /// The loop's busy share, in thousandths.
    package var busyPermille: UInt16 = 0
    package var latenessP99Ns: Int64 = 0
    /// Requests that left.
    package var sends: UInt64 = 0
    /// Events with tokens that came.
    package var events: UInt64 = 0
    /// Requests that failed, the settling included, and why the first of them did.
    package var failed = 0
    package var firstError: RequestError?

    package init() {}
}

/// Confined to the loop.
private final class LoadTrialDriver {
    /// Time from the driver's readiness to the start.
    private static let lead = TimeSpan.milliseconds(20)
    /// How often the priority is looked at, as in a run.
    private static let lookEvery = TimeSpan.seconds(1)

    private let trial: LoadTrial
    private let loop: EventLoop
    private let priority: LoadPriority
    private let stretch: LoopTimer
    private let look: LoopTimer
    private let onEnd: (Result<LoadTrialOutcome, any Error>) -> Void
    private var driver: LoadDriver?
    private var outcome = LoadTrialOutcome()
    private var begun: Reading?
    /// Keeps the driver until its end.
    private var itself: LoadTrialDriver?

    private struct Reading {
        var status: AgentStatus
        var cpuNs: Int64
    }

    init(
        _ trial: LoadTrial, _ loop: EventLoop,
        onEnd: @escaping (Result<LoadTrialOutcome, any Error>) -> Void
    ) {
        self.trial = trial
        self.loop = loop
        self.onEnd = onEnd
        priority = LoadPriority(wanted: trial.priority)
        stretch = LoopTimer(loop: loop)
        look = LoopTimer(loop: loop)
        itself = self
    }

    func begin() {
        do throws(SystemError) {
            let driver = try LoadDriver(
                loop: loop, onStarted: { _ in }, onFlush: { [unowned self] in flushed($0) })
            self.driver = driver
            driver.prepare(
                trial.configuration, RequestShard(requests: trial.requests, texts: [:]),
                runID: "trial", targets: trial.targets, access: TargetAccess(),
                progress: { _ in }
            ) { [self] result in
                switch result {
                case .success: arm()
                case .failure(let failure): end(.failure(failure))
                }
            }
        } catch { end(.failure(error)) }
    }

    private func arm() {
        priority.raise()
        driver?.arm(start: RawClock.now() + Self.lead)
        look.start(after: Self.lookEvery, repeating: Self.lookEvery) { [unowned self] in
            priority.look()
        }
        stretch.start(after: Self.lead + trial.settling) { [unowned self] in
            trial.mark()
            begun = reading()
            stretch.start(after: trial.counted) { [unowned self] in
                count()
                trial.mark()
                driver?.stop(drain: .zero, reason: "the trial is over")
            }
        }
    }

    private func reading() -> Reading? {
        driver.map { Reading(status: $0.takeStatus(), cpuNs: ProcessTime.threadNs) }
    }

    private func count() {
        guard let begun, let now = reading() else { return }
        outcome.wall = now.status.at - begun.status.at
        outcome.cpuNs = now.cpuNs - begun.cpuNs
        outcome.busyPermille = now.status.loopBusyPermille
        outcome.latenessP99Ns = now.status.latenessP99Ns
        outcome.sends = now.status.audit.sends - begun.status.audit.sends
        outcome.events = now.status.audit.events.total - begun.status.audit.events.total
    }

    private func flushed(_ flush: LoadDriver.Flush) {
        for finish in flush.records.finishes where finish.outcome == .failed {
            outcome.failed += 1
            if outcome.firstError == nil { outcome.firstError = finish.error }
        }
        if flush.end != nil { loop.next { [self] in end(.success(outcome)) } }
    }

    private func end(_ result: Result<LoadTrialOutcome, any Error>) {
        priority.lower()
        stretch.close()
        look.close()
        let told = { [self] in
            onEnd(result)
            itself = nil
        }
        guard let driver else { return loop.next(told) }
        driver.close(told)
    }
}

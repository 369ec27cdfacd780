import AgentCore
import EventLoop
import ServingClient
import TimeBase
import TokenLog

/// Asks the agent's servers for their metrics while the load runs, and keeps what they say until it
/// is taken.
///
/// Confined to the link's loop, away from the token path.
final class Scraper {
    private let servers: [FoundServer]
    private let interval: TimeSpan
    private let client: MetricsClient
    private let timer: LoopTimer
    private let waitTimer: LoopTimer
    private var schedule: ScrapeSchedule?
    private var records: [ScrapeRecord] = []
    /// Called where records have waited for ``LoadDriver/flushEvery`` and nobody took them.
    private let onWait: () -> Void

    init(
        loop: EventLoop, servers: [FoundServer], access: TargetAccess, interval: TimeSpan,
        onWait: @escaping () -> Void
    ) {
        self.servers = servers
        self.interval = interval
        self.onWait = onWait
        client = MetricsClient(loop: loop, servers: servers, access: access)
        timer = LoopTimer(loop: loop)
        waitTimer = LoopTimer(loop: loop)
    }

    /// Asks from `start` on.
    func begin(at start: LocalInstant) {
        guard schedule == nil else { return }
        schedule = ScrapeSchedule(servers: servers.count, start: start, interval: interval)
        wait()
    }

    /// Hands over what was said since the last call.
    func take() -> [ScrapeRecord] {
        waitTimer.stop()
        defer { records = [] }
        return records
    }

    /// Asks no more.
    func close() {
        timer.close()
        waitTimer.close()
        client.close()
    }

    private func wait() {
        guard let due = schedule?.nextDue else { return }
        timer.start(after: due - RawClock.now()) { [unowned self] in ask() }
    }

    private func ask() {
        let asked = RawClock.now()
        for index in schedule?.takeDue(now: asked) ?? [] {
            client.ask(index) { [unowned self] answer in take(answer, of: index, asked: asked) }
        }
        wait()
    }

    private func take(_ answer: MetricsAnswer, of index: Int, asked: LocalInstant) {
        let told: ScrapeRecord.Answer
        switch answer.content {
        case .figures(let figures):
            schedule?.answered(index)
            told = .figures(figures)
        case .fault(let fault, let status):
            let isLast = schedule?.failed(index) ?? true
            told = .fault(ScrapeFailure(fault, status: status, isLast: isLast))
        }
        records.append(
            ScrapeRecord(
                target: UInt16(servers[index].targetIndex), asked: asked, at: answer.at,
                answer: told))
        guard !waitTimer.isActive else { return }
        waitTimer.start(after: LoadDriver.flushEvery) { [unowned self] in onWait() }
    }
}

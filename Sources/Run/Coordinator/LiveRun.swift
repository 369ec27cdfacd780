package import Console
import CoordinatorCore
import EventLoop
import Goodput
import PlainText
import Results
import Scenario
import TimeBase
import TokenLog
import Wire
import Workload

/// Where progress is shown to a person.
package protocol RunConsole: AnyObject {
    /// Whether lines can be drawn over.
    var isTerminal: Bool { get }
    /// The terminal's size now.
    var size: TerminalSize { get }
    var style: ConsoleStyle { get }
    /// A sentence that stays.
    func note(_ sentence: String)
    /// The live block, drawn over the one before.
    func draw(_ lines: [String])
}

/// Watches a run for the people who wait for it: a block that is drawn over on a terminal, a line
/// every ten seconds elsewhere.
///
/// Confined to the coordinator's loop.
final class LiveRun: RunObserver {
    /// Agents that are to come from elsewhere.
    struct Wanted {
        var agents: Int
        var patience: TimeSpan
    }

    private static let frame = TimeSpan.milliseconds(250)

    private let scenario: ResolvedScenario
    private let plan: WorkloadPlan
    private let version: String
    private let engine: String
    /// How many agents are to dial in, and how long they are waited for; nil where they are started
    /// here.
    private let wanted: Wanted?
    private let console: any RunConsole
    /// nil where nobody looks but at the console.
    private var feed: LiveFeed?
    private var timer: LoopTimer?
    private var feedTimer: LoopTimer?
    private var names: [String] = []
    private var readyNames: Set<String> = []
    private var waitingLines = WaitingLines()
    private var hasEngines = false
    private var score: LiveScore?
    private var start: LocalInstant?
    /// Whether agents were told to begin: from then on there is something to keep.
    var hasStarted: Bool { start != nil }
    private var offsets: [(offsetNs: Int64, uncertaintyNs: Int64)] = []
    /// By agent; those of whom something was said.
    private var healths: [Int: LiveSnapshot.Health] = [:]

    init(
        scenario: ResolvedScenario, plan: WorkloadPlan, version: String, engine: String,
        wanted: Wanted?, console: any RunConsole, feed: LiveFeed?
    ) {
        self.version = version
        self.scenario = scenario
        self.plan = plan
        self.engine = engine
        self.wanted = wanted
        self.console = console
        self.feed = feed
    }

    func begin(on loop: EventLoop) {
        let timer = LoopTimer(loop: loop)
        self.timer = timer
        let every = console.isTerminal ? Self.frame : TimeSpan(ns: LiveProgress.lineInterval)
        timer.start(after: every, repeating: every) { [unowned self] in show() }
        guard feed != nil else { return }
        let feedTimer = LoopTimer(loop: loop)
        self.feedTimer = feedTimer
        feedTimer.start(after: LiveFeed.interval, repeating: LiveFeed.interval) {
            [unowned self] in handOver(.running)
        }
        handOver(.running)
    }

    func listening(on address: SocketAddress) {
        guard let wanted else { return }
        console.note("waiting for agents on \(address)")
        let agents = wanted.agents == 1 ? "1 agent is" : "\(wanted.agents) agents are"
        console.note(
            "\(agents) wanted: the run waits for them for up to "
                + "\(wanted.patience.words) (--patience)")
    }

    func waiting(_ wait: CoordinatorMachine.Wait, now: LocalInstant) {
        if let sentence = waitingLines.sentence(wait, now: now) { console.note(sentence) }
    }

    func ready(_ hello: Hello) {
        guard let wanted, readyNames.insert(hello.name).inserted else { return }
        console.note("agent \(hello.name) is ready: \(readyNames.count) of \(wanted.agents)")
    }

    func joined(_ hello: Hello) {
        names.append(hello.name)
        feed?.joined(hello, engine: engine)
        if let wanted {
            console.note(
                "agent \(hello.name) on \(hello.host.hostname) has joined: \(names.count) of "
                    + "\(wanted.agents)")
        }
        if hello.embeddedEngine { hasEngines = true }
    }

    func note(_ sentence: String) { console.note(sentence) }

    func starting(at start: LocalInstant, offsets: [(offsetNs: Int64, uncertaintyNs: Int64)]) {
        self.start = start
        self.offsets = offsets
        if !console.isTerminal {
            let agents = Figures.count(names.count, "agent")
            let repeated = plan.rounds == nil ? "" : ", and again until the time is over"
            console.note("starting \(agents): \(plan.requests.count) requests planned\(repeated)")
        }
        // The scenario's readers were validated when it was read.
        let readers = scenario.classScoring.compactMap { try? Reader($0) }
        guard readers.count == scenario.classScoring.count else { return }
        let end = plan.stages.last?.endNs
        score = LiveScore(
            agents: names, readers: readers, start: ClusterInstant(ns: 0),
            planned: plan.rounds == nil ? plan.requests.count : nil, duration: end,
            isDetailed: feed != nil)
    }

    func clock(of agent: Int, _ bound: ClockBound) {
        guard offsets.indices.contains(agent) else { return }
        offsets[agent] = (bound.offsetNs, bound.uncertaintyNs)
    }

    func status(_ status: AgentStatus, of agent: Int) { feed?.status(status, of: agent) }

    func health(_ health: LiveSnapshot.Health, of agent: Int) {
        healths[agent] = health
        feed?.health(health, of: agent)
    }

    func records(_ records: LogBatch, of agent: Int) {
        guard var score else { return }
        // Taken out so that it is changed in place.
        self.score = nil
        for sent in records.sent {
            let request = plan.request(sent.request)
            score.becameDue(
                sent.request, agent: agent, classIndex: Int(request.classIndex),
                phase: request.phase, scheduled: instant(sent.scheduled, agent),
                free: instant(sent.free, agent), sent: sent.sent.map { instant($0, agent) })
        }
        for token in records.tokens {
            score.received(
                UInt32(token.count), thought: !token.kind.isAnswer, of: token.request,
                at: instant(token.stamp, agent))
        }
        for finish in records.finishes where finish.outcome != .notNeeded {
            score.finished(finish.request, at: instant(finish.at, agent), outcome: finish.outcome)
        }
        for scrape in records.scrapes {
            if case .figures(let figures) = scrape.answer {
                score.said(figures, target: scrape.target, of: agent)
            }
        }
        self.score = score
        guard !records.scrapes.isEmpty else { return }
        feed?.add(records.scrapes, of: agent) { instant($0, agent).ns / 1_000_000_000 }
    }

    func ended() {
        timer?.close()
        feedTimer?.close()
        handOver(.concluding)
        if console.isTerminal { show() }
    }

    private func instant(_ local: LocalInstant, _ agent: Int) -> ClusterInstant {
        ClusterInstant(ns: local.ns &+ offsets[agent].offsetNs &- (start?.ns ?? 0))
    }

    /// How the run stands now, with the agents' clocks; nil before the start.
    private var snapshot: LiveSnapshot? {
        guard let start, let score else { return nil }
        var snapshot = score.snapshot(at: ClusterInstant(ns: (RawClock.now() - start).ns))
        for agentIndex in snapshot.agents.indices where agentIndex < offsets.count {
            snapshot.agents[agentIndex].clockHalfWidth = offsets[agentIndex].uncertaintyNs
            snapshot.agents[agentIndex].health = healths[agentIndex] ?? .working
        }
        return snapshot
    }

    private func show() {
        guard let snapshot else { return }
        if console.isTerminal {
            let view = LiveProgress(title: title, style: console.style, size: console.size)
            console.draw(view.lines(snapshot))
        } else {
            console.note(LiveProgress.line(snapshot))
        }
    }

    /// - Parameter phase: From the start on.
    private func handOver(_ phase: LiveState.Phase) {
        guard let feed else { return }
        feed.show(start == nil ? .gathering(here: names) : phase, snapshot, score?.detail)
    }

    private var title: [String] {
        var readers: [String] = []
        for name in scenario.classScoring.map(\.shortName) where !readers.contains(name) {
            readers.append(name)
        }
        return [
            "legato \(version)", scenario.name, "seed \(scenario.seed)",
            Figures.count(names.count, "agent"), readers.joined(separator: " + "),
        ] + (hasEngines ? [engine] : [])
    }
}

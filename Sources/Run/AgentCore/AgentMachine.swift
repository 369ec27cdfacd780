package import TimeBase
package import Wire
package import Workload

/// The next step of an agent's driver; steps are performed in the order given.
package enum AgentAction: Equatable, Sendable {
    case send(Message)
    /// Start the embedded engine where one is asked for, check the targets, open connections, make
    /// the prompts; answer with ``AgentMachine/prepared(_:)`` or
    /// ``AgentMachine/couldNotPrepare(_:)``. `texts` holds, by index, every text that a request
    /// names.
    case prepare(RunConfiguration, [PlannedRequest], texts: [UInt32: [UInt8]])
    /// Begin to send at this instant of the agent's own clock.
    case arm(start: LocalInstant)
    /// Make nothing due any more; end what is in flight within `drain`, at once when it is zero.
    case stopLoad(drain: TimeSpan, reason: String)
    /// Close the link; nothing that arrives on it counts any more.
    case closeLink
    /// Reach the coordinator again, after a while that grows with each failure; answer with
    /// ``AgentMachine/linkUp()`` or ``AgentMachine/linkLost(_:now:)``.
    case dial
    /// The run goes on over a new link: send again what the coordinator does not have on its disk,
    /// the batches after this one, and End after the last where the load is over.
    case resume(acknowledgedThrough: UInt64)
    /// Everything is safe with the coordinator: the spool of this run may go.
    case deleteSpool
    /// The agent's part is over.
    case exit(AgentExit)
}

/// How an agent's part ended.
package enum AgentExit: Equatable, Sendable {
    /// All records are safe with the coordinator.
    case done
    /// The coordinator would not have this agent.
    case refused(String)
    /// The coordinator was not reached, or went away before the run started.
    case unavailable(String)
    /// The run was cut short; what was measured is in the spool.
    case orphaned(String)
    /// This side could not prepare its part, and the coordinator has been told why.
    case unready(String)
    /// This side could not do its part.
    case failed(String)
}

/// The agent's side of a run, Hello to End (no sockets, no files, no clock).
///
/// Facts come in, in the past tense; actions come out. Exits: see ``AgentExit``.
package struct AgentMachine: ~Copyable {
    enum State {
        /// No link yet. Exits: `linkUp` to greeting; `linkLost` ends.
        case connecting
        /// Hello is out. Exits: Welcome to loading; Refuse ends.
        case greeting
        /// Welcome arrived; configuration and shard follow when all have joined. Exits: a whole
        /// shard to preparing; `linkLost` before them to away.
        case loading(Loading)
        /// The shard is held; targets are being checked. Exits: `prepared` to ready.
        case preparing(RunConfiguration)
        /// Waits for Start. Exits: Start to running; Stop ends; `linkLost` to away.
        case ready(RunConfiguration)
        /// Load is armed or under way. Exits: `loadEnded` to ending; `linkLost` to away.
        case running(RunConfiguration)
        /// End is out. Exits: Ended ends well; `linkLost` to away.
        case ending(RunConfiguration)
        /// The link is gone of an agent that has no shard yet, is ready, or whose load goes on.
        /// Exits: Welcome on a new link to loading, ready or running; Refuse, and `ticked` at the
        /// deadline, end.
        case away(Away)
        case over
    }

    struct Away {
        /// nil where the shards had not been dealt.
        let configuration: RunConfiguration?
        let deadline: LocalInstant
        /// Whether Start had come.
        let hasBegun: Bool
        /// Whether a new link is there, and Hello is out.
        var isGreeting = false
    }

    /// The longest grace time: what a configuration asks for beyond it is cut.
    private static let longestGrace = TimeSpan.seconds(30 * 86_400)
    /// The grace time of an agent that no configuration has told one.
    private static let graceBeforeDeal = TimeSpan.seconds(60)
    /// A start further from now than this is a fault of the coordinator.
    private static let farthestStart = TimeSpan.seconds(86_400)

    var state = State.connecting
    private var pulse = LinkPulse()
    private let hello: Hello
    /// The run that took this agent in, and as what.
    private var welcome: Welcome?
    /// Its report that it is ready, and how the load began: both are told again on a new link.
    private var ready: Ready?
    private var started: Started?
    /// The start that was named: it may be told twice.
    private var start: StartCommand?
    /// How the load ended: the same words on every link.
    private var end: AgentEnd?

    /// An agent that introduces itself with `hello`.
    package init(hello: Hello) { self.hello = hello }

    /// Whether its link is gone and it dials again: a dial that fails is told, too.
    package var isAway: Bool {
        if case .away = state { true } else { false }
    }

    /// Whether a run's records may exist that the coordinator has not confirmed.
    private var holdsRecords: Bool {
        switch state {
        case .running, .ending: true
        case .away(let away): away.hasBegun
        default: false
        }
    }

    /// The link is usable: both sides have proven their roles.
    package mutating func linkUp() -> [AgentAction] {
        switch state {
        case .connecting:
            state = .greeting
            return [.send(.hello(hello))]
        case .away(var away) where !away.isGreeting:
            away.isGreeting = true
            state = .away(away)
            pulse = LinkPulse()
            var again = hello
            again.heldRun = welcome?.runID
            return [.send(.hello(again))]
        default:
            return []
        }
    }

    /// The link is gone, or one that was dialled did not come up.
    package mutating func linkLost(_ reason: String, now: LocalInstant) -> [AgentAction] {
        switch state {
        case .over:
            return []
        case .away(var away):
            away.isGreeting = false
            state = .away(away)
            return [.dial]
        case .loading(let loading) where loading.configuration == nil:
            return left(nil, hasBegun: false, now: now)
        case .connecting, .greeting, .loading, .preparing:
            state = .over
            return [.exit(.unavailable(reason))]
        case .ready(let configuration):
            return left(configuration, hasBegun: false, now: now)
        case .running(let configuration), .ending(let configuration):
            return left(configuration, hasBegun: true, now: now)
        }
    }

    /// The agent stays ready, or its load goes on, without the link for the grace time.
    private mutating func left(
        _ configuration: RunConfiguration?, hasBegun: Bool, now: LocalInstant
    ) -> [AgentAction] {
        let asked = configuration.map { TimeSpan(ns: $0.graceNs) } ?? Self.graceBeforeDeal
        let grace = min(max(asked, .zero), Self.longestGrace)
        state = .away(
            Away(configuration: configuration, deadline: now + grace, hasBegun: hasBegun))
        return [.dial]
    }

    /// Time has passed; to be called several times a ``LinkPulse/interval``.
    package mutating func ticked(now: LocalInstant) -> [AgentAction] {
        switch state {
        case .connecting, .over:
            return []
        case .away(let away) where now >= away.deadline:
            let reason = "the coordinator has been gone for longer than the grace time"
            return givenUp(away, reason)
        case .away(let away) where !away.isGreeting:
            return []
        case .greeting, .loading, .preparing, .ready, .running, .ending, .away:
            switch pulse.ticked(now: now) {
            case .nothing: return []
            case .ping(let nonce): return [.send(.ping(nonce))]
            case .silent: return [.closeLink] + linkLost(LinkPulse.silence, now: now)
            }
        }
    }

    /// The targets answer, connections are open, the load can start.
    package mutating func prepared(_ ready: Ready) -> [AgentAction] {
        guard case .preparing(let configuration) = state else { return [] }
        state = .ready(configuration)
        self.ready = ready
        return [.send(.ready(ready))]
    }

    /// Preparing failed for good; `reason` is one sentence with a remedy.
    package mutating func couldNotPrepare(_ reason: String) -> [AgentAction] {
        guard case .preparing = state else { return [] }
        state = .over
        return [.send(.notReady(reason)), .closeLink, .exit(.unready(reason))]
    }

    /// The load began; `started` says how exactly.
    package mutating func loadStarted(_ started: Started) -> [AgentAction] {
        self.started = started
        guard case .running = state else { return [] }
        return [.send(.started(started))]
    }

    /// A batch is safe in the spool and may leave.
    package mutating func batchSynced(_ batch: Batch) -> [AgentAction] {
        guard case .running = state else { return [] }
        return [.send(.batch(batch))]
    }

    /// The load's state, for people who watch.
    package mutating func statusMeasured(_ status: AgentStatus) -> [AgentAction] {
        guard case .running = state else { return [] }
        return [.send(.status(status))]
    }

    /// Every request of the shard has its terminal record, and every batch has left on this link.
    package mutating func loadEnded(_ end: AgentEnd) -> [AgentAction] {
        guard case .running(let configuration) = state else { return [] }
        state = .ending(configuration)
        let end = self.end ?? end
        self.end = end
        return [.send(.end(end))]
    }

    /// The spool can take no more (disk full, limit reached): the run ends here with a reason.
    package mutating func spoolFailed(_ reason: String) -> [AgentAction] {
        switch state {
        case .running, .ending:
            state = .over
            return [
                .stopLoad(drain: .zero, reason: reason), .send(.goodbye(reason)), .closeLink,
                .exit(.failed(reason)),
            ]
        case .away:
            state = .over
            return [.stopLoad(drain: .zero, reason: reason), .closeLink, .exit(.failed(reason))]
        case .connecting:
            state = .over
            return [.exit(.failed(reason))]
        case .greeting, .loading, .preparing, .ready:
            state = .over
            return [.send(.notReady(reason)), .closeLink, .exit(.unready(reason))]
        case .over:
            return []
        }
    }

    /// It stays away.
    private mutating func givenUp(_ away: Away, _ reason: String) -> [AgentAction] {
        state = .over
        guard away.hasBegun else { return [.closeLink, .exit(.unavailable(reason))] }
        return [.stopLoad(drain: .zero, reason: reason), .closeLink, .exit(.orphaned(reason))]
    }

    /// Why an agent leaves on its own account.
    package enum Interruption: Sendable {
        /// Someone at this node asked it to.
        case signal
        /// The coordinator that started it as its child is gone.
        case parentEnded

        fileprivate var duringTheRun: String {
            switch self {
            case .signal: "the agent was interrupted on its own node"
            case .parentEnded: "the coordinator that started this agent is gone"
            }
        }

        fileprivate func before(_ what: String) -> String {
            switch self {
            case .signal: "the agent was interrupted before \(what)"
            case .parentEnded: duringTheRun
            }
        }
    }

    /// The agent is to leave at once.
    package mutating func interrupted(by cause: Interruption = .signal) -> [AgentAction] {
        switch state {
        case .over:
            return []
        case .running, .ending:
            state = .over
            let reason = cause.duringTheRun
            return [
                .stopLoad(drain: .zero, reason: reason), .send(.goodbye(reason)), .closeLink,
                .exit(.orphaned(reason)),
            ]
        case .away(let away):
            return givenUp(away, cause.duringTheRun)
        case .connecting:
            // The link may be half made: nothing can be said on it.
            state = .over
            return [.exit(.unavailable(cause.before("it reached a coordinator")))]
        case .greeting, .loading, .preparing, .ready:
            state = .over
            let reason = cause.before("the run")
            return [.send(.goodbye(reason)), .closeLink, .exit(.unavailable(reason))]
        }
    }

    /// A message arrived from the coordinator.
    package mutating func received(_ message: Message, now: LocalInstant) -> [AgentAction] {
        switch state {
        case .connecting, .over:
            return []
        case .away(let away) where !away.isGreeting:
            // Nothing counts that arrives on a link which is not up yet, or not any more.
            return []
        case .greeting, .loading, .preparing, .ready, .running, .ending, .away:
            pulse.heard(now: now)
        }
        switch message {
        case .ping(let nonce):
            return [.send(.pong(nonce))]
        case .pong, .batchAck:
            return []
        case .goodbye(let reason):
            return [.closeLink] + linkLost(reason, now: now)
        case .refuse(let refusal):
            return refused(refusal.reason)
        case .stop(let command):
            return stopped(command)
        default:
            return advanced(message, now: now)
        }
    }

    private mutating func refused(_ reason: String) -> [AgentAction] {
        let stop: [AgentAction] =
            holdsRecords ? [.stopLoad(drain: .zero, reason: reason)] : []
        state = .over
        return stop + [.closeLink, .exit(.refused(reason))]
    }

    private mutating func stopped(_ command: StopCommand) -> [AgentAction] {
        switch state {
        case .running:
            let drain: TimeSpan =
                switch command.mode {
                case .drain(let ns): TimeSpan(ns: max(0, ns))
                case .now: .zero
                }
            return [.stopLoad(drain: drain, reason: command.reason)]
        case .ending, .away, .over:
            return []
        default:
            state = .over
            return [.closeLink, .exit(.unavailable(command.reason))]
        }
    }

    /// The messages that move the run forward, each expected in one state only.
    private mutating func advanced(_ message: Message, now: LocalInstant) -> [AgentAction] {
        switch (state, message) {
        case (.greeting, .welcome(let welcome)):
            guard (hello.versions.lowest...hello.versions.highest).contains(welcome.version) else {
                return violated("welcome with protocol version \(welcome.version)")
            }
            self.welcome = welcome
            state = .loading(Loading())
            return []
        case (.away(let away), .welcome(let again)):
            return welcomedAgain(again, away)
        case (.loading(var loading), .configure(let configuration))
        where loading.configuration == nil:
            loading.configuration = configuration
            state = .loading(loading)
            return []
        case (.loading(let loading), .promptTexts(let texts)):
            return loaded(texts, into: loading)
        case (.loading(let loading), .shardChunk(let chunk)):
            return loaded(chunk, into: loading)
        case (.loading(let loading), .shardEnd(let digest)):
            return shardEnded(loading, digest)
        case (.ready(let configuration), .start(let command)):
            let (distance, overflow) = command.localStart.ns.subtractingReportingOverflow(now.ns)
            guard !overflow, distance.magnitude <= UInt64(Self.farthestStart.ns) else {
                return violated("a start more than a day away by this agent's clock")
            }
            state = .running(configuration)
            start = command
            return [.arm(start: command.localStart)]
        case (.running, .start(let command)) where command == start,
            (.ending, .start(let command)) where command == start:
            // The coordinator could not know that it had arrived.
            return []
        case (.ending, .ended):
            state = .over
            return [.deleteSpool, .closeLink, .exit(.done)]
        default:
            return violated("\(message.kind) out of turn")
        }
    }

    /// The coordinator has taken this agent back.
    private mutating func welcomedAgain(
        _ again: Welcome, _ away: Away
    ) -> [AgentAction] {
        guard let welcome, again.runID == welcome.runID, again.agentIndex == welcome.agentIndex,
            again.version == welcome.version, again.generation >= welcome.generation
        else { return violated("another run's welcome to an agent that came back") }
        self.welcome = again
        let told: [AgentAction]
        switch away.configuration {
        case nil:
            state = .loading(Loading())
            told = []
        case let configuration? where away.hasBegun:
            state = .running(configuration)
            told = started.map { [.send(.started($0))] } ?? []
        case let configuration?:
            state = .ready(configuration)
            told = ready.map { [.send(.ready($0))] } ?? []
        }
        return told + [.resume(acknowledgedThrough: again.acknowledgedThrough)]
    }

    mutating func violated(_ what: String) -> [AgentAction] {
        let reason = "the coordinator sent \(what); coordinator and agent may be of two versions"
        let running = holdsRecords
        state = .over
        let stop: [AgentAction] = running ? [.stopLoad(drain: .zero, reason: reason)] : []
        return stop + [.send(.goodbye(reason)), .closeLink, .exit(.failed(reason))]
    }
}

package import Goodput
package import TimeBase
package import Timeline
package import TokenLog
package import Workload

/// One request of a run as it was measured, on the coordinator's timeline: a line of
/// `requests.jsonl`.
package struct MeasuredRequest: Hashable, Sendable {
    /// Its index in the run's plan.
    package var id: UInt32
    /// The agent that sent it, by name.
    package var agent: String
    /// The base URL that it was sent to, without user part.
    package var target: String
    package var model: String
    /// The class of the scenario, by name.
    package var className: String
    package var phase: Phase
    package var session: UInt32
    package var turn: UInt16
    /// When the workload meant it to be sent.
    package var scheduled: ClusterInstant
    /// How long from then on it waited for a slot among the requests in flight, ns: part of every
    /// latency, and no lateness of the client.
    package var waited: Int64
    /// When its last byte was handed to the kernel; nil when it was never sent.
    package var sent: ClusterInstant?
    /// Its events in order, ns since the run's epoch; nil where the file leaves them to the
    /// journal.
    package var tokens: [TokenEvent]?
    /// Its reads in order, where raw stamps were kept.
    package var reads: [StampedRead]?
    /// When the stream ended, or the failure was seen; never before `scheduled`.
    package var finish: ClusterInstant
    /// The first token of the answer itself, where reasoning came before it; nil without one.
    package var firstAnswer: ClusterInstant?
    /// Tokens of reasoning before it; all of them where none of the answer came. 0 where the file
    /// does not say.
    package var thoughtTokens: UInt32
    /// Never ``Outcome/notNeeded``: such requests are in no file.
    package var outcome: Outcome
    package var error: RequestError?
    /// The least trusted source among its stamps; nil without tokens.
    package var stampSource: StampSource?
    /// Tokens of the planned prompt; nil where the prompt was given as a text, so that nobody asked
    /// for a length.
    package var askedInput: UInt32?
    /// Tokens of the prompt as the server counted them; nil where it did not say.
    package var promptTokens: UInt32?
    package var askedOutput: UInt32
    package var outputTokens: UInt32
    /// How its answer ended, and what was odd about it; the default where the file does not say.
    package var notes: AnswerNotes

    package init(
        id: UInt32, agent: String, target: String, model: String, className: String, phase: Phase,
        session: UInt32, turn: UInt16, scheduled: ClusterInstant, waited: Int64 = 0,
        sent: ClusterInstant?, tokens: [TokenEvent]?, reads: [StampedRead]? = nil,
        finish: ClusterInstant,
        firstAnswer: ClusterInstant?, thoughtTokens: UInt32 = 0,
        outcome: Outcome, error: RequestError?, stampSource: StampSource?, askedInput: UInt32?,
        promptTokens: UInt32?, askedOutput: UInt32, outputTokens: UInt32,
        notes: AnswerNotes = AnswerNotes()
    ) {
        self.id = id
        self.agent = agent
        self.target = target
        self.model = model
        self.className = className
        self.phase = phase
        self.session = session
        self.turn = turn
        self.scheduled = scheduled
        self.waited = waited
        self.sent = sent
        self.tokens = tokens
        self.reads = reads
        self.finish = finish
        self.firstAnswer = firstAnswer
        self.thoughtTokens = thoughtTokens
        self.outcome = outcome
        self.error = error
        self.stampSource = stampSource
        self.askedInput = askedInput
        self.promptTokens = promptTokens
        self.askedOutput = askedOutput
        self.outputTokens = outputTokens
        self.notes = notes
    }

    /// How late the client itself sent it, ns; nil where it was never sent.
    package var latenessNs: Int64? {
        sent.map { ($0 - scheduled).ns - waited }
    }

    /// How many tokens its events carry; 0 where they are not at hand.
    package var tokenCount: Int { (tokens ?? []).reduce(0) { $0 + Int($1.count) } }

    /// The times that a score is made from. Whether its stream came collected is told by the
    /// requests of its run together (`CollectedStreams`).
    package var times: RequestTimes {
        RequestTimes(
            id: Int(id), scheduled: scheduled.ns, tokens: tokens ?? [], finish: finish.ns,
            outcome: outcome.scored, sent: sent?.ns,
            isStreamed: !notes.marks.contains(.notStreamed), thoughts: thoughtTokens)
    }

    /// The `x-request-id` that a target was sent: the run and the request.
    package static func requestID(run: String, id: UInt32) -> String {
        // Half of what interpolation takes, once a line.
        run + "-" + String(id)
    }
}

extension Outcome {
    /// The outcome as a score sees it.
    package var scored: RequestOutcome {
        switch self {
        case .completed: .completed
        case .failed: .failed
        case .abandoned: .abandoned
        case .unfinished: .unfinished
        case .notNeeded: preconditionFailure("a request that was never needed has no score")
        }
    }

    /// The outcome of that name in the files.
    package init?(name: String) {
        switch RequestOutcome(rawValue: name) {
        case .completed: self = .completed
        case .failed: self = .failed
        case .abandoned: self = .abandoned
        case .unfinished: self = .unfinished
        case nil: return nil
        }
    }
}

extension StampSource {
    /// Its name in the files.
    package var name: String {
        switch self {
        case .kernel: "kernel"
        case .kernelJoined: "kernel_joined"
        case .callback: "callback"
        case .callbackJoined: "callback_joined"
        }
    }

    package init?(name: String) {
        guard let source = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = source
    }
}

extension ErrorClass {
    /// Its name in the files.
    package var name: String {
        switch self {
        case .connect: "connect"
        case .connectTimeout: "connect_timeout"
        case .firstTokenTimeout: "first_token_timeout"
        case .betweenTokensTimeout: "between_tokens_timeout"
        case .totalTimeout: "total_timeout"
        case .httpStatus: "http_status"
        case .streamError: "stream_error"
        case .reset: "reset"
        case .closedEarly: "closed_early"
        case .malformed: "malformed"
        case .empty: "empty"
        case .agentDown: "agent_down"
        case .runEnded: "run_ended"
        case .drained: "drain"
        case .local: "local"
        case .recordsLost: "records_lost"
        case .coordinatorDown: "coordinator_down"
        }
    }

    package init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

import Randomness

extension SessionDraft {
    /// The requests of a session of a class with steps, each behind those that it waits for.
    ///
    /// - Parameters:
    ///   - scope: the class's stream scope.
    ///   - ordinal: the session's number within its class.
    ///   - atMost: most requests, at least 1: the first ones of a session that has more.
    init(stepsOf spec: ClassSpec, scope: UInt64, ordinal: UInt64, seed: UInt64, atMost: Int) {
        var graph = StepGraph(
            spec: spec, scope: scope, ordinal: ordinal, seed: seed,
            limit: min(atMost, Int(UInt16.max)))
        for step in spec.steps { graph.add(step) }
        self.init(turns: graph.turns)
    }
}

/// A session of steps while it is drawn. Every step, and every copy of one, has a sub-stream of its
/// own, so that a change to one moves no draw of another.
private struct StepGraph {
    /// A conversation as its last request left it.
    private struct Conversation {
        var prompt: [PromptSegment]
        var sharedSegments: UInt8
        var answer: UInt32
        /// Whether a request goes on in its last segment; others branch off with tokens of their
        /// own.
        var isContinued = false
    }

    /// The parts of a drawn step that later ones need.
    private struct Drawn {
        /// The last turn of each copy.
        var ends: [UInt16] = []
        /// Tokens of the answers there.
        var answers: UInt64 = 0
        /// The conversation of its last copy.
        var conversation: Conversation?
    }

    private let spec: ClassSpec
    private let scope: UInt64
    private let seed: UInt64
    /// Names the session's draws and its prompts.
    private let session: UInt64
    private let own: UInt64
    private let limit: Int
    private var conversations: UInt64 = 0
    private var drawn: [Drawn] = []
    private(set) var turns: [SessionDraft.Turn] = []

    init(spec: ClassSpec, scope: UInt64, ordinal: UInt64, seed: UInt64, limit: Int) {
        self.spec = spec
        self.scope = scope
        self.seed = seed
        self.limit = limit
        session = RandomStream.key(seed: seed, purpose: .session, scope: scope, index: ordinal)
        own = RandomStream.key(seed: seed, purpose: .sessionPrompt, scope: scope, index: ordinal)
    }

    /// Draws the next step of the class.
    mutating func add(_ step: StepSpec) {
        let stepScope = streamScope(step.name)
        var random = RandomStream(seed: session, purpose: .step, scope: stepScope)
        let copies = UInt64(step.copies.sample(using: &random))
        let parents = Set(step.after.flatMap { drawn[$0].ends }).sorted()
        var result = Drawn()
        for copy in 1...copies where turns.count < limit {
            var random = RandomStream(seed: session, purpose: .step, scope: stepScope, index: copy)
            addCopy(step, after: parents, to: &result, &random)
        }
        drawn.append(result)
    }

    private mutating func addCopy(
        _ step: StepSpec, after parents: [UInt16], to result: inout Drawn,
        _ random: inout RandomStream
    ) {
        let rounds = step.rounds.sample(using: &random)
        let isFirst = step.after.isEmpty
        var conversation: Conversation?
        for round in 0..<rounds where turns.count < limit {
            let waitNs = isFirst && round == 0 ? 0 : SessionDraft.think(step.wait, &random)
            let input = UInt64(step.input.sample(using: &random))
            let output = step.output.sample(using: &random)
            let next: Conversation
            if conversation != nil {
                guard let more = Self.continued(&conversation, input, output, room: room) else {
                    // A loop whose context is full has ended, with the answer that it has.
                    turns[turns.count - 1].isUnread = step.reading == .nobody
                    break
                }
                next = more
            } else {
                let taken = step.includes.reduce(input) { $0 + drawn[$1].answers }
                next = begun(step, taken, output)
            }
            let turn = UInt16(turns.count)
            let isRead =
                switch step.reading {
                case .each: true
                case .nobody: false
                case .last: round == rounds - 1
                }
            let waitsFor = round == 0 ? parents : [turn - 1]
            let isLine = turn == 0 ? waitsFor.isEmpty : waitsFor == [turn - 1]
            turns.append(
                SessionDraft.Turn(
                    prompt: next.prompt, outputTokens: next.answer, thinkNs: waitNs,
                    after: isLine ? nil : waitsFor, sharedSegments: next.sharedSegments,
                    isUnread: !isRead))
            conversation = next
        }
        guard let conversation else { return }
        result.ends.append(UInt16(turns.count - 1))
        result.answers += UInt64(conversation.answer)
        result.conversation = conversation
    }

    /// Most tokens of a prompt and its answer.
    private var room: UInt64 { UInt64(spec.contextTokens ?? .max) }

    /// The first request of a copy: of the conversation that the step continues, or of a new one
    /// where it continues none or the context is full.
    private mutating func begun(
        _ step: StepSpec, _ input: UInt64, _ output: UInt32
    ) -> Conversation {
        let branch = RandomStream.key(
            seed: own, purpose: .conversationPrompt, index: conversations)
        conversations += 1
        if let continued = step.continues {
            let room = room
            if let next = Self.continued(
                &drawn[continued].conversation, input, output, room: room, branch: branch)
            {
                return next
            }
        }
        let prefix = step.prefixTokens ?? spec.prefixTokens
        let pair = SessionDraft.fitted(
            LengthPair(input: UInt32(min(input, room)), output: output),
            into: UInt32(room - UInt64(prefix)))
        var prompt: [PromptSegment] = []
        if prefix > 0 {
            let ofStep = step.prefixTokens == nil ? 0 : streamScope(step.name)
            let key = RandomStream.key(
                seed: seed, purpose: .prefixPrompt, scope: scope, index: ofStep)
            prompt.append(PromptSegment(seed: key, tokens: prefix))
        }
        prompt.append(PromptSegment(seed: branch, tokens: pair.input))
        return Conversation(
            prompt: prompt, sharedSegments: prefix > 0 ? 1 : 0, answer: pair.output)
    }

    /// The next request of `conversation`, whose prompt and answer are before its own; nil where
    /// there is none, or no room for it.
    ///
    /// - Parameter branch: The seed of its own tokens where another request goes on already.
    private static func continued(
        _ conversation: inout Conversation?, _ input: UInt64, _ output: UInt32, room: UInt64,
        branch: UInt64? = nil
    ) -> Conversation? {
        guard let before = conversation else { return nil }
        let history =
            before.prompt.reduce(UInt64(0)) { $0 + UInt64($1.tokens) } + UInt64(before.answer)
        guard history + input + UInt64(output) <= room else { return nil }
        var prompt = before.prompt
        prompt[prompt.count - 1].tokens += before.answer
        if before.isContinued, let branch {
            prompt.append(PromptSegment(seed: branch, tokens: UInt32(input)))
        } else {
            prompt[prompt.count - 1].tokens += UInt32(input)
            conversation?.isContinued = true
        }
        return Conversation(
            prompt: prompt, sharedSegments: before.sharedSegments, answer: output)
    }
}

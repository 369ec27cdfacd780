/// A kind of request within the sessions of a class that are graphs: an agent's turns, its
/// sub-agents, what joins them.
///
/// Each session draws the step's copies, which run beside each other, and for each copy its
/// rounds, which follow one on the other, every one continuing the conversation of the round
/// before.
package struct StepSpec: Hashable, Sendable {
    /// The rounds whose answers the class's reader reads; the others count as
    /// ``WorkloadSpec/unreadClass``.
    package enum Reading: Hashable, Sendable {
        /// Those of each copy's last round.
        case last
        case each
        case nobody
    }

    package var name: String
    /// Indices of the steps whose copies all have ended before it begins, rising and all below its
    /// own; empty where it begins with the session.
    package var after: [Int]
    package var copies: TokenLength
    package var rounds: TokenLength
    /// Seconds before each round, from the end of what it waits for; not for one that begins with
    /// the session.
    package var wait: RandomLaw
    /// New prompt tokens of a round.
    package var input: TokenLength
    package var output: TokenLength
    /// Tokens that all prompts of the step begin with, beside its lengths; nil: the class's
    /// prefix. Without a meaning where it continues another step, whose prefix it has then.
    package var prefixTokens: UInt32?
    /// The index of an earlier step of one copy whose conversation, prompt and answer, its prompts
    /// begin with; nil for conversations of its own.
    package var continues: Int?
    /// Indices of earlier steps whose answers, those of each copy's last round, are new input of
    /// its first rounds beside `input`.
    package var includes: [Int]
    package var reading: Reading

    package init(
        name: String, after: [Int] = [], copies: TokenLength = .fixed(1),
        rounds: TokenLength = .fixed(1), wait: RandomLaw = .fixed(0), input: TokenLength,
        output: TokenLength, prefixTokens: UInt32? = nil, continues: Int? = nil,
        includes: [Int] = [], reading: Reading = .last
    ) {
        self.name = name
        self.after = after
        self.copies = copies
        self.rounds = rounds
        self.wait = wait
        self.input = input
        self.output = output
        self.prefixTokens = prefixTokens
        self.continues = continues
        self.includes = includes
        self.reading = reading
    }

    /// Whether some of its answers may have no reader.
    var leavesUnread: Bool {
        switch reading {
        case .nobody: true
        case .each: false
        case .last: !rounds.isOne
        }
    }
}

extension WorkloadSpec {
    /// The class that requests count in whose answers nobody reads.
    package static let unreadClass = "agent"

    /// Whether some class, or some session of a replay, has requests that nobody reads.
    package var leavesUnread: Bool {
        classes.contains { $0.steps.contains(where: \.leavesUnread) }
            || stages.contains { stage in
                guard case .open(.replay(let replay)) = stage.load else { return false }
                return replay.rows.contains { !$0.calls.isEmpty }
            }
    }

    /// The names of the plan's classes: those of the spec, and ``unreadClass`` where it is needed
    /// and none of them has its name.
    package var planClassNames: [String] {
        let names = classes.map(\.name)
        return leavesUnread && !names.contains(Self.unreadClass)
            ? names + [Self.unreadClass] : names
    }
}

extension ClassSpec {
    /// The reason why its steps are impossible, as the end of a sentence; nil when they are sound.
    var stepsDefect: String? {
        guard steps.count <= Self.stepLimit else {
            return "has \(steps.count) steps; at most \(Self.stepLimit) are possible"
        }
        if name == WorkloadSpec.unreadClass, steps.contains(where: { $0.reading != .nobody }) {
            return "has answers that are read, and what nobody reads counts under that name too; "
                + "give it another one"
        }
        var names: Set<String> = []
        for (index, step) in steps.enumerated() {
            guard names.insert(step.name).inserted else {
                return "has two steps `\(step.name)`; rename one"
            }
            if let defect = stepDefect(step, at: index) { return "step `\(step.name)` \(defect)" }
        }
        return nil
    }

    /// Most steps of a class.
    package static let stepLimit = 256

    private func stepDefect(_ step: StepSpec, at index: Int) -> String? {
        let earlier = 0..<index
        guard step.after.allSatisfy(earlier.contains) else {
            return "comes before a step that it waits for"
        }
        let needed = step.includes + [step.continues].compactMap { $0 }
        guard needed.allSatisfy({ comes(index, behind: $0) }) else {
            return "does not wait for a step that its prompt needs"
        }
        for (key, length) in [
            ("count", step.copies), ("repeat", step.rounds), ("input", step.input),
            ("output", step.output),
        ] {
            if let defect = length.defect { return "\(key) \(defect)" }
        }
        if let defect = step.wait.defect { return "wait \(defect)" }
        if let continued = step.continues, !steps[continued].copies.isOne {
            return "continues `\(steps[continued].name)`, which has several copies"
        }
        let prefix = step.prefixTokens ?? prefixTokens
        guard prefix <= TokenLength.limit else {
            return "needs a prefix of at most \(TokenLength.limit) tokens"
        }
        if let contextTokens, contextTokens < prefix + 2 {
            return "has a context that its prefix of \(prefix) tokens fills"
        }
        return nil
    }

    /// Whether step `index` waits for `other`, by itself or by what it waits for. O(steps^2).
    package func comes(_ index: Int, behind other: Int) -> Bool {
        var needed = Set(steps[index].after)
        for step in steps.indices.prefix(index).reversed() where needed.contains(step) {
            needed.formUnion(steps[step].after)
        }
        return needed.contains(other)
    }
}

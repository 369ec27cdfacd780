extension WorkloadSpec {
    /// Throws what makes a plan impossible, naming the stage or class.
    package func validate() throws(WorkloadError) {
        guard let first = stages.first else { throw .noStages }
        guard !classes.isEmpty else { throw .noClasses }
        for (index, stage) in stages.enumerated() {
            let isLast = index == stages.count - 1
            if let problem = stage.defect(isLast: isLast) {
                throw .stage(index: index, problem: problem)
            }
        }
        let needsLengths = stages.contains { !$0.bringsLengths }
        if let each = classes.first(where: { $0.answer == nil }),
            stages.contains(where: { $0.bringsPromptsWithoutOutput })
        {
            throw .classSpec(
                name: each.name,
                problem: "replays prompts without an answer length; give it an output")
        }
        var names: Set<String> = []
        for spec in classes {
            guard names.insert(spec.name).inserted else {
                throw .classSpec(name: spec.name, problem: "appears twice; rename one")
            }
            if let problem = spec.defect(needsLengths: needsLengths) {
                throw .classSpec(name: spec.name, problem: problem)
            }
        }
        guard classes.count <= Int(UInt16.max), stages.count < Int(UInt16.max) else {
            throw .classSpec(name: classes[0].name, problem: "is one of more than 65535")
        }
        let models = Set(classes.flatMap { $0.models?.parts.map(\.model) ?? [] })
        guard models.count <= WorkloadPlan.modelLimit else {
            throw .classSpec(
                name: classes[0].name,
                problem: "and the others name \(models.count) models; a run has at most "
                    + "\(WorkloadPlan.modelLimit)")
        }
        try validateWarmup(first: first, needsLengths: needsLengths)
    }

    private func validateWarmup(
        first: StageSpec, needsLengths: Bool
    ) throws(WorkloadError) {
        switch warmup {
        case .none: return
        case .requests(let count) where count == 0:
            throw .warmup(problem: "has 0 requests; leave it out")
        case .duration(let ns) where ns <= 0:
            throw .warmup(problem: "lasts no time; leave it out")
        case .requests, .duration:
            if first.bringsLengths,
                classes.contains(where: {
                    $0.lengths == nil && $0.prompts == nil && $0.steps.isEmpty
                })
            {
                throw .warmup(
                    problem: "before a replay needs classes with lengths of their own; give them "
                        + "input and output, or leave the warm-up out")
            }
        }
    }
}

extension StageSpec {
    /// Whether every request of the stage brings its own lengths.
    package var bringsLengths: Bool {
        if case .open(.replay) = load { true } else { false }
    }

    /// Whether the stage replays prompts of which one does not say how long its answer is.
    package var bringsPromptsWithoutOutput: Bool {
        guard case .open(.replay(let replay)) = load else { return false }
        return replay.prompts?.firstLineWithoutOutput != nil
    }

    /// The reason why the stage is impossible, as the end of a sentence; nil when it is sound.
    package func defect(isLast: Bool) -> String? {
        if let durationNs, durationNs <= 0 { return "has a duration that is not positive" }
        if requests == 0 { return "has 0 requests; leave the stage out" }
        if maxInFlight == 0 { return "may have 0 requests in flight; give at least 1" }
        switch load {
        case .closed(let concurrency):
            if concurrency == 0 { return "has concurrency 0; give at least 1" }
            if durationNs == nil, requests == nil {
                return "never ends; give it a duration or a number of requests"
            }
            if durationNs == nil, !isLast {
                return "is a closed loop before another stage, so that its end is unknown; "
                    + "give it a duration"
            }
            return nil
        case .open(let arrivals): return openDefect(arrivals)
        }
    }

    private func openDefect(_ arrivals: Arrivals) -> String? {
        switch arrivals {
        case .rate(let from, let to, let spacing):
            guard from >= 0, to >= 0, from.isFinite, to.isFinite, max(from, to) > 0 else {
                return "needs a positive rate"
            }
            if case .gamma(let burstiness) = spacing,
                !(burstiness >= 1e-3 && burstiness <= 1e6)
            {
                return "needs a burstiness between 0.001 and 1000000"
            }
            if from != to, durationNs == nil {
                return "is a ramp and needs a duration (--duration)"
            }
            if durationNs == nil, requests == nil {
                return "never ends; give it a duration or a number of requests"
            }
        case .burst(let size, let everyNs):
            if size == 0 { return "has a burst of 0; give at least 1" }
            if let everyNs {
                if everyNs <= 0 { return "repeats its burst in no time" }
                if durationNs == nil, requests == nil {
                    return "never ends; give it a duration or a number of requests"
                }
            }
        case .replay(let replay):
            guard replay.scale > 0, replay.scale.isFinite else {
                return "needs a positive replay scale"
            }
            if replay.rows.isEmpty { return "replays a trace without rows" }
            if replay.rows.contains(where: { $0.arrivalNs == nil }) {
                return "replays a trace without times; use it as lengths of a class"
            }
            if replay.window().isEmpty { return "replays a window of the trace without rows" }
        }
        return nil
    }
}

extension ClassSpec {
    /// The reason why the class is impossible, as the end of a sentence; nil when it is sound.
    package func defect(needsLengths: Bool) -> String? {
        if name.isEmpty || name.utf8.count > 128 { return "needs a name of 1 to 128 bytes" }
        guard share > 0, share.isFinite else { return "needs a positive share" }
        if let lengths {
            if let defect = lengths.defect { return defect }
        } else if needsLengths, prompts == nil, steps.isEmpty {
            return "needs lengths: input and output, or a file of pairs or of prompts"
        }
        if let prompts {
            if prompts.conversations.isEmpty { return "has a file of prompts without any" }
            if prompts.firstLineWithoutOutput != nil, answer == nil {
                return "has prompts without an answer length; give it an output"
            }
        }
        if let defect = answer?.defect { return "output \(defect)" }
        if let defect = turns.defect { return "turns \(defect)" }
        if turns.maximum == TokenLength.limit, turns.law.mean > 65_535 {
            return "turns are more than 65535"
        }
        if let defect = think.defect { return "think \(defect)" }
        guard prefixTokens <= TokenLength.limit else {
            return "needs a prefix of at most \(TokenLength.limit) tokens"
        }
        if let contextTokens, contextTokens < prefixTokens + 2 {
            return "has a context that its prefix of \(prefixTokens) tokens fills"
        }
        if let defect = models?.defect { return "model \(defect)" }
        return stepsDefect
    }
}

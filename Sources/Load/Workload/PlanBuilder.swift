import Randomness

/// Draws a plan stage by stage.
struct PlanBuilder {
    private let spec: WorkloadSpec
    private let seed: UInt64
    private let reserve: PlanReserve
    private let scopes: [UInt64]
    private let cumulativeShares: [Double]
    /// The class of requests that nobody reads; nil where there is none.
    private let unreadClass: UInt16?
    /// Sessions drawn so far of each class: the index of the next one's sub-stream.
    private var classOrdinals: [UInt64]
    /// The prompts of each class, and of the replay that is being planned.
    private var classPrompts: [IndexedPrompts?] = []
    private var replayPrompts: IndexedPrompts?
    private var nextBeginNs: Int64 = 0
    private(set) var plan: WorkloadPlan

    init(spec: WorkloadSpec, seed: UInt64, reserve: PlanReserve) {
        self.spec = spec
        self.seed = seed
        self.reserve = reserve
        scopes = spec.classes.map { streamScope($0.name) }
        var sum = 0.0
        cumulativeShares = spec.classes.map { each in
            sum += each.share
            return sum
        }
        classOrdinals = Array(repeating: 0, count: spec.classes.count)
        plan = WorkloadPlan(
            stages: [], classNames: spec.planClassNames, requests: [], sessionCount: 0)
        unreadClass = plan.classNames.firstIndex(of: WorkloadSpec.unreadClass).map { UInt16($0) }
        for each in spec.classes { classPrompts.append(indexed(each.prompts)) }
        for model in spec.classes.flatMap({ $0.models?.parts.map(\.model) ?? [] })
        where !plan.modelNames.contains(model) { plan.modelNames.append(model) }
    }

    /// Takes the library's texts into the plan.
    private mutating func indexed(_ library: PromptLibrary?) -> IndexedPrompts? {
        guard let library else { return nil }
        let textBase = UInt64(plan.texts.count)
        plan.texts += library.texts
        let frameBase = UInt64(plan.texts.count)
        plan.texts += library.frame.pieces
        return IndexedPrompts(library: library, textBase: textBase, frameBase: frameBase)
    }

    mutating func build() throws(WorkloadError) {
        var warmupInQueue: UInt32 = 0
        let first = spec.stages[0]
        switch (spec.warmup, first.load) {
        case (.none, _): break
        case (.requests(let count), .closed): warmupInQueue = count
        case (.requests(let count), .open(let arrivals)):
            let stage = StageSpec(
                load: .open(Self.warmupArrivals(arrivals)), requests: count,
                maxInFlight: first.maxInFlight)
            try append(stage, phase: .warmup, streamIndex: 0)
        case (.duration(let ns), .open(let arrivals)):
            let stage = StageSpec(
                load: .open(Self.warmupArrivals(arrivals)), durationNs: ns,
                maxInFlight: first.maxInFlight)
            try append(stage, phase: .warmup, streamIndex: 0)
        case (.duration(let ns), .closed):
            let stage = StageSpec(load: first.load, durationNs: ns)
            try append(stage, phase: .warmup, streamIndex: 0)
        }
        for (index, stage) in spec.stages.enumerated() {
            try append(
                stage, phase: .scored, streamIndex: UInt64(index) + 1,
                warmupInQueue: index == 0 ? warmupInQueue : 0)
        }
    }

    /// The first stage's rate, held: a ramp's begin (its end where it begins at 0), a replay's or
    /// repeated burst's mean rate, one burst as it is.
    private static func warmupArrivals(_ arrivals: Arrivals) -> Arrivals {
        switch arrivals {
        case .rate(let from, let to, let spacing):
            let rate = from > 0 ? from : to
            return .rate(from: rate, to: rate, spacing: spacing)
        case .burst(let size, let everyNs?):
            return .poisson(rate: Double(size) / (Double(everyNs) / 1e9))
        case .burst(let size, nil): return .burst(size: size, everyNs: nil)
        case .replay(let replay):
            return .poisson(rate: (Trace.meanRate(replay.window()) ?? 1) * replay.scale)
        }
    }

    private mutating func append(
        _ stage: StageSpec, phase: Phase, streamIndex: UInt64, warmupInQueue: UInt32 = 0
    ) throws(WorkloadError) {
        let stageIndex = UInt16(plan.stages.count)
        var choice = RandomStream(seed: seed, purpose: .classChoice, index: streamIndex)
        let beginNs = nextBeginNs
        switch stage.load {
        case .closed(let concurrency):
            try appendQueue(
                stage, concurrency: concurrency, phase: phase, stageIndex: stageIndex,
                warmup: warmupInQueue, choice: &choice)
        case .open(let arrivals):
            try checkCount(arrivals, stage.durationNs)
            var random = RandomStream(seed: seed, purpose: .arrivals, index: streamIndex)
            let lastNs = try appendArrivals(
                arrivals, stage: stage, phase: phase, stageIndex: stageIndex, random: &random,
                choice: &choice)
            var durationNs = stage.durationNs
            if case .replay(let replay) = arrivals {
                durationNs = durationNs ?? replay.durationNs.map { scaledSpan($0, replay.scale) }
            }
            plan.stages.append(
                StagePlan(
                    kind: .open, beginNs: beginNs, endNs: try end(beginNs, durationNs, stageIndex),
                    maxInFlight: stage.maxInFlight))
            nextBeginNs = try end(beginNs, durationNs, stageIndex) ?? lastNs
        }
    }

    /// Refuses a rate and a duration that can only make too many requests before any is made: a
    /// number of arrivals is less than its mean by six deviations once in a billion stages.
    private func checkCount(
        _ arrivals: Arrivals, _ durationNs: Int64?
    ) throws(WorkloadError) {
        guard case .rate(let from, let to, let spacing) = arrivals, let durationNs else { return }
        let mean = (from + to) / 2 * Double(durationNs) / 1e9
        var variance = mean
        if case .gamma(let burstiness) = spacing { variance /= min(burstiness, 1) }
        guard mean - 6 * variance.squareRoot() <= Double(WorkloadPlan.requestLimit) else {
            throw .tooManyRequests(limit: WorkloadPlan.requestLimit)
        }
    }

    private func scaledSpan(_ ns: Int64, _ scale: Double) -> Int64 {
        Int64(min(max((Double(ns) / scale).rounded(), 1), 9e18))
    }

    private func end(
        _ beginNs: Int64, _ durationNs: Int64?, _ stage: UInt16
    ) throws(WorkloadError) -> Int64? {
        guard let durationNs else { return nil }
        return try Self.instant(beginNs, durationNs, stage)
    }

    /// `beginNs` + `afterNs`, both at least 0, within the horizon.
    private static func instant(
        _ beginNs: Int64, _ afterNs: Int64, _ stage: UInt16
    ) throws(WorkloadError) -> Int64 {
        let (instant, overflow) = beginNs.addingReportingOverflow(afterNs)
        guard !overflow, instant <= horizonNs else { throw beyondHorizon(stage) }
        return instant
    }

    private static func beyondHorizon(_ stage: UInt16) -> WorkloadError {
        .stage(index: Int(stage), problem: "goes on for more than 100 years; raise its rate")
    }

    private static let horizonNs: Int64 = 3_155_760_000 * 1_000_000_000

    /// The queue of a closed loop: sessions that its slots take one after the other.
    private mutating func appendQueue(
        _ stage: StageSpec, concurrency: UInt32, phase: Phase, stageIndex: UInt16, warmup: UInt32,
        choice: inout RandomStream
    ) throws(WorkloadError) {
        let beginNs = nextBeginNs
        let endNs = try end(beginNs, stage.durationNs, stageIndex)
        plan.stages.append(
            StagePlan(
                kind: .closed(concurrency: concurrency), beginNs: beginNs, endNs: endNs,
                repeats: stage.requests == nil))
        nextBeginNs = endNs ?? beginNs

        var remainingWarmup = Int(warmup)
        while remainingWarmup > 0 {
            remainingWarmup -= try appendSession(
                stage: stageIndex, phase: .warmup, scheduledNs: nil, row: nil,
                atMost: remainingWarmup, choice: &choice)
        }
        if let requests = stage.requests {
            var remaining = Int(requests)
            while remaining > 0 {
                remaining -= try appendSession(
                    stage: stageIndex, phase: phase, scheduledNs: nil, row: nil,
                    atMost: remaining, choice: &choice)
            }
            return
        }
        // Every slot has a session of its own, so that each agent has what to begin again with.
        var remaining = reserve.requests(slots: concurrency, overNs: stage.durationNs ?? 0)
        // A file of prompts is used up before one of it is sent again.
        let conversations = classPrompts.map { $0?.library.conversations.count ?? 0 }
        let drawn = classOrdinals
        var sessions = 0
        var requests = 0
        func isWithoutSome() -> Bool {
            requests < reserve.most
                && conversations.indices.contains { index in
                    classOrdinals[index] - drawn[index] < conversations[index]
                        && spec.classes[index].share > 0
                }
        }
        while remaining > 0 || sessions < concurrency || isWithoutSome() {
            let count = try appendSession(
                stage: stageIndex, phase: phase, scheduledNs: nil, row: nil, atMost: .max,
                choice: &choice)
            remaining -= count
            requests += count
            sessions += 1
        }
    }

    /// Sessions at their arrivals; returns the last one's instant, ns after the run's start.
    private mutating func appendArrivals(
        _ arrivals: Arrivals, stage: StageSpec, phase: Phase, stageIndex: UInt16,
        random: inout RandomStream, choice: inout RandomStream
    ) throws(WorkloadError) -> Int64 {
        let beginNs = nextBeginNs
        var remaining = stage.requests.map { Int($0) } ?? .max
        var lastNs = beginNs
        func isInside(_ ns: Int64) -> Bool { stage.durationNs.map { ns < $0 } ?? true }

        switch arrivals {
        case .rate(let from, let to, let spacing):
            var times = RateArrivals(
                from: from, to: to, spacing: spacing, durationNs: stage.durationNs, random: random)
            while remaining > 0 {
                guard let at = times.next() else {
                    // Only a duration may end a rate before its requests are all there.
                    if stage.durationNs == nil { throw Self.beyondHorizon(stageIndex) }
                    break
                }
                lastNs = try Self.instant(beginNs, at, stageIndex)
                remaining -= try appendSession(
                    stage: stageIndex, phase: phase, scheduledNs: lastNs, row: nil,
                    atMost: remaining, choice: &choice)
            }
        case .burst(let size, let everyNs):
            var at: Int64 = 0
            while remaining > 0, isInside(at) {
                lastNs = try Self.instant(beginNs, at, stageIndex)
                for _ in 0..<size where remaining > 0 {
                    remaining -= try appendSession(
                        stage: stageIndex, phase: phase, scheduledNs: lastNs, row: nil,
                        atMost: remaining, choice: &choice)
                }
                // A single burst repeats only to fill a warm-up's count, and then at once.
                guard let everyNs else {
                    if phase == .warmup, stage.requests != nil { continue }
                    break
                }
                at += min(everyNs, Self.horizonNs + 1)
            }
        case .replay(let replay):
            replayPrompts = indexed(replay.prompts)
            for row in replay.arrivals(using: &random) {
                guard remaining > 0, let at = row.arrivalNs, isInside(at) else { break }
                lastNs = try Self.instant(beginNs, at, stageIndex)
                remaining -= try appendSession(
                    stage: stageIndex, phase: phase, scheduledNs: lastNs, row: row,
                    atMost: remaining, choice: &choice)
            }
        }
        return lastNs
    }

    /// Adds one session and returns how many requests it has: at least 1, at most `atMost`.
    private mutating func appendSession(
        stage: UInt16, phase: Phase, scheduledNs: Int64?, row: TraceRow?, atMost: Int,
        choice: inout RandomStream
    ) throws(WorkloadError) -> Int {
        let total = cumulativeShares[cumulativeShares.count - 1]
        let point = choice.nextUnit() * total
        let chosen = cumulativeShares.firstIndex { point < $0 } ?? cumulativeShares.count - 1
        let ordinal = classOrdinals[chosen]
        classOrdinals[chosen] += 1
        let (draft, usesTexts) = draft(chosen, ordinal: ordinal, row: row, atMost: atMost)
        guard plan.requests.count + draft.turns.count <= WorkloadPlan.requestLimit else {
            throw .tooManyRequests(limit: WorkloadPlan.requestLimit)
        }
        let model = model(chosen, ordinal: ordinal)
        for (number, turn) in draft.turns.enumerated() {
            var dueNs: Int64?
            if let scheduledNs, number == 0 || turn.after?.isEmpty == true {
                dueNs = try Self.instant(scheduledNs, turn.offsetNs, stage)
            }
            plan.requests.append(
                PlannedRequest(
                    index: UInt32(plan.requests.count), phase: phase, stage: stage,
                    classIndex: (turn.isUnread ? unreadClass : nil) ?? UInt16(chosen),
                    session: plan.sessionCount, turn: UInt16(number),
                    scheduledNs: dueNs, thinkNs: turn.thinkNs,
                    after: turn.after, inputTokens: turn.prompt.reduce(0) { $0 + $1.tokens },
                    outputTokens: turn.outputTokens, prompt: turn.prompt,
                    sharedSegments: turn.sharedSegments, usesTexts: usesTexts,
                    modelIndex: model))
        }
        plan.sessionCount += 1
        return draft.turns.count
    }

    /// The index among the plan's models of what session `ordinal` of a class asks for.
    private func model(_ chosen: Int, ordinal: UInt64) -> UInt16? {
        guard let mix = spec.classes[chosen].models else { return nil }
        var random = RandomStream(
            seed: seed, purpose: .model, scope: scopes[chosen], index: ordinal)
        let drawn = mix.parts[mix.draw(using: &random)].model
        return plan.modelNames.firstIndex(of: drawn).map { UInt16($0) }
    }

    /// The turns of session `ordinal` of a class: a conversation of the row's or of the class's
    /// file, else drawn.
    private func draft(
        _ chosen: Int, ordinal: UInt64, row: TraceRow?, atMost: Int
    ) -> (SessionDraft, usesTexts: Bool) {
        let each = spec.classes[chosen]
        let ofRow = row?.conversation.map { Int($0) }
        if !each.steps.isEmpty, ofRow == nil {
            let drawn = SessionDraft(
                stepsOf: each, scope: scopes[chosen], ordinal: ordinal, seed: seed, atMost: atMost)
            return (drawn, false)
        }
        guard let prompts = ofRow == nil ? classPrompts[chosen] : replayPrompts else {
            let drawn = SessionDraft(
                spec: each, scope: scopes[chosen], ordinal: ordinal, seed: seed, row: row,
                atMost: atMost)
            return (drawn, false)
        }
        var random = RandomStream(
            seed: seed, purpose: .session, scope: scopes[chosen], index: ordinal)
        let conversations = prompts.library.conversations
        let next = Int(ordinal % UInt64(conversations.count))
        let given = SessionDraft(
            conversations[ofRow ?? next], of: prompts, spec: each, random: &random, atMost: atMost)
        return (given, true)
    }
}

import PlainText
package import Workload

/// The figures of `legato check`: the load that a plan would send.
package struct PlanSummary: Hashable, Sendable, Codable {
    package struct Stage: Hashable, Sendable, Codable {
        /// "warm-up", "open" or "closed".
        package var kind: String
        /// Slots of a closed loop, or the bound of an open one.
        package var concurrency: UInt32?
        package var beginNs: Int64
        /// Nil: ends with its last request.
        package var endNs: Int64?
        package var requests: Int
        package var sessions: Int
        /// Whether time cuts the requests off, and they come again until then.
        package var isReserve: Bool
    }

    package struct Class: Hashable, Sendable, Codable {
        package var name: String
        package var requests: Int
        package var sessions: Int
        /// Tokens of all its prompts, history included, and of all its answers.
        package var inputTokens: UInt64
        package var outputTokens: UInt64
    }

    /// A model that classes name.
    package struct Model: Hashable, Sendable, Codable {
        package var name: String
        package var requests: Int
        package var sessions: Int
    }

    /// A file of prompts.
    package struct Prompts: Hashable, Sendable, Codable {
        package var file: String
        package var format: String
        package var conversations: Int
        /// Conversations of the file with nothing to be sent and answered.
        package var skipped: Int
        package var textBytes: Int
    }

    package struct Agent: Hashable, Sendable, Codable {
        /// As the scenario's deal names it; nil where it names none: agents are listed in the order
        /// of their names all the same.
        package var name: String?
        package var requests: Int
        package var sessions: Int
        package var outputTokens: UInt64
        /// Slots of each closed or bounded stage, in order.
        package var slots: [UInt32]
    }

    package var name: String
    package var seed: UInt64
    package var requests: Int
    package var warmupRequests: Int
    package var sessions: Int
    package var inputTokens: UInt64
    package var outputTokens: UInt64
    /// Prompt tokens that an earlier prompt of the plan begins with too.
    package var sharedTokens: UInt64
    /// Ns from the start to the last planned arrival or end of a stage.
    package var lengthNs: Int64
    package var stages: [Stage]
    package var classes: [Class]
    /// Models that classes name, in the order of their first occurrence.
    package var models: [Model]
    /// Files of prompts, in the order of stages and classes.
    package var prompts: [Prompts]
    /// All files that the scenario reads, and what of them is left out.
    package var files: [InputFile]
    package var agents: [Agent]
    /// Width of a bin of ``arrivals``, in ns.
    package var binNs: Int64
    /// Arrivals of open-loop sessions in each bin from the start on.
    package var arrivals: [Int]
    package var warnings: [String]

    /// Most bins of ``arrivals``, and how many sessions a bin should hold on average.
    static let bins = 60
    static let sessionsPerBin = 8

    /// The summary of `scenario` dealt to `agents` agents. O(requests).
    ///
    /// - Throws: ``ScenarioError`` when no plan can be made or dealt.
    package init(_ scenario: ResolvedScenario, agents: Int) throws(ScenarioError) {
        let dealing = try scenario.dealing(agents: agents)
        do throws(WorkloadError) {
            let plan = try WorkloadPlan.make(scenario.workload, seed: scenario.seed)
            let shards = try plan.deal(dealing)
            self.init(scenario, plan: plan, shards: shards)
        } catch {
            throw scenario.located(error)
        }
    }

    private init(_ scenario: ResolvedScenario, plan: WorkloadPlan, shards: [Shard]) {
        name = scenario.name
        seed = scenario.seed
        requests = plan.requests.count
        warmupRequests = plan.requests.count { $0.phase == .warmup }
        sessions = Int(plan.sessionCount)
        let libraries = Self.libraries(scenario.workload)
        prompts = libraries.map { library in
            Prompts(
                file: library.file, format: library.format.rawValue,
                conversations: library.conversations.count,
                skipped: library.leftOut[.unanswered],
                textBytes: library.textBytes)
        }
        files = scenario.files
        warnings = scenario.warnings + Self.repeatedPrompts(plan, scenario.workload)
        stages = plan.stages.map { stage in
            Stage(
                kind: stage.kind == .open ? "open" : "closed", concurrency: stage.slots,
                beginNs: stage.beginNs, endNs: stage.endNs, requests: 0, sessions: 0,
                isReserve: stage.repeats)
        }
        classes = plan.classNames.map {
            Class(name: $0, requests: 0, sessions: 0, inputTokens: 0, outputTokens: 0)
        }
        models = plan.modelNames.map { Model(name: $0, requests: 0, sessions: 0) }
        let lastArrival = plan.requests.reduce(Int64(0)) { max($0, $1.scheduledNs ?? 0) }
        lengthNs = plan.stages.reduce(lastArrival) { max($0, $1.endNs ?? 0) }
        let arriving = plan.requests.count { $0.turn == 0 && $0.scheduledNs != nil }
        let bins = min(Self.bins, max(4, arriving / Self.sessionsPerBin))
        binNs = lengthNs / Int64(bins) + 1
        arrivals = Array(repeating: 0, count: bins)
        (inputTokens, outputTokens, sharedTokens) = (0, 0, 0)
        let names = scenario.deal.names
        self.agents = shards.map { shard in
            Agent(
                name: names?[shard.agent],
                requests: shard.requests.count,
                sessions: shard.requests.count { $0.turn == 0 },
                outputTokens: shard.requests.reduce(0) { $0 + UInt64($1.outputTokens) },
                slots: shard.stages.compactMap(\.slots))
        }
        count(plan)
        if scenario.servers.isEmpty {
            warnings += scenario.slowEngineWarnings + scenario.longRequestWarnings(plan)
        }
        if scenario.requiresSteady { warnings += unsteady(scenario.workload) }
    }

    /// The fewest requests in which a steady state is looked for.
    private static let fewestForSteadiness = 30

    /// Sentences about scored stages in which no steady state can be found.
    private func unsteady(_ workload: WorkloadSpec) -> [String] {
        // A warm-up may be a stage before them.
        let first = stages.count - workload.stages.count
        return workload.stages.enumerated().compactMap { index, spec in
            let stage = stages[first + index]
            let why: String
            if spec.load.changes {
                why = "its rate changes by plan"
            } else if !stage.isReserve, stage.requests < Self.fewestForSteadiness {
                why =
                    "it has \(Figures.count(stage.requests, "request")), and "
                    + "\(Self.fewestForSteadiness) are the least"
            } else {
                return nil
            }
            return
                "a steady state is required, and stage \(first + index + 1) can have none, "
                + "since \(why): the run will not be valid"
        }
    }

    private static func libraries(_ workload: WorkloadSpec) -> [PromptLibrary] {
        let replayed = workload.stages.compactMap { stage -> PromptLibrary? in
            guard case .open(.replay(let replay)) = stage.load else { return nil }
            return replay.prompts
        }
        return replayed + workload.classes.compactMap(\.prompts)
    }

    /// Sentences about files of prompts with fewer conversations than the plan has sessions.
    package static func repeatedPrompts(_ plan: WorkloadPlan, _ workload: WorkloadSpec) -> [String]
    {
        workload.classes.enumerated().compactMap { index, each in
            guard let library = each.prompts else { return nil }
            let sessions = plan.requests.count {
                Int($0.classIndex) == index && $0.turn == 0 && $0.usesTexts
            }
            let have = library.conversations.count
            guard sessions > have else { return nil }
            let counted = Figures.count(have, "conversation")
            return
                "\(library.file) has \(counted) and the plan has \(sessions) sessions of class "
                + "\(each.name): after the first \(have) they repeat, "
                + "and a prefix cache may know them"
        }
    }

    private mutating func count(_ plan: WorkloadPlan) {
        var shared = SharedPrompts()
        // A session of steps has requests of two classes, and is one of each.
        var latest = [UInt32?](repeating: nil, count: classes.count)
        for request in plan.requests {
            let (stage, kind) = (Int(request.stage), Int(request.classIndex))
            let first = request.turn == 0 ? 1 : 0
            stages[stage].requests += 1
            stages[stage].sessions += first
            if request.phase == .warmup, stages[stage].kind == "open" {
                stages[stage].kind = "warm-up"
            }
            if let model = request.modelIndex {
                models[Int(model)].requests += 1
                models[Int(model)].sessions += first
            }
            classes[kind].requests += 1
            classes[kind].sessions += latest[kind] == request.session ? 0 : 1
            latest[kind] = request.session
            classes[kind].inputTokens += UInt64(request.inputTokens)
            classes[kind].outputTokens += UInt64(request.outputTokens)
            inputTokens += UInt64(request.inputTokens)
            outputTokens += UInt64(request.outputTokens)
            sharedTokens += shared.add(request.prompt)
            if first > 0, let at = request.scheduledNs { arrivals[Int(at / binNs)] += 1 }
        }
    }
}

internal import EngineModel
internal import Goodput
internal import PlainText
import Workload

/// Turns a scenario's tree into what a run needs, reporting all that is wrong at once.
struct ScenarioReader {
    let file: String
    /// Folder that paths of the scenario are relative to.
    let folder: String
    let collector = DiagnosticCollector()
    let files = InputFileCollector()

    func resolve(_ document: Document) throws(ScenarioError) -> ResolvedScenario {
        let top = SectionReader(document, .scenario, collector)
        let scoring = self.scoring(top)
        let servers = self.servers(top)
        let (endpoint, isEndpointNamed) = self.endpoint(top, servers)
        let request = self.request(top, endpoint: endpoint)
        var prompts = PromptReader.Options(endpoint: endpoint)
        prompts.overriddenMembers = extraNames(top)
        let stages = self.stages(top, prompts: prompts)
        let warmup = self.warmup(top)
        prompts.limit = Self.mostSessions(stages.map(\.spec), warmup)
        let (classes, classScoring) = self.classes(top, scoring: scoring, prompts: prompts)
        let spec = WorkloadSpec(
            warmup: warmup, stages: stages.map(\.spec), classes: classes.map(\.spec))
        check(spec, top: top, stages: stages.map(\.reader), classes: classes.map(\.reader))
        let drain = top.span("drain", allowsZero: true)
        let resolved = ResolvedScenario(
            name: self.name(top), file: file, seed: top.whole("seed", 0...UInt64.max) ?? 0,
            servers: servers,
            endpoint: endpoint,
            isEndpointFixed: isEndpointNamed || request.prompt == .tokens || spec.bringsPrompts,
            model: modelName(top), workload: spec,
            classScoring: classScoring + agentScoring(top, spec, scoring), scoring: scoring,
            timeouts: timeouts(top),
            connections: connections(top), scrapeNs: scrapeInterval(top), request: request,
            mostFailed: mostFailed(top),
            requiresSteady: top.section("validity")?.flag("steady") ?? false,
            drain: Drain(givenNs: drain),
            graceNs: top.span("grace", allowsZero: true) ?? 60_000_000_000,
            readyTimeoutNs: top.span("ready timeout", allowsZero: true) ?? 0,
            deal: deal(top), engine: engine(top),
            warnings: warnings(servers), files: files.files, document: document)
        try collector.throwIfAny(file: file)
        return resolved
    }

    /// The most sessions that a plan of these stages can have; nil where time alone bounds one.
    private static func mostSessions(_ stages: [StageSpec], _ warmup: Warmup) -> Int? {
        var most = 0
        if case .requests(let count) = warmup { most += Int(count) }
        if case .duration = warmup { return nil }
        for stage in stages {
            guard let requests = stage.requests else { return nil }
            most += Int(requests)
        }
        return most
    }

    /// Members of the body that the scenario sets.
    private func extraNames(_ top: SectionReader) -> Set<String> {
        guard case .map(let entries, _)? = top.value("request")?["extra"] else { return [] }
        return Set(entries.map(\.key))
    }

    /// A name that can be part of a folder's.
    private func name(_ top: SectionReader) -> String {
        let given = top.nameText("name")
        let last = file.split(separator: "/").last.map(String.init) ?? "scenario"
        let name = given ?? last.split(separator: ".").first.map(String.init) ?? "scenario"
        if name.utf8.count > 128 || name.contains(where: { "/\\\0\n".contains($0) }) || name == ".."
        {
            top.refuse("name", "becomes a folder's: at most 128 bytes and no slash")
        }
        return name
    }

    private func warmup(_ top: SectionReader) -> Warmup {
        guard let text = top.text("warmup") else { return .none }
        if text == "none" { return .none }
        return top.parsed("warmup") { text throws(QuantityError) in
            switch Quantity.dimension(of: text, among: [.requests, .span]) {
            case .requests?: return .requests(try requestCount(text))
            case .span?:
                let ns = try Quantity.nanoseconds(text)
                guard ns > 0 else { throw QuantityError(message: "`\(text)` is not positive") }
                return .duration(ns: ns)
            default:
                let fault = Quantity.isNumber(text) ? "has no unit" : "is no count and no time"
                throw QuantityError(
                    message: "`\(text)` \(fault); write for example `30 requests` or `10 s`")
            }
        } ?? .none
    }

    func requestCount(_ text: String) throws(QuantityError) -> UInt32 {
        let count =
            Quantity.isNumber(text)
            ? try Quantity.number(text) : try Quantity.parse(text, .requests)
        guard count >= 1, count == count.rounded(), count <= Double(WorkloadPlan.requestLimit)
        else {
            throw QuantityError(
                message: "`\(text)` is no whole number of requests from 1 to "
                    + "\(WorkloadPlan.requestLimit)")
        }
        return UInt32(count)
    }

    private func warnings(_ servers: [ScenarioServer]) -> [String] {
        var warnings: [String] = []
        for server in servers {
            let url = Secrets.maskURL(server.url)
            if Secrets.hasUserPart(server.url) {
                warnings.append(
                    "the URL \(url) holds a user part, which is a secret; "
                        + "keep it out of the file with --api-key-file or LEGATO_API_KEY")
            }
            for header in server.headers where CredentialName.isOne(header.name) {
                warnings.append(
                    "the header \(header.name) of \(url) is a secret in the file; "
                        + "use --api-key-file or LEGATO_API_KEY instead")
            }
        }
        return warnings
    }

    private func timeouts(_ top: SectionReader) -> RequestTimeouts {
        var timeouts = RequestTimeouts()
        guard let section = top.section("timeouts") else { return timeouts }
        timeouts.connectNs = section.span("connect") ?? timeouts.connectNs
        timeouts.firstTokenNs = section.span("first token") ?? timeouts.firstTokenNs
        timeouts.betweenTokensNs = section.span("between tokens") ?? timeouts.betweenTokensNs
        timeouts.totalNs = section.span("total") ?? timeouts.totalNs
        return timeouts
    }

    private func connections(_ top: SectionReader) -> ConnectionRule {
        switch top.text("connections") {
        case nil, "kept": .kept
        case "fresh": .fresh
        default:
            top.parsed("connections") { text throws(QuantityError) in
                guard let limit = UInt16(text.replacing("_", with: "")), limit > 0 else {
                    throw QuantityError(
                        message: "`\(text)` is neither `kept`, `fresh` nor a number of connections "
                            + "from 1 to \(UInt16.max)")
                }
                return .limited(limit)
            } ?? .kept
        }
    }

    private func request(_ top: SectionReader, endpoint: Endpoint) -> RequestSettings {
        var request = RequestSettings()
        request.probes = top.flag("probe") ?? true
        guard let section = top.section("request") else { return request }
        request.ignoreEOS = section.flag("ignore eos")
        request.prompt = section.choice("prompt").flatMap(PromptForm.init(rawValue:)) ?? .automatic
        if request.prompt == .tokens, endpoint == .chat, !top.isWrong("endpoint") {
            section.report(
                "prompt", "`prompt: tokens` needs `endpoint: completions`: chat takes text alone")
        }
        if let extra = section.value("extra") {
            if case .map = extra {
                request.extraJSON = extra.json(canonical: true)
                refuseOwnMembers(of: extra)
                refuseUnclearValues(in: extra)
                for key in ["n", "best_of"] {
                    guard case .scalar(let text, _, let origin)? = extra[key], text != "1" else {
                        continue
                    }
                    collector.report(
                        origin,
                        "`\(key): \(text)` asks for several answers; a reader reads one, so leave "
                            + "it out")
                }
            } else {
                section.refuse("extra", "is an object of `key: value`, not \(extra.kind)")
            }
        }
        return request
    }

    /// The share of requests that may fail, 0 to 1.
    private func mostFailed(_ top: SectionReader) -> Double {
        let section = top.section("validity")
        guard let percent = section?.quantity("failed", .share, allowsZero: true) else {
            return 0.05
        }
        if percent > 100 { section?.refuse("failed", "is over 100 %") }
        return min(1, percent / 100)
    }

    private func costs(_ section: SectionReader) -> StepCosts {
        func span(_ name: String) -> Double? {
            section.span(name, allowsZero: true).map(Double.init)
        }
        var costs = StepCosts()
        costs.stepNs = span("step")
        costs.sequenceNs = span("sequence")
        costs.weightsNs = span("weights")
        costs.tokenNs = span("token")
        costs.sharpness = section.number(
            "sharpness", StepCosts.sharpnesses.contains, "from 1 to 20")
        costs.contextNs = span("context").map { $0 / StepCosts.contextTokens }
        costs.attentionNs = span("attention").map { $0 / StepCosts.attentionPairs }
        costs.frontEndNs = span("front end")
        if costs == StepCosts() {
            section.report("step", "`costs` has no term; give one, or leave the section out")
        }
        return costs
    }

    private func engine(_ top: SectionReader) -> EngineSettings {
        var engine = EngineSettings()
        guard let section = top.section("engine") else { return engine }
        engine.gpu = section.choice("gpu")
        engine.model = section.choice("model")
        engine.scheduler = section.choice("scheduler")
        engine.chunkBudget = section.tokens("chunk budget").map { Int($0) }
        engine.hostProfile = section.choice("host profile")
        engine.maxSequences = section.whole("max sequences", 1...(1 << 20))
        engine.maxModelLen = section.tokens("max model length").map { Int($0) }
        engine.keyValueTokens = section.tokens("kv cache").map { Int($0) }
        engine.meanAnswerTokens = section.tokens("mean answer").map { Int($0) }
        engine.engines = section.whole("engines", 1...EngineOptions.mostEngines)
        engine.order = section.choice("order")
        engine.routing = section.choice("routing")
        engine.prefillEngines = section.whole("prefill engines", 1...EngineOptions.mostEngines)
        engine.preemption = section.choice("preemption")
        engine.prefixCache = section.flag("prefix cache")
        let proposed = section.whole("proposed tokens", 0...EngineOptions.largestProposal)
        let acceptance = section.quantity("acceptance", .share, allowsZero: true)
        engine.setSpeculation(proposed: proposed, acceptance: acceptance.map { $0 / 100 })
        engine.setAbandoning(
            speed: section.quantity("abandon", .speed), budgetNs: section.span("abandon budget"))
        engine.streamInterval = section.whole("stream interval", 1...(1 << 20))
        engine.outputDelayNs = section.span("output delay")
        engine.holdFirstNs = section.span("hold first")
        let thoughts = section.quantity("thoughts", .share, allowsZero: true)
        let isHidden = section.flag("hidden thoughts")
        engine.setThoughts(share: thoughts.map { $0 / 100 }, areHidden: isHidden ?? false)
        if isHidden != nil, !section.has("thoughts") {
            section.report(
                "hidden thoughts", "`hidden thoughts` says how `thoughts` are told; give a share")
        }
        engine.costs = section.section("costs").map(costs)
        engine.seed = section.whole("seed", 0...UInt64.max)
        guard section.isSound else { return engine }
        do throws(EngineOptionsError) {
            _ = try engine.options()
        } catch {
            top.report("engine", error.sentence(.scenario))
        }
        return engine
    }
}

internal import EngineModel
internal import Goodput
import Workload
internal import Workload

/// Turns a scenario's tree into what a run needs, reporting all that is wrong at once.
struct ScenarioReader {
    let file: String
    /// Folder that paths of the scenario are relative to.
    let folder: String
    let collector = DiagnosticCollector()

    func resolve(_ document: Document) throws(ScenarioError) -> ResolvedScenario {
        let top = SectionReader(document, .scenario, collector)
        let scoring = self.scoring(top)
        let endpoint = top.choice("endpoint").flatMap(Endpoint.init(rawValue:)) ?? .chat
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
        let servers = self.servers(top)
        let drain = top.span("drain", allowsZero: true)
        let resolved = ResolvedScenario(
            name: self.name(top), seed: top.whole("seed", 0...UInt64.max) ?? 0, servers: servers,
            endpoint: endpoint, model: top.filledText("model"), workload: spec,
            classScoring: classScoring, scoring: scoring, timeouts: timeouts(top),
            request: request,
            drain: Drain(givenNs: drain),
            graceNs: top.span("grace", allowsZero: true) ?? 60_000_000_000,
            dealWeights: dealWeights(top), engine: engine(top),
            warnings: warnings(servers), document: document)
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
        let given = top.filledText("name")
        let last = file.split(separator: "/").last.map(String.init) ?? "scenario"
        let name = given ?? last.split(separator: ".").first.map(String.init) ?? "scenario"
        if name.utf8.count > 128 || name.contains(where: { "/\\\0\n".contains($0) }) || name == ".."
        {
            top.report("name", "`name` becomes a folder's: at most 128 bytes and no slash")
        }
        return name
    }

    private func warmup(_ top: SectionReader) -> Warmup {
        guard let text = top.text("warmup") else { return .none }
        if text == "none" { return .none }
        // The unit says which: a digit-only count is refused with an example of both.
        if text.contains("request") {
            return top.parsed("warmup") { text throws(QuantityError) in
                .requests(try requestCount(text))
            } ?? .none
        }
        return top.span("warmup").map { .duration(ns: $0) } ?? .none
    }

    func requestCount(_ text: String) throws(QuantityError) -> UInt32 {
        let isBare = text.allSatisfy { $0.isNumber || $0 == "_" }
        let count = isBare ? try Quantity.number(text) : try Quantity.parse(text, .requests)
        guard count >= 1, count == count.rounded(), count <= Double(WorkloadPlan.requestLimit)
        else {
            throw QuantityError(
                message: "`\(text)` is no whole number of requests from 1 to "
                    + "\(WorkloadPlan.requestLimit)")
        }
        return UInt32(count)
    }

    private func servers(_ top: SectionReader) -> [ScenarioServer] {
        (top.sections("servers") ?? []).compactMap { section in
            let headers = self.headers(section)
            let model = section.filledText("model")
            guard section.has("url") else {
                section.report("url", "a server needs `url`, for example http://localhost:8000")
                return nil
            }
            guard let url = section.filledText("url") else { return nil }
            let schemes = ["http://", "https://", "unix:/"]
            guard let scheme = schemes.first(where: url.hasPrefix), url.count > scheme.count,
                !url.contains(where: \.isWhitespace)
            else {
                section.report(
                    "url",
                    "`\(Secrets.maskURL(url))` is no base URL; begin with http://, https:// or "
                        + "unix:/")
                return nil
            }
            return ScenarioServer(url: url, model: model, headers: headers)
        }
    }

    private func headers(_ section: SectionReader) -> [(name: String, value: String)] {
        guard let value = section.value("headers") else { return [] }
        guard case .map(let entries, _) = value else {
            section.report("headers", "`headers` is a section of names and texts")
            return []
        }
        return entries.compactMap { entry in
            guard case .scalar(let text, _, _) = entry.value,
                entry.key.wholeMatch(of: /[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}/) != nil,
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                collector.report(
                    entry.keyOrigin, "`\(entry.key)` is no header: a name and one line of text")
                return nil
            }
            return (entry.key, text)
        }
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
            for header in server.headers where Secrets.isSecretHeader(header.name) {
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

    private func request(_ top: SectionReader, endpoint: Endpoint) -> RequestSettings {
        var request = RequestSettings()
        request.probes = top.flag("probe") ?? true
        guard let section = top.section("request") else { return request }
        request.ignoreEOS = section.flag("ignore eos")
        request.prompt = section.choice("prompt").flatMap(PromptForm.init(rawValue:)) ?? .automatic
        if request.prompt == .tokens, endpoint == .chat {
            section.report(
                "prompt", "`prompt: tokens` needs `endpoint: completions`: chat takes text alone")
        }
        if let extra = section.value("extra") {
            if case .map = extra {
                request.extraJSON = extra.json(canonical: true)
                for key in ["n", "best_of"] {
                    guard case .scalar(let text, _, let origin)? = extra[key], text != "1" else {
                        continue
                    }
                    collector.report(
                        origin,
                        "`\(key): \(text)` asks for several answers; a reader reads one, so leave it "
                            + "out")
                }
            } else {
                section.report("extra", "`extra` is an object of `key: value`, not \(extra.kind)")
            }
        }
        return request
    }

    private func dealWeights(_ top: SectionReader) -> [Double]? {
        guard let text = top.text("deal"), text != "round robin" else { return nil }
        return top.parsed("deal") { text throws(QuantityError) in
            var weights: [Double] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let trimmed = Quantity.trimmed(part)
                guard let weight = Double(trimmed), weight > 0, weight.isFinite else {
                    throw QuantityError(
                        message: "`\(text)` is neither `round robin` nor positive weights like "
                            + "`1, 2, 1`")
                }
                weights.append(weight)
            }
            return weights
        }
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
        engine.seed = section.whole("seed", 0...UInt64.max)
        do throws(EngineOptionsError) {
            _ = try engine.options()
        } catch {
            top.report("engine", error.description)
        }
        return engine
    }
}

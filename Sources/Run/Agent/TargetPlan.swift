package import HTTP
import JSON
package import ServingClient
import TimeBase
package import Wire
package import Workload

/// Targets that an agent drives, decided from its URLs, the run's configuration and its shard; no
/// server has been asked yet. `legato check --url` asks by the same plan.
package struct TargetPlan: Sendable {
    /// One server and one model of it: two models of one URL are two targets.
    package struct Entry: Hashable, Sendable {
        package var target: Target
        package var wishes: TargetWishes
    }

    package private(set) var entries: [Entry]
    /// How the client behaves.
    package private(set) var client: ClientConfiguration
    /// Options that all requests have in common.
    package private(set) var options: RequestOptions
    /// Which of them each session goes to, dealt in the order of the shard.
    package private(set) var sessions: SessionTargets

    /// - Parameters:
    ///   - targets: the URLs that the agent was given.
    ///   - fields: header fields of every request.
    /// - Throws: ``PreparationFailure`` for options that no request can be made from, and for a URL
    ///   that names another endpoint than the run's.
    package init(
        _ configuration: RunConfiguration, requests: [PlannedRequest], targets: [Target],
        runID: String, fields: [HTTPField]
    ) throws(PreparationFailure) {
        if let stray = requests.lazy.compactMap(\.modelIndex).first(where: {
            Int($0) >= configuration.models.count
        }) {
            throw PreparationFailure(
                reason: "the shard names model \(stray + 1) of \(configuration.models.count)")
        }
        for target in targets {
            guard let named = target.namedEndpoint, configuration.isEndpointFixed,
                named != configuration.endpoint
            else { continue }
            throw PreparationFailure(
                reason: "\(target) names the \(named.rawValue) endpoint and the run drives "
                    + "\(configuration.endpoint.rawValue); give a base URL, or --endpoint "
                    + named.rawValue)
        }
        let chosen = Self.models(configuration, targets)
        guard chosen.count <= WireLimits.targets else {
            throw PreparationFailure(
                reason: "\(chosen.count) targets for one agent; it drives at most "
                    + "\(WireLimits.targets)")
        }
        sessions = SessionTargets(
            models: chosen.map(\.model), named: configuration.models, rounds: configuration.rounds)
        var own: [[PlannedRequest]] = chosen.map { _ in [] }
        for request in requests where !own.isEmpty {
            own[sessions.targetIndex(of: request)].append(request)
        }
        entries = zip(chosen, own).map { each, own in
            Entry(target: each.target, wishes: Self.wishes(configuration, own, each.model))
        }
        client = Self.client(configuration)
        options = RequestOptions(runID: runID, model: "")
        options.endpoint = configuration.endpoint
        options.extraFields = fields
        options.dialect = .unasked(
            prompt: configuration.promptForm == .tokens
                ? .tokenIDs(PromptText.tokenIDs) : .words,
            pinsOutput: configuration.ignoreEOS)
        do {
            if !configuration.extraJSON.isEmpty {
                let extra = try JSONValue(parsing: Array(configuration.extraJSON.utf8))
                options.extraMembers = extra.members ?? []
            }
            // Faults of the options are found here, before anything is sent.
            _ = try RequestBuilder(targets: targets, options: options)
        } catch {
            throw PreparationFailure(reason: "\(error)")
        }
    }

    /// The model that each target is asked for: those that the run gives its servers, else that of
    /// the run; empty takes the first that the server lists.
    ///
    /// A URL that the run names with several models is as many targets, also where the agent was
    /// given it once.
    private static func models(
        _ configuration: RunConfiguration, _ targets: [Target]
    ) -> [(target: Target, model: String)] {
        // Written otherwise, it may be the same; what is no URL is no target's.
        let servers = configuration.servers.compactMap { server in
            (try? Target(parsing: server.url)).map { (target: $0, model: server.model) }
        }
        var given: [(target: Target, model: String)] = []
        for (targetIndex, target) in targets.enumerated() {
            let own = servers.filter { $0.target.isSameServer(as: target) }.map(\.model)
            guard !own.isEmpty else {
                given.append((target, configuration.model))
                continue
            }
            let before = targets[..<targetIndex].count { $0.isSameServer(as: target) }
            let isLast = !targets[(targetIndex + 1)...].contains { $0.isSameServer(as: target) }
            given.append((target, own[before % own.count]))
            guard isLast else { continue }
            for model in own.dropFirst(before + 1) { given.append((target, model)) }
        }
        return given.map { each in
            each.model.isEmpty ? (each.target, configuration.model) : each
        }
    }

    private static func client(_ configuration: RunConfiguration) -> ClientConfiguration {
        var client = ClientConfiguration()
        client.timeouts.connect = TimeSpan(ns: configuration.timeouts.connectNs)
        client.timeouts.firstToken = TimeSpan(ns: configuration.timeouts.firstTokenNs)
        client.timeouts.betweenTokens = TimeSpan(ns: configuration.timeouts.betweenTokensNs)
        client.timeouts.total = TimeSpan(ns: configuration.timeouts.totalNs)
        client.connections = configuration.connections
        return client
    }

    private static func wishes(
        _ configuration: RunConfiguration, _ requests: [PlannedRequest], _ model: String
    ) -> TargetWishes {
        var wishes = TargetWishes()
        wishes.endpoint = configuration.endpoint
        wishes.isEndpointFixed = configuration.isEndpointFixed
        wishes.model = model
        let named = Set(requests.compactMap(\.modelIndex)).sorted()
        wishes.namedModels = named.map { configuration.models[Int($0)] }
        wishes.namesEveryModel = !requests.isEmpty && requests.allSatisfy { $0.modelIndex != nil }
        wishes.pinsOutput = configuration.ignoreEOS
        wishes.prompt = configuration.promptForm
        wishes.probes = configuration.probes
        let lengths = requests.map(\.outputTokens).sorted()
        wishes.outputTokens = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
        wishes.readyTimeout = TimeSpan(ns: configuration.readyTimeoutNs)
        wishes.limits = QuestionLimits(
            firstToken: TimeSpan(ns: configuration.questionNs),
            betweenTokens: TimeSpan(ns: configuration.timeouts.betweenTokensNs),
            all: TimeSpan(ns: configuration.questionsNs))
        return wishes
    }
}

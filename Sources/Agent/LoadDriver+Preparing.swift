import EventLoop
import HTTPStream
import JSON
import ServingClient
import TimeBase
import Wire
import Workload

extension LoadDriver {
    /// Connections that are opened before the start, a target, where nothing says how many are needed.
    private static let connectionsAhead = 16
    /// Most connections that are opened before the start, a target.
    private static let mostConnectionsAhead = 1_024

    /// Finds the targets, checks that they answer, opens connections and takes the shard.
    ///
    /// `done` comes once, with what the coordinator is told.
    func prepare(
        _ configuration: RunConfiguration, _ shard: RequestShard, runID: String,
        targets: [Target], access: TargetAccess,
        done tell: @escaping (Result<Ready, PreparationFailure>) -> Void
    ) {
        let secrets = SecretFilter(
            fields: access.fields.fields, urls: targets.map(\.description))
        let done = { (result: Result<Ready, PreparationFailure>) in
            tell(result.hiding(secrets, in: configuration))
        }
        let limit = OpenFiles.raiseLimit()
        let connections = max(0, limit - OpenFiles.reserve)
        if let wanted = Self.closedLoop(configuration), wanted > connections {
            let reason =
                "a stage holds \(wanted) requests open here and this process may open \(limit) "
                + "files; raise the limit (ulimit -n, or LimitNOFILE of the unit) to "
                + "\(wanted + OpenFiles.reserve)"
            return loop.next { done(.failure(PreparationFailure(reason: reason))) }
        }
        var clientConfiguration = Self.client(configuration)
        clientConfiguration.connectionLimit = min(
            connections, clientConfiguration.connectionLimit)
        clientConfiguration.trust = access.trust
        let client = ServingClient(
            loop: loop, targets: targets, configuration: clientConfiguration,
            probeFields: access.fields.fields, sink: self)
        self.client = client
        client.open { [self] errors in
            for case (let error?, let target) in zip(errors, targets) {
                return done(.failure(PreparationFailure(reason: error.sentence(target))))
            }
            probe(0, []) { [self] answers in
                if let silent = answers.first(where: { !$0.isAnswering }) {
                    return done(.failure(PreparationFailure(reason: silent.sentence)))
                }
                take(
                    configuration, shard, runID: runID, fields: access.fields,
                    answers: answers, done: done)
            }
        }
    }

    /// The most requests that a closed-loop stage of this shard holds open; nil without such a stage.
    private static func closedLoop(_ configuration: RunConfiguration) -> Int? {
        configuration.stages.compactMap { stage in
            guard case .closed(let concurrency) = stage.kind else { return nil }
            return Int(concurrency)
        }.max()
    }

    private static func client(_ configuration: RunConfiguration) -> ClientConfiguration {
        var client = ClientConfiguration()
        client.timeouts.connect = TimeSpan(ns: configuration.timeouts.connectNs)
        client.timeouts.firstToken = TimeSpan(ns: configuration.timeouts.firstTokenNs)
        client.timeouts.betweenTokens = TimeSpan(ns: configuration.timeouts.betweenTokensNs)
        client.timeouts.total = TimeSpan(ns: configuration.timeouts.totalNs)
        return client
    }

    private func probe(
        _ target: Int, _ answers: [ProbeAnswer], done: @escaping ([ProbeAnswer]) -> Void
    ) {
        guard let client, target < client.targets.count else { return done(answers) }
        client.probe(target: target) { [self] answer in
            probe(target + 1, answers + [answer], done: done)
        }
    }

    private func take(
        _ configuration: RunConfiguration, _ shard: RequestShard, runID: String,
        fields: RequestFields, answers: [ProbeAnswer],
        done: @escaping (Result<Ready, PreparationFailure>) -> Void
    ) {
        guard let client else { return }
        let models = answers.map { Self.model(configuration, $0) }
        let options: RequestOptions
        do {
            options = try Self.options(
                configuration, runID: runID, model: models.first ?? "", fields)
            // What is wrong with the options is wrong before anything is sent.
            _ = try RequestBuilder(targets: client.targets, options: options)
        } catch {
            return done(.failure(PreparationFailure(reason: "\(error)")))
        }
        profiles(configuration, options, models: models) { [self] found in
            let profiles: [ServerProfile]
            do {
                profiles = try found.get()
                builder = try RequestBuilder(
                    targets: client.targets, options: options, dialects: profiles.map(\.dialect),
                    texts: shard.texts)
            } catch {
                return done(.failure(PreparationFailure(reason: "\(error)")))
            }
            hold(
                requests: shard.requests, stages: configuration.stages,
                drain: TimeSpan(ns: configuration.drainNs),
                keepsRawStamps: configuration.keepsRawStamps)
            let states = zip(zip(answers, profiles), client.agreedTLS).map { found, agreed in
                let (answer, profile) = found
                return TargetState(
                    url: answer.target.description, model: profile.model,
                    detail: answer.sentence,
                    profileJSON: String(decoding: profile.json.serialized, as: UTF8.self),
                    remarks: profile.remarks,
                    tls: agreed.map {
                        TLSState(
                            version: $0.version, cipher: $0.cipher, isVerified: $0.isVerified)
                    })
            }
            let ahead = Self.connectionsAhead(configuration, targets: client.targets.count)
            openAhead(ahead, target: 0, opened: 0) { opened in
                done(
                    .success(
                        Ready(
                            connections: UInt32(opened), targets: states,
                            headerNames: fields.names)))
            }
        }
    }

    /// The model that a target is asked for: the one that the scenario gives this server, else that of
    /// the run, else the first that the server lists.
    private static func model(_ configuration: RunConfiguration, _ answer: ProbeAnswer) -> String {
        let own = configuration.servers.first { server in
            // Written otherwise, it may be the same; what is no URL is no target's.
            (try? Target(parsing: server.url)) == answer.target
        }
        if let own { return own.model }
        return configuration.model.isEmpty ? answer.models.first ?? "" : configuration.model
    }

    /// What each target accepts, asked of all of them at once; without probing, nothing but what
    /// every server takes.
    private func profiles(
        _ configuration: RunConfiguration, _ options: RequestOptions, models: [String],
        _ done: @escaping (Result<[ServerProfile], CapabilityProbeError>) -> Void
    ) {
        guard let client else { return }
        let wishes = TargetProbe.Wishes(
            pinsOutput: configuration.ignoreEOS, prompt: configuration.promptForm)
        var found = zip(client.targets, models).map { target, model in
            var profile = ServerProfile(target: target, model: model, wishes: wishes)
            profile.dialect = options.dialect
            profile.dialect.model = model
            return profile
        }
        guard configuration.probes, !found.isEmpty else { return done(.success(found)) }
        var left = found.count
        var failure: CapabilityProbeError?
        for place in found.indices {
            var own = options
            own.model = models[place]
            TargetProbe.begin(
                client: client, target: place, options: own, wishes: wishes
            ) { result in
                switch result {
                case .success(let profile): found[place] = profile
                case .failure(let error): failure = failure ?? error
                }
                left -= 1
                if left == 0 { done(failure.map { .failure($0) } ?? .success(found)) }
            }
        }
    }

    private static func options(
        _ configuration: RunConfiguration, runID: String, model: String, _ fields: RequestFields
    ) throws -> RequestOptions {
        var options = RequestOptions(runID: runID, model: model)
        options.endpoint = configuration.endpoint
        options.extraFields = fields.fields
        options.dialect = .unasked(
            prompt: configuration.promptForm == .tokens
                ? .tokenIDs(PromptText.tokenIDs) : .words,
            pinsOutput: configuration.ignoreEOS)
        if !configuration.extraJSON.isEmpty {
            let extra = try JSONValue(parsing: Array(configuration.extraJSON.utf8))
            options.extraMembers = extra.members ?? []
        }
        return options
    }

    /// A closed loop sends its first requests all at once: each finds a connection then.
    private static func connectionsAhead(_ configuration: RunConfiguration, targets: Int) -> Int {
        let held = closedLoop(configuration).map { ($0 + targets - 1) / max(1, targets) } ?? 0
        return min(max(held, connectionsAhead), mostConnectionsAhead)
    }

    private func openAhead(
        _ count: Int, target: Int, opened: Int, done: @escaping (Int) -> Void
    ) {
        guard let client, target < client.targets.count else { return done(opened) }
        client.prepareConnections(count, target: target) { [self] ready, _ in
            openAhead(count, target: target + 1, opened: opened + ready, done: done)
        }
    }
}

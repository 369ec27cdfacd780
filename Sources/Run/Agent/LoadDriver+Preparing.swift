import AnswerStream
import EventLoop
import JSON
import ServingClient
import TimeBase
import Wire
import Workload

extension LoadDriver {
    /// Connections that are opened before the start, a target, where nothing says how many are
    /// needed.
    private static let connectionsAhead = 16
    /// Most connections that are opened before the start, a target.
    private static let mostConnectionsAhead = 1_024

    /// Finds the targets, asks what they accept, opens connections and takes the shard.
    ///
    /// - Parameters:
    ///   - progress: gets a sentence now and then while a target is waited for.
    ///   - done: called once, with what the coordinator is told.
    func prepare(
        _ configuration: RunConfiguration, _ shard: RequestShard, runID: String,
        targets: [Target], access: TargetAccess, progress: @escaping (String) -> Void,
        done tell: @escaping (Result<Ready, PreparationFailure>) -> Void
    ) {
        let secrets = SecretFilter(
            fields: access.fields.fields, urls: targets.map(\.path))
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
        let plan: TargetPlan
        do throws(PreparationFailure) {
            plan = try TargetPlan(
                configuration, requests: shard.requests, targets: targets, runID: runID,
                fields: access.fields.fields)
        } catch { return loop.next { done(.failure(error)) } }
        var clientConfiguration = plan.client
        clientConfiguration.connectionLimit = min(
            connections, clientConfiguration.connectionLimit)
        clientConfiguration.trust = access.trust
        let client = ServingClient(
            loop: loop, targets: plan.entries.map(\.target), configuration: clientConfiguration,
            probeFields: access.fields.fields, sink: self)
        self.client = client
        ask(client, plan, progress) { [self] result in
            switch result {
            case .failure(let failure): done(.failure(failure))
            case .success(let prepared):
                take(
                    configuration, shard, plan: plan, fields: access.fields, prepared: prepared,
                    done: done)
            }
        }
    }

    /// The most requests that a closed-loop stage of this shard holds open; nil without such a
    /// stage.
    private static func closedLoop(_ configuration: RunConfiguration) -> Int? {
        configuration.stages.compactMap { stage in
            guard case .closed(let concurrency) = stage.kind else { return nil }
            return Int(concurrency)
        }.max()
    }

    /// Asks all targets at once; the first that cannot be driven ends it.
    private func ask(
        _ client: ServingClient, _ plan: TargetPlan, _ progress: @escaping (String) -> Void,
        _ done: @escaping (Result<[PreparedTarget], PreparationFailure>) -> Void
    ) {
        var found: [PreparedTarget?] = plan.entries.map { _ in nil }
        guard !found.isEmpty else { return loop.next { done(.success([])) } }
        for (targetIndex, entry) in plan.entries.enumerated() {
            preparations.append(
                TargetPreparation.begin(
                    client: client, target: targetIndex, options: plan.options,
                    wishes: entry.wishes,
                    progress: progress
                ) { [self] result in
                    guard !preparations.isEmpty else { return }
                    switch result {
                    case .success(let prepared): found[targetIndex] = prepared
                    case .failure(let refusal):
                        cancelPreparations()
                        return done(
                            .failure(PreparationFailure(reason: refusal.description)))
                    }
                    let all = found.compactMap { $0 }
                    guard all.count == found.count else { return }
                    preparations = []
                    done(.success(all))
                })
        }
    }

    /// Ends what is still being asked, without a word.
    func cancelPreparations() {
        for preparation in preparations { preparation.cancel() }
        preparations = []
    }

    private func take(
        _ configuration: RunConfiguration, _ shard: RequestShard, plan: TargetPlan,
        fields: RequestFields, prepared: [PreparedTarget],
        done: @escaping (Result<Ready, PreparationFailure>) -> Void
    ) {
        guard let client else { return }
        do {
            builder = try RequestBuilder(
                targets: client.targets, options: plan.options,
                dialects: prepared.map(\.profile.dialect), models: configuration.models,
                texts: shard.texts)
        } catch {
            return done(.failure(PreparationFailure(reason: "\(error)")))
        }
        hold(
            requests: shard.requests, targets: plan.sessions, stages: configuration.stages,
            rounds: configuration.rounds, drain: TimeSpan(ns: configuration.drainNs),
            keepsRawStamps: configuration.keepsRawStamps)
        let states = zip(prepared, client.agreedTLS).map { found, agreed in
            TargetState(
                url: found.profile.target.description, model: found.profile.model,
                detail: found.sentence,
                profileJSON: String(decoding: found.profile.json.serialized, as: UTF8.self),
                remarks: found.profile.remarks, tls: agreed)
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

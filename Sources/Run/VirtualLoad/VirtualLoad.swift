package import EngineModel
import Goodput
package import Results
package import RunRecord
import TimeBase
import Timeline
import TokenLog
package import Wire
package import Workload

/// A run in virtual time: what agents would have measured of engines of their own, request by
/// request, and the header of such a run.
///
/// Equal openings and parts give equal requests. The clocks are exact, the network takes no time,
/// and no client is late.
package struct VirtualLoad: Sendable {
    /// An agent's part.
    package struct Part: Sendable {
        package var name: String
        package var configuration: RunConfiguration
        package var requests: [PlannedRequest]

        package init(name: String, configuration: RunConfiguration, requests: [PlannedRequest]) {
            self.name = name
            self.configuration = configuration
            self.requests = requests
        }
    }

    package let header: RunHeader
    /// The engines' model, and those that requests name by their indices.
    private let model: String
    private let modelNames: [String]
    /// Tokens that an event waits for.
    private let streamInterval: Int
    private let shards: [Shard]
    /// The requests as they ended.
    private let order: [Position]

    /// The requests of an agent.
    private struct Shard: Sendable {
        var name: String
        var url: String
        var streams: [VirtualStream]
        var instants: StepInstants?
    }

    private struct Position: Sendable {
        var shard: Int
        var stream: Int
    }

    /// Runs the parts, one after the other: agents have nothing in common but the plan.
    ///
    /// - Parameters:
    ///   - opening: The run's, of the same plan as the parts.
    ///   - realtimeNs: CLOCK_REALTIME that the run's start is written as.
    ///   - options: The engines' of each agent; they have been validated.
    /// - Complexity: O(tokens + requests log requests).
    package init(
        _ opening: RunOpening, realtimeNs: Int64, parts: [Part], options: EngineOptions
    ) {
        var shards: [Shard] = []
        var scored = LoadPlan.Count(planned: 0, notNeeded: 0)
        var warmup = scored
        for part in parts {
            var shard = VirtualShard(part.configuration, part.requests, options: options)
            shard.run()
            let notNeeded = shard.notNeeded
            let streams = shard.streams
            let due = streams.count { $0.request.phase == .scored }
            scored.notNeeded += notNeeded[.scored] ?? 0
            warmup.notNeeded += notNeeded[.warmup] ?? 0
            scored.planned += due + (notNeeded[.scored] ?? 0)
            warmup.planned += streams.count - due + (notNeeded[.warmup] ?? 0)
            shards.append(
                Shard(
                    name: part.name, url: "virtual:\(part.name)", streams: streams,
                    instants: shard.instants))
        }
        self.shards = shards
        var order = shards.enumerated().flatMap { index, shard in
            shard.streams.indices.map { Position(shard: index, stream: $0) }
        }
        func key(_ position: Position) -> (Int64, UInt32) {
            let stream = shards[position.shard].streams[position.stream]
            return (stream.finishNs, stream.request.index)
        }
        order.sort { key($0) < key($1) }
        self.order = order
        model = options.model.publishedName
        modelNames = opening.modelNames
        streamInterval = options.holding.streamInterval
        var header = RunHeader(
            opening,
            epoch: RunEpoch(raw: 0, monotonic: 0, realtime: realtimeNs, bootID: "virtual"),
            agents: shards.map { shard in
                var agent = RunAgent(name: shard.name, targets: [shard.url])
                agent.clockBounds = ClockBounds(low: 0, high: 0)
                return agent
            },
            validity: Validity(verdict: .simulated, intervals: []), scored: scored,
            warmup: warmup, complete: true, lossless: true)
        header.simulated = opening.engine
        self.header = header
    }

    /// The figures of the run, for its own readers.
    ///
    /// - Parameters:
    ///   - requests: Itself, or what hands it on.
    ///   - withSurface: Whether smooth goodput is worked out for every reader, too.
    package func summary(
        of requests: some MeasuredRequests, withSurface: Bool = false
    ) throws(FileProblem) -> RunSummary {
        var overrides = ScoringOverrides()
        overrides.surface = withSurface
        return RunSummary(
            header,
            try RunFigures(in: RunSetting(header), overrides: overrides, of: requests))
    }
}

extension VirtualLoad: MeasuredRequests {
    package var path: String { RunFileName.requests }
    package var shared: (any MeasuredRequests & Sendable)? { self }

    package func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        for position in order {
            let shard = shards[position.shard]
            try body(measured(shard.streams[position.stream], of: shard, withTokens))
        }
    }

    private func measured(
        _ stream: VirtualStream, of shard: Shard, _ withTokens: Bool
    ) -> MeasuredRequest {
        let planned = stream.request
        var notes = AnswerNotes()
        notes.finishReason = stream.finishReason
        if stream.finishReason != nil { notes.ending = .finishReason }
        notes.hiddenTokens = UInt32(clamping: stream.hiddenTokens)
        let thoughts = stream.thoughtTokens(interval: streamInterval)
        let events =
            withTokens ? stream.events(interval: streamInterval, shard.instants) : nil
        let answer = thoughts > 0 ? events?.first(after: thoughts) : nil
        return MeasuredRequest(
            id: planned.index, agent: shard.name, target: shard.url,
            model: planned.modelIndex.map { modelNames[Int($0)] } ?? model,
            className: header.classes[Int(planned.classIndex)].name, phase: planned.phase,
            session: planned.session, turn: planned.turn,
            scheduled: ClusterInstant(ns: stream.scheduledNs),
            waited: stream.freeNs - stream.scheduledNs,
            sent: stream.sentNs.map { ClusterInstant(ns: $0) },
            tokens: events,
            finish: ClusterInstant(ns: stream.finishNs),
            firstAnswer: answer.map { ClusterInstant(ns: $0.time) },
            thoughtTokens: UInt32(thoughts), outcome: stream.outcome, error: stream.error,
            stampSource: nil,
            askedInput: planned.usesTexts ? nil : planned.inputTokens,
            promptTokens: planned.inputTokens, askedOutput: planned.outputTokens,
            outputTokens: UInt32(stream.delivered(interval: streamInterval)), notes: notes)
    }
}

extension [TokenEvent] {
    /// The first event with a token behind the first `tokens`; nil without any.
    fileprivate func first(after tokens: Int) -> TokenEvent? {
        var seen = 0
        return first { event in
            seen += Int(event.count)
            return seen > tokens
        }
    }
}

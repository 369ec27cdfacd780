import Agent
import EventLoop
package import Host
import ServingClient
package import TimeBase
package import TokenLog
import Wire
import Workload

/// Drives the agents' own client against a local source and tells how far a plan is from its limit.
package struct HeadroomMeasurement {
    private let plan: HeadroomPlan
    private let node: NodeResources
    private let priority: ThreadPriority

    /// Loads beyond which a plan is worth a measurement before its run: a tenth of what one core
    /// of a slow machine drives.
    package static let notable = LoadPeak(
        streams: 500, requestsPerSecond: 200, tokensPerSecond: 6_000)

    /// Parts of the time for twice the peak, for half of that where it is wanted, and for the cost
    /// of requests.
    private static let drivenPart = 0.5
    private static let halfPart = 0.3
    private static let requestsPart = 0.2
    /// Requests a second of that.
    private static let requestRate = 500.0
    private static let mostThreads = 4

    package init(_ plan: HeadroomPlan, on node: NodeResources, priority: ThreadPriority) {
        self.plan = plan
        self.node = node
        self.priority = priority
    }

    /// Whether `peak` comes near enough to a client's limit to be measured before a run.
    package static func isNotable(_ peak: LoadPeak) -> Bool { peak.share(of: notable) > 1 }

    /// Measures on the calling thread and a few of its own for about `span` at most.
    ///
    /// - Throws: ``BenchFailure`` where the trial cannot be driven, or an answer fails.
    package func report(within span: TimeSpan, host: String) throws(BenchFailure) -> HeadroomReport
    {
        let begun = Self.use
        let (driven, source) = try drive(load(span, Self.drivenPart))
        // Late at twice the peak says little of the peak itself: that is driven, too.
        let half = driven.isLate ? try drive(load(span, Self.halfPart, factor: 0.5)).0 : nil
        let (requests, _) = try drive(
            TrialLoad(
                ofRequests: Self.requestRate, promptTokens: plan.promptTokens,
                ns: Int64(Double(span.ns) * Self.requestsPart)))
        var node = node
        node.othersCores = Self.othersCores(from: begun, to: Self.use)
        let capacity = ClientCapacity(
            driven, half: half, requests: requests, isCrowded: node.isCrowded)
        return HeadroomReport(plan, capacity, source, node, host: host)
    }

    /// The processors' time, this process's own, and when.
    private typealias Use = (processors: ProcessorTime?, own: UInt64, at: LocalInstant)

    private static var use: Use { (ProcessorTime.read(), ProcessTime.cpuNs, RawClock.now()) }

    private static func othersCores(from begin: Use, to end: Use) -> Double {
        guard let before = begin.processors, end.at > begin.at,
            let all = end.processors?.processors(since: before)
        else { return 0 }
        return max(0, all - Double(end.own &- begin.own) / Double((end.at - begin.at).ns))
    }

    private func load(_ span: TimeSpan, _ part: Double, factor: Double = 1) -> TrialLoad {
        TrialLoad(
            plan.peak, promptTokens: plan.promptTokens, ns: Int64(Double(span.ns) * part),
            bounds: bounds, factor: factor)
    }

    private var threads: Int { min(Self.mostThreads, max(1, node.processors - 1)) }

    /// Both ends of every stream are files of this process.
    private var bounds: TrialLoad.Bounds {
        var bounds = TrialLoad.Bounds()
        let files = Double(max(2, node.openFiles - OpenFiles.reserve / 2)) / 2
        let ports = node.ports.map { Double($0 * threads) / 2 } ?? .infinity
        bounds.most.streams = min(bounds.most.streams, files, ports)
        return bounds
    }

    private func drive(
        _ load: TrialLoad
    ) throws(BenchFailure) -> (ClientCapacity.Driven, HeadroomReport.SourceUse) {
        let requests = load.requests
        let stream = SampleStream(
            of: plan.endpoint == .chat ? .vLLM : .vLLMWithIDs, events: Int(load.tokensEach))
        let source = try StepSource(
            stream, threads: threads, stepNs: load.stepNs, events: requests.map(\.outputTokens))
        let ports = source.ports
        var marks: [[Int64]] = []
        let outcome = Result {
            try LoadTrial(
                configuration: configuration(requests), requests: requests,
                targets: ports.map { try Target(parsing: "http://127.0.0.1:\($0)") },
                priority: priority, settling: TimeSpan(ns: load.settlingNs),
                counted: TimeSpan(ns: load.countedNs),
                mark: { marks.append(source.use.cpuNs) }
            ).run()
        }
        try source.finish()
        switch outcome {
        case .failure(let error): throw Self.failure("\(error)")
        case .success(let outcome):
            if let error = outcome.firstError {
                throw Self.failure(
                    "\(outcome.failed) of the trial's requests failed: \(error.detail)")
            }
            guard let driven = ClientCapacity.Driven(outcome, of: load), marks.count == 2 else {
                throw Self.failure("nothing came from the local source")
            }
            let busiest = zip(marks[0], marks[1]).map { $1 - $0 }.max() ?? 0
            return (
                driven,
                HeadroomReport.SourceUse(
                    busy: Double(busiest) / Double(outcome.wall.ns),
                    sent: min(1, driven.rates.tokensPerSecond / load.peak.tokensPerSecond))
            )
        }
    }

    private func configuration(_ requests: [PlannedRequest]) -> RunConfiguration {
        RunConfiguration(
            endpoint: plan.endpoint, model: "trial", probes: false,
            stages: [StagePlan(kind: .open, beginNs: 0, endNs: nil)], classNames: ["trial"],
            timeouts: RequestTimeouts(), connections: plan.connections == .fresh ? .fresh : .kept,
            drainNs: 60_000_000_000, graceNs: 0, requests: UInt32(requests.count), seed: 0)
    }

    private static func failure(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .client, problem: problem)
    }
}

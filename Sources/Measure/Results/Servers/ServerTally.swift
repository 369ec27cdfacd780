import TimeBase
import Timeline
import TokenLog

/// Takes in what all servers of a run said of themselves.
struct ServerTally: Sendable {
    /// Most samples that a run keeps, 4 MiB: an hour of 36 servers at one a second. Beyond that
    /// each server keeps every second sample, every fourth, and so on.
    static let mostSamples = 1 << 17
    /// Samples that each server keeps at least.
    static let fewestSamples = 64

    /// By agent, then by target; nil for one that was never asked.
    private var drafts: [[ServerMetricsDraft?]]
    private let limit: Int

    /// - Parameter targets: how many each agent has.
    init(targets: [Int]) {
        drafts = targets.map { Array(repeating: nil, count: $0) }
        limit = max(Self.fewestSamples, Self.mostSamples / max(1, targets.reduce(0, +)))
    }

    /// Takes in the next record of an agent. One of a server that it does not have is no fact.
    ///
    /// - Parameter map: the agent's.
    mutating func add(_ record: ScrapeRecord, of agent: Int, on map: StampMap) {
        let target = Int(record.target)
        guard drafts[agent].indices.contains(target) else { return }
        var draft = drafts[agent][target] ?? ServerMetricsDraft(limit: limit)
        // Taken out, so that it is changed in place.
        drafts[agent][target] = nil
        draft.add(record, at: map.instant(record.at))
        drafts[agent][target] = draft
    }

    /// The servers of an agent, by target.
    func metrics(of agent: Int) -> [ServerMetrics?] { drafts[agent].map { $0?.metrics } }
}

/// Takes in what one server said of itself, in bounded room.
struct ServerMetricsDraft: Sendable {
    private var made = ServerMetrics()
    private var running = GaugeTally()
    private var waiting = GaugeTally()
    private var keyValueUse = GaugeTally()
    private var preemptions = CounterRise()
    private var generationTokens = CounterRise()
    private var promptTokens = CounterRise()
    private let limit: Int
    /// One sample of so many is kept.
    private var stride = 1

    /// - Parameter limit: most samples that are kept, at least 2.
    init(limit: Int) { self.limit = limit }

    /// Takes in the next record, whose answer came `at`.
    mutating func add(_ record: ScrapeRecord, at instant: ClusterInstant) {
        switch record.answer {
        case .fault(let failure):
            made.failures[failure.fault, default: 0] += 1
            if failure.isLast {
                made.stopped = ServerMetrics.Stop(
                    fault: failure.fault, status: failure.status, at: instant)
            }
        case .figures(let figures):
            let wait = record.at.ns.subtractingReportingOverflow(record.asked.ns)
            keep(
                ServerSample(
                    // A later answer came later, whatever a clock that breaks says.
                    at: max(instant, made.kept.last?.at ?? instant),
                    wait: TimeSpan(ns: wait.overflow ? .max : wait.partialValue), figures))
            made.samples += 1
            running.add(figures.running.map(Double.init))
            waiting.add(figures.waiting.map(Double.init))
            keyValueUse.add(
                figures.keyValueUsePPM.map {
                    Double($0) / Double(ServerFigures.wholeCachePPM)
                })
            preemptions.add(figures.preemptions)
            generationTokens.add(figures.generationTokens)
            promptTokens.add(figures.promptTokens)
        }
    }

    private mutating func keep(_ sample: ServerSample) {
        guard made.samples % stride == 0 else { return }
        if made.kept.count >= limit {
            made.kept = made.kept.indices.filter { $0 % 2 == 0 }.map { made.kept[$0] }
            stride *= 2
            guard made.samples % stride == 0 else { return }
        }
        made.kept.append(sample)
    }

    var metrics: ServerMetrics {
        var metrics = made
        metrics.running = running.range
        metrics.waiting = waiting.range
        metrics.keyValueUse = keyValueUse.range
        metrics.preemptions = preemptions.rise
        metrics.generationTokens = generationTokens.rise
        metrics.promptTokens = promptTokens.rise
        return metrics
    }
}

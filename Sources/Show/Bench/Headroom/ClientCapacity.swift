import Agent
import AgentCore
import Results
import TimeBase
import TokenLog

/// The rates that one client drives on this node, found from trials.
package struct ClientCapacity: Hashable, Sendable {
    /// One trial's counted part, as rates.
    package struct Driven: Hashable, Sendable {
        package var rates: LoadPeak
        /// The loop's busy share, which a run's audit judges, and cores of CPU time of its thread.
        package var busy: Double
        package var cores: Double
        package var latenessP99Ns: Int64
        package var sends: UInt64

        package init(
            rates: LoadPeak, busy: Double, cores: Double, latenessP99Ns: Int64, sends: UInt64
        ) {
            self.rates = rates
            self.busy = busy
            self.cores = cores
            self.latenessP99Ns = latenessP99Ns
            self.sends = sends
        }
    }

    /// The rule that sets the limit.
    package enum Bound: String, Hashable, Sendable {
        /// The loop's busy share reaches what the audit allows.
        case busy
        /// Requests leave as late as it allows.
        case lateness
        /// The thread takes half of a core, and gives its priority back among others.
        case priority
    }

    /// In the plan's proportions, at about twice its peak.
    package var driven: Driven
    /// Rates at which a run's audit still finds the client valid, in the same proportions.
    package var limit: LoadPeak
    package var bound: Bound
    /// Whether the limit lies beyond what was driven, and follows from its cost.
    package var isExtrapolated: Bool
    /// Busy time a token and a request, ns.
    package var tokenNs: Double
    package var requestNs: Double

    /// The busy share that the audit allows.
    package static let allowedBusy = Double(ClientAudit.busiestLoopPermille) / 1_000
    /// A limit this many times what was driven is extrapolated.
    private static let reach = 1.5
    /// The least busy share that is told from none.
    fileprivate static let leastBusy = 0.001
    /// A load that was too late is a limit at this part of it at least: a thread that is full is
    /// late by what has piled up.
    private static let leastFactor = 0.1

    /// - Parameters:
    ///   - driven: in the plan's proportions, at about twice its peak.
    ///   - half: the same at half of that; nil where `driven` was not late.
    ///   - requests: answers of one token, which tell a request's cost from a token's; nil where
    ///     that was not tried.
    ///   - isCrowded: whether others leave the client no core of its own.
    package init(
        _ driven: Driven, half: Driven? = nil, requests: Driven? = nil, isCrowded: Bool = false
    ) {
        self.driven = driven
        var bounds: [(LoadPeak, Bound)] = [((half ?? driven).full, .busy)]
        if let late = Self.late(driven, half) { bounds.append((late, .lateness)) }
        if isCrowded { bounds.append(((half ?? driven).raised, .priority)) }
        (limit, bound) = bounds.reduce(bounds[0]) { least, each in
            each.0.tokensPerSecond < least.0.tokensPerSecond ? each : least
        }
        isExtrapolated = limit.tokensPerSecond > Self.reach * driven.rates.tokensPerSecond
        (tokenNs, requestNs) = Self.costs(driven, requests)
    }

    /// The rates at which requests leave as late as is allowed; nil where nothing says.
    ///
    /// Streams come in step, a request waits for the turn that reads them, and turns grow with the
    /// load: lateness is taken for proportional to it, which it is or grows slower, until the
    /// thread is full.
    private static func late(_ driven: Driven, _ half: Driven?) -> LoadPeak? {
        let allowed = Double(ClientAudit.largestLatenessNs)
        guard let above = driven.judgedLatenessNs, above > 0 else { return nil }
        guard above > allowed, let half else { return driven.rates.times(allowed / above) }
        let below = half.judgedLatenessNs ?? 0
        guard below < allowed else {
            return half.rates.times(max(Self.leastFactor, allowed / below))
        }
        let part = (allowed - below) / (above - below)
        let growth = driven.rates.tokensPerSecond / half.rates.tokensPerSecond - 1
        return half.rates.times(1 + max(0, growth) * part)
    }

    /// Solves both trials' busy times for the cost of a token and of a request.
    private static func costs(
        _ driven: Driven, _ requests: Driven?
    ) -> (tokenNs: Double, requestNs: Double) {
        let (a, busyA) = (driven.rates, driven.busy * 1e9)
        let shared = (
            busyA / (a.tokensPerSecond + a.requestsPerSecond),
            busyA / (a.tokensPerSecond + a.requestsPerSecond)
        )
        guard let requests else { return shared }
        let (b, busyB) = (requests.rates, requests.busy * 1e9)
        let determinant =
            a.tokensPerSecond * b.requestsPerSecond - b.tokensPerSecond * a.requestsPerSecond
        // Proportions so alike that they tell nothing apart.
        guard determinant > 0.25 * a.tokensPerSecond * b.requestsPerSecond else { return shared }
        let token = (busyA * b.requestsPerSecond - busyB * a.requestsPerSecond) / determinant
        let request = (busyB * a.tokensPerSecond - busyA * b.tokensPerSecond) / determinant
        if token <= 0 { return (0, busyA / a.requestsPerSecond) }
        if request <= 0 { return (busyA / a.tokensPerSecond, 0) }
        return (token, request)
    }
}

extension ClientCapacity.Driven {
    /// The rates at which the loop is as busy as is allowed.
    fileprivate var full: LoadPeak {
        rates.times(ClientCapacity.allowedBusy / max(busy, ClientCapacity.leastBusy))
    }

    /// The rates at which the thread just keeps its priority.
    fileprivate var raised: LoadPeak {
        let most = Double(PriorityWatch.largestPermille) / 1_000
        return rates.times(most / max(cores, ClientCapacity.leastBusy))
    }

    /// The lateness, ns; nil where so few requests left that the audit judges none.
    fileprivate var judgedLatenessNs: Double? {
        sends >= ClientAudit.fewestSends ? Double(latenessP99Ns) : nil
    }

    /// Whether requests left later than the audit allows.
    var isLate: Bool {
        judgedLatenessNs.map { $0 > Double(ClientAudit.largestLatenessNs) } ?? false
    }

    /// The rates of a trial's outcome: those of its load, by the part of its tokens that came; nil
    /// where nothing came.
    init?(_ outcome: LoadTrialOutcome, of load: TrialLoad) {
        guard outcome.wall > .zero, outcome.events > 0 else { return nil }
        let seconds = outcome.wall.seconds
        let came = Double(outcome.events) / seconds / load.peak.tokensPerSecond
        self.init(
            rates: load.peak.times(came), busy: Double(outcome.busyPermille) / 1_000,
            cores: Double(outcome.cpuNs) / 1e9 / seconds, latenessP99Ns: outcome.latenessP99Ns,
            sends: outcome.sends)
    }
}

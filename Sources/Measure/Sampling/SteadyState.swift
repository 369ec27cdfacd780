/// Whether a stage of constant load was in a steady state, and when: found, not assumed.
package struct SteadyState: Hashable, Sendable {
    /// Why a run is too short to say.
    package enum Shortage: String, Hashable, Sendable {
        /// Too few requests or answers.
        case count
        /// So few because a request that the run's end cut off ends what is used of it.
        case unfinished
        /// Too few times a request's stay.
        case residence
        /// Too few times the queue's memory.
        case relaxation
        /// A movement of the time per token that cannot be told from chance in so short a run.
        case pace
    }

    /// The thing that moved during a run.
    package enum Drift: String, Hashable, Sendable {
        /// The number in flight, still rising after a third of the run.
        case late
        /// The rate of arrivals.
        case arrivals
        /// The time per token at equal load.
        case pace
    }

    package enum Verdict: Hashable, Sendable {
        case steady
        case tooShort(Shortage)
        /// Requests that wait for a first token grow all the time.
        case overloaded
        case drifting(Drift)
        /// The load changes by plan: its stages have a steady state each, the whole has none.
        case stages
    }

    package var verdict: Verdict
    /// Requests scheduled from s0 to s1.
    package var seen = 0
    /// [w0, s1), ns on the run's timeline; nil where no window was looked for.
    package var window: Range<Int64>?
    /// Requests scheduled in the window.
    package var requests: Int?
    /// E: the mean stay of those, s.
    package var residence: Double?
    /// The mean number of open requests in the window.
    package var inFlight: Double?
    /// The share of an added stream that adds tokens, 0.1...1.
    package var elasticity: Double?
    /// How long the queue remembers, s.
    package var relaxation: Double?
    /// Requests per second.
    package var arrivalRate: Double?
    /// The chance of so slow a movement of an even rate of arrivals.
    package var arrivalP: Double?
    /// Whether more requests arrived late than early.
    package var arrivalsGrew = false
    /// The mean number that waited for a first token in each quarter; empty where unknown.
    package var backlog: [Double] = []
    /// Its growth over the second half, requests per second.
    package var backlogGrowth: Double?
    /// The slow movement of the time per token that the load does not explain, from the begin to
    /// the end and from the least to the greatest, as shares.
    package var paceChange: Double?
    package var paceRange: Double?
    /// The chance of such a movement.
    package var paceP: Double?
    /// The length that the window needs, s.
    package var needs: Double?
    /// The bin at which the window begins, 0...63.
    package var bin: Int?
    /// How many cosines the load and the time per token were compared by, up to 24.
    package var cosines: Int?

    init(_ verdict: Verdict) { self.verdict = verdict }

    /// That of a stage without requests.
    package static let ofNothing = SteadyState(.tooShort(.count))

    package var isSteady: Bool { verdict == .steady }

    /// The window's length in seconds.
    package var length: Double? {
        window.map { Double($0.upperBound - $0.lowerBound) / 1e9 }
    }

    /// Whether the interval of a figure may be given for a stretch of `length` seconds: the figure
    /// has seen enough of the queue, or does not follow it.
    ///
    /// - Parameter loss: The share by which the figure lies below what the load alone would give.
    func permits(steepness: Double, loss: Double, length: Double) -> Bool {
        let memory = relaxation ?? 0
        if length >= 20 * memory { return true }
        guard steepness <= 2 else { return false }
        return loss == 0
            || (loss <= 0.05 && (elasticity ?? 0) >= 0.45 && length >= 8 * memory)
    }

    /// The queue's memory over `length` seconds; 0 where unknown.
    func ratio(to length: Double) -> Double { (relaxation ?? 0) / length }
}

/// Why a figure has no interval.
package enum NoInterval: Hashable, Sendable {
    /// The run was not steady.
    case verdict(SteadyState.Verdict)
    /// No request differs from another.
    case constant
    /// The figure follows the queue and has not seen enough of it.
    case wanders
    /// Too few values for the percentile, or for one end.
    case count
    /// No value at all.
    case empty
    /// Fewer than three runs.
    case runs
    /// Numbers whose squares a double cannot hold.
    case tooLarge
}

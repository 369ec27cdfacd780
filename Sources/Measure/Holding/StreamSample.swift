import Goodput
import Randomness

/// The streams of one target that the detection looks at: all of them up to a bound of events, and
/// above it all that run in some stretches of the run, so that those which are kept overlap as they
/// did.
///
/// The run is cut into 256 stretches. When the bound is passed, half of the stretches that are left
/// are given up, in an order drawn from the seed, with the streams that run in none of the others;
/// when one stretch is too much, half of its streams are, by name. The part that is kept depends on
/// the requests and the seed, not on the order in which they came.
struct StreamSample: Sendable {
    private(set) var streams: [SampledStream] = []
    /// Tokens and streams of interest, those given up included.
    private(set) var offeredTokens = 0
    private(set) var offeredStreams = 0
    private var keptEvents = 0
    private var share = SampleShare()
    private let stretches: Stretches
    private let seed: UInt64
    private let mostEvents: Int

    /// Shorter answers tell nothing.
    static let fewestTokens = 20

    /// - Parameters:
    ///   - interval: The run's; nil where it has no request.
    ///   - mostEvents: At least 1.
    init(over interval: ServingInterval?, seed: UInt64, mostEvents: Int) {
        stretches = Stretches(of: interval, seed: seed)
        self.seed = seed
        self.mostEvents = mostEvents
    }

    /// Whether something was given up.
    var isPart: Bool { share.halvings > 0 }

    /// The stretches that are looked at, of ``Stretches/count``.
    var liveStretches: Int { share.liveStretches }

    /// Takes a request in. O(events), and now and then O(streams kept).
    mutating func add(_ request: RequestTimes, promptTokens: UInt32?, reads: [ReadDelay]) {
        guard let first = request.tokens.first?.time, let last = request.tokens.last?.time else {
            return
        }
        var tokens = 0
        for event in request.tokens { tokens += Int(event.count) }
        guard tokens >= Self.fewestTokens else { return }
        offeredTokens += tokens
        offeredStreams += 1
        let rank = stretches.rank(from: first, to: last)
        let lot = SplitMix64.draw(UInt64(bitPattern: Int64(request.id)), of: seed)
        guard share.keeps(rank: rank, lot: lot) else { return }
        streams.append(
            SampledStream(
                rank: rank, lot: lot, promptTokens: promptTokens,
                firstWait: Double(first &- (request.sent ?? request.scheduled)), tokens: tokens,
                events: SampledStream.Event.list(request.tokens, reads: reads)))
        keptEvents += request.tokens.count
        while keptEvents > mostEvents, streams.count > 1, share.halve() {
            let share = share
            streams.removeAll { !share.keeps(rank: $0.rank, lot: $0.lot) }
            keptEvents = streams.reduce(0) { $0 + $1.events.count }
        }
    }
}

/// The part of a target's streams that is kept.
private struct SampleShare: Hashable, Sendable {
    /// How often half of what was kept has been given up.
    private(set) var halvings = 0

    /// Streams number less than 2^40.
    private static let mostHalvings = Stretches.countBits + 40

    /// Gives half of it up; false where nothing is left to give up.
    mutating func halve() -> Bool {
        guard halvings < Self.mostHalvings else { return false }
        halvings += 1
        return true
    }

    var liveStretches: Int { max(1, Stretches.count >> min(halvings, Stretches.countBits)) }

    func keeps(rank: Int, lot: UInt64) -> Bool {
        let thinning = halvings - Stretches.countBits
        return rank < liveStretches && (thinning <= 0 || lot >> UInt64(64 - thinning) == 0)
    }
}

/// A run, cut into equally long stretches, with the order in which they are kept.
struct Stretches: Sendable {
    static let countBits = 8
    static let count = 1 << countBits
    private let begin: Int64
    /// ns, at least 1.
    private let length: Int64
    /// By stretch: its place in the order in which they are kept.
    private let ranks: [Int]

    init(of interval: ServingInterval?, seed: UInt64) {
        begin = interval?.begin ?? 0
        length = max(1, (interval?.length ?? 0) / Int64(Self.count) + 1)
        var random = SplitMix64(seed: seed)
        ranks = Array(0..<Self.count).shuffled(using: &random)
    }

    /// The least rank of the stretches from the one that holds `first` to the one that holds
    /// `last`.
    func rank(from first: Int64, to last: Int64) -> Int {
        let from = stretch(of: first)
        return ranks[from...max(from, stretch(of: last))].min() ?? 0
    }

    private func stretch(of time: Int64) -> Int {
        let (offset, overflow) = time.subtractingReportingOverflow(begin)
        if overflow { return time < begin ? 0 : Self.count - 1 }
        return Int(min(max(0, offset / length), Int64(Self.count - 1)))
    }
}

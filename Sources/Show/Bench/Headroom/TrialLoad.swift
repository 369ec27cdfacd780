import Workload

/// The load of a trial: a plan's peak as it is driven against a local source, steady from its first
/// second on.
struct TrialLoad: Hashable {
    /// The rates that the client is asked for.
    var peak: LoadPeak
    /// Tokens of a whole answer, at least 1.
    var tokensEach: UInt32
    /// Input tokens of a request.
    var promptTokens: UInt32
    /// From a token of a stream to its next, ns.
    var stepNs: Int64
    /// Time in which streams begin and nothing is counted, and time that counts, ns.
    var settlingNs: Int64
    var countedNs: Int64

    /// How many times the plan's peak is driven.
    static let margin = 2.0
    /// The part of the time in which streams begin.
    private static let settlingPart = 0.3
    /// Streams that begin a second then, in two thirds of it: opening them is no part of the load.
    private static let openingsPerSecond = 3_000.0
    private static let openingPart = 2.0 / 3
    /// Time behind the counted part in which requests are there: no load is over before its time.
    private static let beyondNs = 5e8
    private static let steps: ClosedRange<Int64> = 1_000_000...1_000_000_000

    /// Bounds of what is driven: a load too small says nothing of the cost, and one too large
    /// disturbs the node for no further knowledge.
    struct Bounds: Hashable {
        var least = LoadPeak(streams: 0, requestsPerSecond: 400, tokensPerSecond: 20_000)
        var most = LoadPeak(
            streams: 16_000, requestsPerSecond: 4_000, tokensPerSecond: 200_000)
    }

    /// The load for a plan's peak.
    ///
    /// It is the peak ``margin`` times; more where that is a small load, less where it is beyond
    /// the bounds, always in the plan's own proportions.
    ///
    /// - Parameters:
    ///   - ns: the length of the trial, above 0.
    ///   - factor: the part of that which is driven, 0 to 1.
    init(
        _ planned: LoadPeak, promptTokens: UInt32, ns: Int64, bounds: Bounds, factor: Double = 1
    ) {
        settlingNs = Int64(Double(ns) * Self.settlingPart)
        countedNs = ns - settlingNs
        let opening = Self.openingsPerSecond * Double(settlingNs) / 1e9 * Self.openingPart
        let wanted = planned.times(Self.margin)
        let up = min(
            bounds.least.tokensPerSecond / wanted.tokensPerSecond,
            bounds.least.requestsPerSecond / wanted.requestsPerSecond)
        let scaled = wanted.times(max(1, up))
        let down = min(
            min(bounds.most.streams, max(1, opening)) / scaled.streams,
            bounds.most.requestsPerSecond / scaled.requestsPerSecond,
            bounds.most.tokensPerSecond / scaled.tokensPerSecond)
        peak = scaled.times(min(1, down) * factor)
        let tokens = max(1, (peak.tokensPerSecond / peak.requestsPerSecond).rounded())
        tokensEach = UInt32(min(tokens, 1e6))
        self.promptTokens = promptTokens
        // Streams that live for so long, at such a rate, are so many at once.
        let step = peak.streams / (peak.requestsPerSecond * tokens) * 1e9
        stepNs = min(max(Int64(min(step, 1e9)), Self.steps.lowerBound), Self.steps.upperBound)
    }

    /// A load of answers of one token, which shows the cost of a request.
    init(ofRequests perSecond: Double, promptTokens: UInt32, ns: Int64) {
        let stepNs: Int64 = 10_000_000
        peak = LoadPeak(
            streams: perSecond * Double(stepNs) / 1e9, requestsPerSecond: perSecond,
            tokensPerSecond: perSecond)
        tokensEach = 1
        self.promptTokens = promptTokens
        self.stepNs = stepNs
        settlingNs = Int64(Double(ns) * Self.settlingPart)
        countedNs = ns - settlingNs
    }

    /// The requests, in order of their instants: streams that are under way already, begun in the
    /// settling, then one after another at the rate.
    var requests: [PlannedRequest] {
        let openingNs = Double(settlingNs) * Self.openingPart
        let streams = Int(peak.streams.rounded(.up))
        var starts: [(ns: Int64, tokens: UInt32)] = []
        for index in 0..<streams {
            // Their ends are spread evenly over a stream's length, in an order that has no runs:
            // as many end then as arrive.
            let part = (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
            let end = part * Double(tokensEach) * Double(stepNs)
            let begin = openingNs * Double(index) / Double(streams)
            guard end > begin else { continue }
            starts.append((Int64(begin), UInt32(((end - begin) / Double(stepNs)).rounded(.up))))
        }
        let length = Double(settlingNs + countedNs) + Self.beyondNs
        let arrivals = Int((peak.requestsPerSecond * length / 1e9).rounded(.up)) + 1
        for index in 0..<arrivals {
            starts.append((Int64(Double(index) * 1e9 / peak.requestsPerSecond), tokensEach))
        }
        starts.sort { $0.ns < $1.ns }
        return starts.enumerated().map { index, start in
            let id = UInt32(index)
            return PlannedRequest(
                index: id, phase: .scored, stage: 0, classIndex: 0, session: id, turn: 0,
                scheduledNs: start.ns, thinkNs: 0, inputTokens: promptTokens,
                outputTokens: start.tokens,
                prompt: [PromptSegment(seed: UInt64(id), tokens: promptTokens)])
        }
    }
}

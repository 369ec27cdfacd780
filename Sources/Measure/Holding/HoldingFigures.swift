/// One target, as the detection found it.
package struct HoldingFigures: Hashable, Sendable {
    /// All that apply, at least one.
    package private(set) var verdicts: [HoldingVerdict]
    package private(set) var suspicions: [HoldingSuspicion] = []
    /// Streams of 20 tokens or more, and their tokens, that were looked at.
    package let streams: Int
    package let tokens: Int
    /// The part that was looked at, where the target had more; nil where all was.
    package let sample: Sample?
    /// Events left out because the client read them late.
    package let lateEvents: Int

    /// N of ``HoldingVerdict/interval``: the least number of tokens where sizes vary.
    package private(set) var interval: Int?
    /// The share of interior deliveries with ``interval`` tokens.
    package private(set) var intervalShare: Double?
    /// Tokens of the streams' first deliveries, the median.
    package private(set) var firstTokens: Double?
    /// The gap that tokens were paced to, or that a clock gave, ns.
    package private(set) var theta: Double?
    /// The time by which tokens were flushed, ns.
    package private(set) var period: Double?
    /// Events of a full buffer, of ``HoldingVerdict/bytes``.
    package private(set) var bufferEvents: Double?
    /// About how long the first token was held, ns.
    package private(set) var heldFirst: Double?
    /// Tokens of the first burst.
    package private(set) var burstTokens: Double?
    /// From the send to half of the first tokens, ns.
    package private(set) var ttftWall: Double?
    /// The share of interior deliveries with two tokens or more.
    package private(set) var grouped: Double?
    /// The commonest size of an interior delivery, tokens.
    package private(set) var commonestSize: Int?
    /// The shares of streams that begin, and end, with a burst.
    package private(set) var firstBurst: Double?
    package private(set) var lastBurst: Double?
    /// Shares of ``windows``: U, Ui and A.
    package private(set) var outOfStep: Double?
    package private(set) var independent: Double?
    package private(set) var inStep: Double?
    /// The share of gaps within 2 % of their densest.
    package private(set) var spike: Double?
    /// The share of streams that began in the step of one that ran.
    package private(set) var met: Double?
    /// The correlation of the sizes of deliveries that came together, −1...1.
    package private(set) var covariation: Double?
    /// The relative change of the median gap from few streams to many.
    package private(set) var loadEffect: Double?
    /// How much phases lie on a lattice, 0...1.
    package private(set) var lattice: Double?
    /// Streams that ran at once, the median over windows.
    package private(set) var crowd: Double?
    /// Pairs of streams that were compared over a window; under 30 say nothing.
    package private(set) var windows = 0

    /// The part of a target that was looked at.
    package struct Sample: Hashable, Sendable {
        /// Streams and tokens that the target had.
        package let streams: Int
        package let tokens: Int
        /// Stretches of the run that were looked at, of ``stretches``.
        package let liveStretches: Int
        package let stretches: Int
    }

    /// Whether tokens were held; nil where it cannot be told.
    package var isHeld: Bool? {
        if verdicts.contains(where: { $0.isHeld == true }) { return true }
        return verdicts.contains(where: { $0.isHeld == nil }) ? nil : false
    }

    /// The figures of a sample. O(n log n) of its events.
    init(_ sample: StreamSample, using random: inout some RandomNumberGenerator) {
        let deliveries = Deliveries(sample.streams)
        let streams = deliveries.kept.map { sample.streams[$0] }
        self.streams = streams.count
        tokens = streams.reduce(0) { $0 + $1.tokens }
        lateEvents = deliveries.lateEvents
        self.sample =
            sample.isPart
            ? Sample(
                streams: sample.offeredStreams, tokens: sample.offeredTokens,
                liveStretches: sample.liveStretches, stretches: Stretches.count) : nil
        guard streams.count >= Self.fewestStreams, tokens >= Self.fewestTokens else {
            verdicts = [.tooLittle]
            return
        }
        let whole = (0..<deliveries.count).count { deliveries[$0].count <= 2 }
        guard 2 * whole < deliveries.count,
            let evidence = HoldingEvidence(deliveries, of: streams, using: &random)
        else {
            verdicts = [.notStreamed]
            return
        }
        let judgement = HoldingJudgement(evidence)
        verdicts = judgement.verdicts
        suspicions = judgement.suspicions
        take(evidence)
    }

    /// Fewer streams, and tokens, say nothing.
    package static let fewestStreams = 3
    package static let fewestTokens = 200

    private mutating func take(_ evidence: HoldingEvidence) {
        let (sizes, bursts) = (evidence.sizes, evidence.bursts)
        grouped = sizes.grouped
        commonestSize = sizes.commonest
        firstBurst = bursts.first
        lastBurst = bursts.last
        windows = evidence.windows
        if let pairs = evidence.pairs {
            outOfStep = pairs.outOfStep
            independent = pairs.independent
            inStep = pairs.inStep
            lattice = pairs.lattice
            crowd = pairs.crowd
        }
        spike = evidence.evenness?.spike
        met = evidence.fresh?.met
        covariation = evidence.shared.covariation
        loadEffect = evidence.load.effect
        for verdict in verdicts {
            switch verdict {
            case .interval:
                let isOne = sizes.shareOfCommonest >= 0.9
                interval = isOne ? sizes.commonest : Int(sizes.least)
                intervalShare = isOne ? sizes.shareOfCommonest : nil
                firstTokens = sizes.first
            case .bytes: bufferEvents = sizes.events
            case .flush: period = evidence.evenness?.theta
            case .tick: period = evidence.evenness?.period
            case .paced, .clocked: theta = evidence.evenness?.theta
            case .holdFirst:
                heldFirst = bursts.heldFirst
                burstTokens = bursts.firstTokens
            case .ttftWall: ttftWall = evidence.wall?.wait
            case .finishBurst, .notStreamed, .none, .cannotTell, .tooLittle: break
            }
        }
        if suspicions.contains(.serialFrontEnd) { theta = evidence.evenness?.theta }
    }
}

/// The waits of one request's readers, one a speed, the fastest first: how long each has waited,
/// and what that cost by cause.
///
/// A reader's price is that of ``LossPass``: of the longest wait so far, with our own lateness and
/// without it.
struct SpectrumWaits: Sendable {
    /// Speeds from the fastest one on whose reader has waited.
    private(set) var reach = 0

    private let speeds: Int
    private var late: Int64 = 0
    private var origin: Int64 = 0
    /// l so far in ns, and what it costs with and without our lateness.
    private var idle: [Int64]
    private var whole: [Double]
    private var served: [Double]
    /// By cause, then by speed: the price so far, and what of it is entered already.
    private var shares: [Double]
    private var entered: [Double]
    private var touched: UInt8 = 0

    /// The most that a wait may cost, tokens: sums stay numbers where a penalty leaves all bounds.
    static let most = 1e15

    init(speeds: Int) {
        self.speeds = speeds
        idle = [Int64](repeating: 0, count: speeds)
        whole = [Double](repeating: 0, count: speeds)
        served = whole
        let causes = LossCause.allCases.count
        shares = [Double](repeating: 0, count: causes * speeds)
        entered = shares
    }

    /// Begins a request that left `late` ns after it was scheduled and is read from `origin` on.
    mutating func begin(late: Int64, origin: Int64) {
        (self.late, self.origin) = (late, origin)
        for speed in 0..<reach { (idle[speed], whole[speed], served[speed]) = (0, 0, 0) }
        for cause in LossCause.allCases where touches(cause) {
            for index in places(of: cause, upTo: reach) { (shares[index], entered[index]) = (0, 0) }
        }
        (touched, reach) = (0, 0)
    }

    /// Whether a wait had that cause.
    func touches(_ cause: LossCause) -> Bool { touched & 1 << UInt8(cause.rawValue) != 0 }

    /// The price of all that a reader has waited, for one token.
    func share(_ speed: Int) -> Double { whole[speed] }

    private func places(of cause: LossCause, upTo count: Int) -> Range<Int> {
        cause.rawValue * speeds..<cause.rawValue * speeds + count
    }

    /// Takes in the waits of a stretch of tokens.
    ///
    /// - Complexity: O(vertices + speeds that wait).
    mutating func wait(
        _ stretch: Stretch, _ vertices: [ReadingHull.Vertex], _ tokenTimes: [Int64],
        _ prices: ArraySlice<IdlePrice>
    ) {
        var index = stretch.vertices.upperBound - 1
        let first = stretch.vertices.lowerBound
        let place = stretch.cause.rawValue * speeds
        let latePlace = LossCause.clientLate.rawValue * speeds
        var hasWaited = false
        for speed in tokenTimes.indices {
            let tokenTime = tokenTimes[speed]
            while index > first {
                let (a, b) = (vertices[index - 1], vertices[index])
                guard b.elapsed - a.elapsed <= tokenTime * Int64(b.token - a.token) else { break }
                index -= 1
            }
            let lateness =
                vertices[index].elapsed - tokenTime * Int64(vertices[index].token) - origin
            // A slower reader waits no longer.
            guard lateness > 0 else { break }
            guard lateness > idle[speed] else { continue }
            idle[speed] = lateness
            let price = prices[prices.startIndex + speed]
            let servedNow = min(price.share(max(0, lateness - late)), Self.most)
            shares[place + speed] += servedNow - served[speed]
            served[speed] = servedNow
            if late > 0 {
                whole[speed] = min(price.share(lateness), Self.most)
                shares[latePlace + speed] = whole[speed] - servedNow
            } else {
                whole[speed] = servedNow
            }
            reach = max(reach, speed + 1)
            hasWaited = true
        }
        guard hasWaited else { return }
        touched |= 1 << UInt8(stretch.cause.rawValue)
        if late > 0 { touched |= 1 << UInt8(LossCause.clientLate.rawValue) }
    }

    /// Everything that a cause costs a reader when a token costs `weight` times its share, less
    /// what was handed over before.
    mutating func settle(_ cause: LossCause, _ speed: Int, weight: Double) -> Double {
        let place = cause.rawValue * speeds + speed
        let all = weight * shares[place]
        defer { entered[place] = all }
        return all - entered[place]
    }
}

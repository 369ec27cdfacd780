import Loss
import PlainText
import Results

/// Some of the dearest waits that were one event of their server: they ended within 20 ms.
struct DearMoment {
    let agent: String
    let server: String
    /// Where their requests and tokens are named, if there is one alone.
    let first: LostWait
    private(set) var from: Int64
    private(set) var to: Int64
    private(set) var waits = 1
    private(set) var longest: Int64
    private(set) var tokensLost: Double
    private(set) var causes: [LossCause]

    /// In the order of what they cost, the most first.
    static func all(of worst: [WorstWait]) -> [DearMoment] {
        var moments: [DearMoment] = []
        for each in worst.sorted(by: { $0.wait.to < $1.wait.to }) {
            let index = moments.lastIndex {
                $0.server == each.server && $0.agent == each.agent
                    && each.wait.to - $0.to <= StallFigures.together
            }
            if let index {
                moments[index].take(each.wait)
            } else {
                moments.append(DearMoment(each))
            }
        }
        return moments.sorted { ($1.tokensLost, $0.to) < ($0.tokensLost, $1.to) }
    }

    private init(_ worst: WorstWait) {
        agent = worst.agent
        server = worst.server
        first = worst.wait
        (from, to) = (worst.wait.from, worst.wait.to)
        longest = to - from
        tokensLost = worst.wait.tokensLost
        causes = [worst.wait.cause]
    }

    private mutating func take(_ wait: LostWait) {
        waits += 1
        from = min(from, wait.from)
        to = max(to, wait.to)
        longest = max(longest, wait.to - wait.from)
        tokensLost += wait.tokensLost
        if !causes.contains(wait.cause) { causes.append(wait.cause) }
    }

    /// `request 12, token 3`, or how many waited at once.
    var who: String {
        waits == 1
            ? "request \(first.id), token \(first.token)"
            : "\(Figures.count(waits, "reader")) of them at once"
    }
}

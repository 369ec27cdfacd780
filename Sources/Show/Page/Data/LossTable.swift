import Goodput
import Loss
import Results

/// Throughput and losses by time, for every lens, in at most ``mostBins`` bins.
struct LossTable {
    /// Seconds a bin.
    let width: Int
    let count: Int
    /// Tokens delivered in each bin.
    let delivered: [Double]
    /// Causes that take something for some lens, in the order in which they are drawn.
    let causes: [LossCause]
    /// By cause, then bin: for the run's own readers, for a weight of 0, and at each speed what a
    /// weight of 1 takes beside that.
    let own: [[Double]]
    let weightless: [[Double]]
    let bySpeed: [[[Double]]]

    static let mostBins = 120
    /// The gravest next to what was kept.
    private static let order: [LossCause] = [
        .firstToken, .stall, .slowDecode, .clientLate, .unfinished, .void, .thought,
    ]

    init(_ summary: RunSummary, _ requests: PageRequests) {
        let own = summary.analyses?.loss.whole
        let parts = [requests.weightless] + requests.losses + (own.map { [$0] } ?? [])
        let smooth = summary.run.totals.timeline?.smooth ?? []
        let seconds = max(smooth.count, parts.map(\.bins).max() ?? 0, 1)
        width = Self.width(seconds)
        count = (seconds + width - 1) / width
        let (width, count) = (width, count)
        func joined(_ values: [Double]) -> [Double] {
            var bins = [Double](repeating: 0, count: count)
            for (second, value) in values.enumerated() { bins[second / width] += value }
            return bins
        }
        let causes = Self.order.filter { cause in parts.contains { abs($0[cause]) > 0 } }
        func table(_ part: LossPart) -> [[Double]] {
            causes.map { joined(part.timeline(of: $0)) }
        }
        self.causes = causes
        let lost = own.map(table) ?? causes.map { _ in joined([]) }
        let kept = joined(smooth)
        delivered = kept.indices.map { bin in lost.reduce(kept[bin]) { $0 + $1[bin] } }
        let weightless = table(requests.weightless)
        self.own = lost
        self.weightless = weightless
        bySpeed = requests.losses.map { part in
            zip(table(part), weightless).map { zip($0, $1).map(-) }
        }
    }

    /// 1, 2, 5, 10 and so on.
    static func width(_ seconds: Int) -> Int {
        var power = 1
        while true {
            for factor in [1, 2, 5] where seconds <= factor * power * mostBins {
                return factor * power
            }
            power *= 10
        }
    }

    /// The numbers for the page's script: thousandths of a token.
    func write(to stream: inout NumberStream) {
        func add(_ values: [Double]) {
            stream.addRising(values.map { Int(($0.clamped * 1_000).rounded()) })
        }
        stream.add(width)
        stream.add(count)
        stream.add(causes.count)
        add(delivered)
        for table in [own, weightless] + bySpeed { table.forEach(add) }
    }
}

extension Double {
    /// A loss that a script can count in.
    fileprivate var clamped: Double { Swift.min(Swift.max(self, -1e12), 1e12) }
}

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
    /// By cause, then bin: for the run's own readers, for a weight of 0, and at each of
    /// ``Lens/speeds`` what a weight of 1 takes beside that.
    let own: [[Double]]
    let weightless: [[Double]]
    let bySpeed: [[[Double]]]

    static let mostBins = 120
    /// The gravest next to what was kept.
    private static let order: [LossCause] = [
        .firstToken, .stall, .slowDecode, .clientLate, .unfinished, .void, .thought,
    ]

    init(_ summary: RunSummary, _ requests: PageRequests) {
        let spectrum = requests.spectrum
        (width, count) = (spectrum.secondsPerBin, spectrum.bins)
        let (width, count) = (width, count)
        let own = summary.analyses?.loss.whole
        let speeds = Lens.speeds.indices
        let fastest = speeds.count - 1
        let causes = Self.order.filter { cause in
            (own?[cause] ?? 0) != 0 || spectrum.weightless(cause).contains { $0 != 0 }
                || spectrum.losses(cause, speed: 0).contains { $0 != 0 }
        }
        self.causes = causes
        let lost = causes.map { cause in
            Self.joined(own?.timeline(of: cause) ?? [], width, count)
        }
        let kept = Self.joined(summary.run.totals.timeline?.smooth ?? [], width, count)
        delivered = kept.indices.map { bin in lost.reduce(kept[bin]) { $0 + $1[bin] } }
        self.own = lost
        weightless = causes.map { spectrum.weightless($0) }
        // Speeds of the spectrum fall.
        bySpeed = speeds.map { speed in
            causes.map { cause in spectrum.losses(cause, speed: fastest - speed) }
        }
    }

    /// Values a second as sums of `count` bins of `width` seconds.
    static func joined(_ values: [Double], _ width: Int, _ count: Int) -> [Double] {
        var bins = [Double](repeating: 0, count: count)
        for (second, value) in values.enumerated() { bins[second / width] += value }
        return bins
    }

    /// 1, 2, 5, 10 and so on: the seconds of a bin of which ``mostBins`` hold `seconds`.
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
        stream.add(width)
        stream.add(count)
        stream.add(causes.count)
        stream.addThousandths(delivered)
        for table in [own, weightless] + bySpeed {
            for row in table { stream.addThousandths(row) }
        }
    }
}

package import Goodput

/// The loss of a run by cause and time at many reading speeds at once, a weight of 1 each: what a
/// ``LossAttribution`` a speed makes, for about the price of one.
///
/// The losses of a cause telescope, and a reader's wait grows to how late the latest token so far
/// came. So of a stretch of tokens that one bin and one cause hold alone nothing counts but its
/// upper hull: cut into such stretches, of which a request has a few, its tokens are passed over
/// once, whatever the number of speeds.
package struct LossSpectrum: Sendable {
    /// Tokens per second, falling: the faster a reader, the longer the wait.
    package let speeds: [Double]
    /// Bins of ``secondsPerBin`` seconds that the interval takes.
    package let bins: Int
    package let secondsPerBin: Int

    private let grid: SpectrumGrid
    private let readers: [Reader]
    private let tokenTimes: [Int64]
    /// By class, then by speed.
    private let prices: [IdlePrice]
    /// The strip of each agent; nil for those that have none.
    private let stripOfAgent: [Int?]
    /// Tokens lost by bin, cause and speed.
    private var cells: [Double]
    /// Tokens lost by bin and cause whatever idle time weighs.
    private var fixed: [Double]
    /// By strip and bin: tokens delivered, and lost whatever idle time weighs.
    private var stripDelivered: [Double]
    private var stripFixed: [Double]
    /// Tokens lost by strip, bin and speed.
    private var stripCells: [Double]
    private var cut = StretchCut()
    private var waits: SpectrumWaits

    private static let causes = LossCause.allCases.count

    /// - Parameters:
    ///   - interval: T, which holds all requests.
    ///   - secondsPerBin: At least 1.
    ///   - readers: One a class: their weights and speeds do not count.
    ///   - speeds: From 1 token per second on, falling.
    ///   - stripOfAgent: The strip, from 0, of each agent that has one: its losses by time.
    package init(
        over interval: ServingInterval, secondsPerBin: Int, readers: [Reader], speeds: [Double],
        stripOfAgent: [Int?]
    ) {
        precondition(speeds.allSatisfy { $0 >= 1 }, "a token is read within a second")
        precondition(zip(speeds, speeds.dropFirst()).allSatisfy(>), "speeds fall")
        self.speeds = speeds
        self.secondsPerBin = secondsPerBin
        self.readers = readers
        self.stripOfAgent = stripOfAgent
        grid = SpectrumGrid(begin: interval.begin, width: Int64(secondsPerBin) * Timeline.bin)
        bins = grid.bin(of: interval.end) + 1
        tokenTimes = speeds.map { Reader.tokenTime(readingSpeed: $0) }
        prices = readers.flatMap { reader in
            speeds.map { IdlePrice(reader.parameters.penalty, readingSpeed: $0, alpha: 1) }
        }
        let strips = stripOfAgent.count { $0 != nil }
        cells = [Double](repeating: 0, count: bins * Self.causes * speeds.count)
        fixed = [Double](repeating: 0, count: bins * Self.causes)
        stripDelivered = [Double](repeating: 0, count: strips * bins)
        stripFixed = stripDelivered
        stripCells = [Double](repeating: 0, count: strips * bins * speeds.count)
        waits = SpectrumWaits(speeds: speeds.count)
    }

    /// Takes in a request.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be.
    /// - Precondition: T holds the request, and the run has such an agent and such a class.
    /// - Complexity: O(events + stretches · speeds).
    package mutating func add(
        _ request: RequestTimes, agentIndex: Int, classIndex: Int
    ) throws(ScoringError) {
        let reader = readers[classIndex]
        try request.check(for: reader)
        let strip = stripOfAgent[agentIndex]
        if let strip {
            for event in request.tokens {
                stripDelivered[strip * bins + grid.bin(of: event.time)] += Double(event.count)
            }
        }
        passOver(request, reader, strip)
        let read = request.read(by: reader)
        cut.cut(read, for: reader, on: grid)
        lose(read, reader, classIndex, strip)
    }

    /// Enters the tokens that a request's reader passes over, at their instants.
    private mutating func passOver(_ request: RequestTimes, _ reader: Reader, _ strip: Int?) {
        var passing = reader.unread(of: request)
        for event in request.tokens where passing > 0 {
            let over = min(passing, Int(event.count))
            passing -= over
            enter(Double(over), .thought, grid.bin(of: event.time), strip)
        }
    }

    private mutating func enter(_ lost: Double, _ cause: LossCause, _ bin: Int, _ strip: Int?) {
        fixed[bin * Self.causes + cause.rawValue] += lost
        if let strip { stripFixed[strip * bins + bin] += lost }
    }

    private mutating func lose(
        _ request: RequestTimes, _ reader: Reader, _ classIndex: Int, _ strip: Int?
    ) {
        let isWeighted = reader.parameters.penalty.isBoundedByTokens
        let first = classIndex * speeds.count
        waits.begin(late: cut.late, origin: cut.origin)
        let stretches = cut.stretches
        for (index, stretch) in stretches.enumerated() {
            waits.wait(stretch, cut.vertices, tokenTimes, prices[first..<first + speeds.count])
            let isLast = index + 1 == stretches.count
            // Tokens that come later in the bin raise the price of what was waited in it.
            guard
                isLast || stretches[index + 1].bin != stretch.bin
                    || stretches[index + 1].cause == .unfinished
            else { continue }
            settle(weight: isWeighted ? Double(stretch.tokens) : 1, stretch.bin, strip)
        }
        guard request.outcome != .completed, reader.parameters.incomplete == .void else { return }
        let tokens = cut.tokens
        let bin = grid.bin(of: request.finish)
        enter(Double(tokens), .void, bin, strip)
        // With the tokens goes what idle time had cost of them.
        if isWeighted {
            for speed in 0..<waits.reach {
                add(-Double(tokens) * waits.share(speed), .void, bin, strip, speed)
            }
        }
    }

    /// Enters what was lost since the last bin was settled.
    private mutating func settle(weight: Double, _ bin: Int, _ strip: Int?) {
        for cause in LossCause.allCases where waits.touches(cause) {
            for speed in 0..<waits.reach {
                let lost = waits.settle(cause, speed, weight: weight)
                if lost != 0 { add(lost, cause, bin, strip, speed) }
            }
        }
    }

    @inline(__always)
    private mutating func add(
        _ lost: Double, _ cause: LossCause, _ bin: Int, _ strip: Int?, _ speed: Int
    ) {
        cells[(bin * Self.causes + cause.rawValue) * speeds.count + speed] += lost
        if let strip { stripCells[(strip * bins + bin) * speeds.count + speed] += lost }
    }
}

extension LossSpectrum {
    /// Tokens lost to `cause` in each bin at an alpha of 0.
    package func weightless(_ cause: LossCause) -> [Double] {
        (0..<bins).map { fixed[$0 * Self.causes + cause.rawValue] }
    }

    /// Tokens that an alpha of 1 loses to `cause` beside ``weightless(_:)``, in each bin, at the
    /// speed of index `speed`; at another alpha that many times as much.
    package func losses(_ cause: LossCause, speed: Int) -> [Double] {
        (0..<bins).map { cells[($0 * Self.causes + cause.rawValue) * speeds.count + speed] }
    }

    /// Tokens that came in each bin of a strip.
    package func delivered(strip: Int) -> ArraySlice<Double> {
        stripDelivered[strip * bins..<(strip + 1) * bins]
    }

    /// Tokens lost in each bin of a strip at an alpha of 0.
    package func weightless(strip: Int) -> ArraySlice<Double> {
        stripFixed[strip * bins..<(strip + 1) * bins]
    }

    /// Tokens that an alpha of 1 loses beside that in each bin of a strip, all causes together.
    package func losses(strip: Int, speed: Int) -> [Double] {
        (0..<bins).map { stripCells[(strip * bins + $0) * speeds.count + speed] }
    }
}

/// Bins of equal length from a run's begin.
struct SpectrumGrid: Sendable {
    let begin: Int64
    /// ns.
    let width: Int64

    /// The bin that holds `time`, which lies no earlier than the begin.
    @inline(__always)
    func bin(of time: Int64) -> Int { Int((time - begin) / width) }
}

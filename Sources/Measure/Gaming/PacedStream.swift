import Goodput

/// The pace of one stream: which of its gaps would still be longer than theta if it were paced to
/// theta, and for which thetas its largest gap stays within a bound.
///
/// With t'_i = max over j <= i of (t_j + (i − j)·theta), the gap before token i is longer than
/// theta exactly where theta is below the least slope from an earlier token to it. So each token
/// has one threshold, and no theta has to be tried.
struct PacedStream: Sendable {
    private let pace: Int64
    private var hull = UpperHull()
    /// n.
    private var tokens: Int64 = 0
    /// For a pace of at least the one given.
    private(set) var outline = StreamOutline()
    /// The least theta with no gap longer than the bound; nil where no theta does it.
    private(set) var leastTheta: Int64? = 0
    /// max over j of (t_j − bound·j), ns after `scheduled`; t_0 without a bound.
    private(set) var latestStart: Int64 = 0

    /// - Parameter pace: The least theta, ns, of which an ``outline`` is wanted.
    init(pace: Int64) { self.pace = pace }

    /// Takes in a stream, and forgets the one before.
    ///
    /// - Parameters:
    ///   - bound: G, ns.
    ///   - thresholds: Gets those of all tokens after the first, where the answer streamed.
    /// - Complexity: O(events) amortised, and O(log events) for each gap beyond the bound.
    mutating func follow(
        _ request: RequestTimes, bound: Int64?, thresholds: inout LargestValues
    ) {
        hull.removeAll()
        outline.removeAll()
        tokens = 0
        leastTheta = 0
        latestStart = 0
        var last: Int64 = 0
        var raised = 0
        for event in request.tokens {
            let time = event.time &- request.scheduled
            if tokens == 0 {
                _ = hull.add(UpperHull.Point(index: 0, time: time))
                outline.append(StreamOutline.Token(index: 0, time: time, threshold: .max))
                latestStart = time
            } else if time > last {
                if let bound {
                    if time - last > bound { close(time - bound) }
                    latestStart = max(
                        latestStart, time - bound.multipliedSaturated(by: tokens))
                }
                let threshold = add(time)
                if request.isStreamed {
                    thresholds.add(threshold)
                    raised += 1
                }
            }
            last = time
            tokens += Int64(event.count)
        }
        outline.end(tokens)
        if request.isStreamed { thresholds.addZeros(max(0, Int(tokens) - 1) - raised) }
    }

    /// Adds the next token, which comes later than the one before; its threshold.
    private mutating func add(_ time: Int64) -> Int64 {
        let point = UpperHull.Point(index: tokens, time: time)
        let threshold = hull.add(point)?.slopeRoundedUp(to: point) ?? .max
        if threshold > pace {
            outline.append(
                StreamOutline.Token(index: tokens, time: time, threshold: threshold))
        }
        return threshold
    }

    /// Raises ``leastTheta`` until the newest token comes no earlier than `time`.
    private mutating func close(_ time: Int64) {
        let point = UpperHull.Point(index: tokens - 1, time: time)
        guard let theta = leastTheta, let from = hull.leastSlope(to: point) else {
            leastTheta = nil
            return
        }
        leastTheta = max(theta, from.slopeRoundedUp(to: point))
    }

    /// The greatest theta with which the last token comes no later than `end`, ns after
    /// `scheduled`, which is no earlier than it came; nil for a single token.
    func greatestTheta(endingBy end: Int64) -> Int64? {
        let point = UpperHull.Point(index: tokens - 1, time: end)
        return hull.leastSlope(to: point)?.slopeRoundedDown(to: point)
    }
}

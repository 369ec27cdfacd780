import Goodput

/// The sums over a run whose deadlines count from the first token, recorded and with that held.
struct HoldTally: Sendable {
    private var recorded = CompensatedSum()
    private var held = CompensatedSum()
    /// The largest l of a request with tokens, ns.
    private var longest: Int64 = 0
    /// The latest first token, ns on the run's timeline; nil without tokens.
    private var latestFirst: Int64?
    /// Whether all benefits are numbers that a double can hold.
    private var isFinite = true

    /// Takes in a request.
    ///
    /// - Parameters:
    ///   - request: As its reader reads it.
    ///   - tokens: n.
    ///   - reader: Anchored at the first token, or nothing is held for it.
    mutating func add(
        _ request: RequestTimes, tokens: Int, _ progress: ReadingProgress,
        for reader: Reader
    ) {
        do throws(RequestDefect) {
            let ending = try Ending(
                of: progress, reader, tokens: tokens, outcome: request.outcome,
                at: request.finish &- request.scheduled)
            recorded.add(ending.benefit)
            // An answer that came whole is not held.
            guard let first = request.tokens.first?.time, request.isStreamed,
                reader.parameters.anchor == .firstToken
            else {
                held.add(ending.benefit)
                return
            }
            held.add(
                reader.benefit(
                    tokens: reader.earning(tokens, after: request.outcome), idle: 0))
            longest = max(longest, ending.idle)
            latestFirst = max(latestFirst ?? first, first)
        } catch {
            isFinite = false
        }
    }

    /// Both rates and the hold; nil where a benefit is no number that a double can hold.
    func figures(over interval: ServingInterval) -> FirstTokenHold? {
        guard isFinite else { return nil }
        let (heldFirst, overflow) = (latestFirst ?? interval.begin)
            .addingReportingOverflow(longest)
        let end = max(interval.end, overflow ? .max : heldFirst)
        let length = Double(UInt64(bitPattern: end &- interval.begin)) / 1e9
        return FirstTokenHold(
            hold: longest, recorded: interval.rate(of: recorded.value),
            rate: length > 0 ? held.value / length : nil)
    }
}

import Goodput

/// A second pass over the events of a request that lost something: each lost token gets its cause
/// and its instant.
///
/// Up to token i the causes hold G_c(i) of g, and together they hold g(L_i). The losses of a cause
/// telescope, so that a bin gets alpha·((i+1)^k·G_c(i) − h^k·G_c(h−1)) where h was the first token
/// of the bin: a price is worked out at a wait, and at no other token.
struct LossPass {
    private let price: IdlePrice
    private let id: Int
    /// How late the request left, ns: what no server is to blame for.
    private let late: Int64
    private var progress: ReadingProgress
    /// n so far.
    private var tokens = 0
    /// G_c so far, and g(L) and g(L').
    private var shares = LossAmounts()
    private var share = 0.0
    private var shareOfServer = 0.0

    init(_ request: RequestTimes, _ reader: Reader, _ price: IdlePrice) {
        self.price = price
        id = request.id
        late =
            reader.parameters.anchor == .firstToken ? 0 : Self.lateness(of: request)
        progress = ReadingProgress(reader)
    }

    /// `sent` − `scheduled` where that is above 0, saturating; 0 where `sent` is not known.
    static func lateness(of request: RequestTimes) -> Int64 {
        guard let sent = request.sent else { return 0 }
        let (lateness, overflow) = sent.subtractingReportingOverflow(request.scheduled)
        return overflow ? (sent > 0 ? .max : 0) : max(0, lateness)
    }

    /// Passes over the events.
    ///
    /// - Parameters:
    ///   - threshold: The gap above which a wait is a stall, ns.
    ///   - settle: Takes what was lost in a bin, in order.
    ///   - lose: Takes each wait that cost something.
    /// - Complexity: O(events).
    mutating func run(
        over request: RequestTimes, on grid: Timeline.Grid, threshold: Int64,
        settle: (LossAmounts, Int) -> Void, lose: (LostWait) -> Void
    ) {
        var stretch = Timeline.Stretch.none
        var settled = LossAmounts()
        func settleBin() {
            let held = price.weight(tokens) * shares
            settle(price.alpha * (held - settled), stretch.bin)
            settled = held
        }
        var before: Int64?
        for event in request.tokens {
            if event.time >= stretch.end {
                settleBin()
                stretch = grid.stretch(of: event.time)
            }
            let idle = progress.idle
            let elapsed = event.time - request.scheduled
            if before == nil {
                progress.began(event.count, at: elapsed)
            } else {
                progress.continued(event.count, at: elapsed)
            }
            if progress.idle > idle {
                let cause: LossCause =
                    before.map { event.time - $0 > threshold ? .stall : .slowDecode } ?? .firstToken
                let lost = wait(cause, weight: price.weight(tokens + 1))
                if lost > 0 {
                    lose(
                        LostWait(
                            id: id, token: tokens, from: event.time - (progress.idle - idle),
                            to: event.time, cause: cause, tokensLost: lost))
                }
            }
            tokens += Int(event.count)
            before = event.time
        }
        settleBin()
    }

    /// Ends the request.
    ///
    /// - Parameter lastEntry: Tokens earned at the end itself, by the reader's score.
    /// - Returns: Everything that the request lost, and the part that it lost at the end.
    mutating func end(
        of request: RequestTimes, reader: Reader, lastEntry: Double?, lose: (LostWait) -> Void
    ) -> (whole: LossAmounts, last: LossAmounts) {
        let weight = price.weight(tokens)
        let before = shares
        var voided = 0.0
        if reader.waits(after: request.outcome) {
            let idle = progress.idle
            progress.waited(until: request.finish - request.scheduled)
            if progress.idle > idle {
                let lost = wait(.unfinished, weight: weight)
                if lost > 0 {
                    lose(
                        LostWait(
                            id: id, token: tokens, from: request.finish - (progress.idle - idle),
                            to: request.finish, cause: .unfinished, tokensLost: lost))
                }
            }
        } else if let lastEntry {
            voided = -lastEntry
        }
        var whole = price.alpha * (weight * shares)
        var last = price.alpha * (weight * (shares - before))
        whole[.void] = voided
        last[.void] = voided
        return (whole, last)
    }

    /// Takes in a wait that has just been added to the progress.
    ///
    /// - Parameter weight: n^k with the token itself.
    /// - Returns: Everything that was lost at the token.
    private mutating func wait(_ cause: LossCause, weight: Double) -> Double {
        let before = price.weight(tokens) * share
        let served = price.share(max(0, progress.idle - late))
        let all = late == 0 ? served : price.share(progress.idle)
        shares[cause] += served - shareOfServer
        shares[.clientLate] = all - served
        share = all
        shareOfServer = served
        return price.alpha * (weight * all - before)
    }
}

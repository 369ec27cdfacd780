import Goodput

/// One pass over a request as it was recorded: its reader's way, the first deadline that passed
/// undelivered, and what dropping the request at any token would have earned.
struct RecordedReading {
    /// The request as it stood when a deadline passed with nothing delivered.
    struct Miss {
        /// The deadline, ns after `scheduled`, saturating.
        let due: Int64
        let progress: ReadingProgress
        let fluidity: FluidityIndex
        /// Tokens delivered, and gaps longer than 0 between them.
        let tokens: Int
        let gaps: Int
    }

    private(set) var shape = StreamShape()
    private(set) var progress: ReadingProgress
    private(set) var fluidity = FluidityIndex()
    private(set) var miss: Miss?
    /// The greatest benefit that dropping the request after 0 to n tokens has; at least 0.
    private(set) var bestDropped = 0.0

    /// Passes over `request`. O(events).
    ///
    /// - Parameters:
    ///   - gaps: Gets the gaps between its tokens.
    ///   - keptGaps: Gets those before the miss.
    init(
        _ request: RequestTimes, for reader: Reader, gaps: inout LargestValues,
        keptGaps: inout LargestValues
    ) {
        let parameters = reader.parameters
        // A request that is dropped earns nothing under `void`, and its idle time still costs.
        let earnsWhenDropped = parameters.incomplete != .void
        progress = ReadingProgress(reader, unread: reader.unread(of: request))
        // When the newest token came that is read.
        var lastRead: Int64 = 0
        for event in request.tokens {
            let elapsed = event.time &- request.scheduled
            let isFirst = shape.tokens == 0
            let due =
                !progress.hasBegun && parameters.anchor == .firstToken ? elapsed : progress.nextDue
            if elapsed > due, miss == nil { note(due) }
            let idle = progress.idle
            let before = progress.read(of: shape.tokens)
            let hadBegun = progress.hasBegun
            if isFirst {
                shape.began(event.count, at: elapsed)
            } else {
                let gap = shape.continued(event.count, at: elapsed)
                if gap > 0, request.isStreamed {
                    gaps.add(gap)
                    if miss == nil { keptGaps.add(gap) }
                }
            }
            progress.continued(event.count, at: elapsed)
            let read = UInt32(progress.read(of: shape.tokens) - before)
            if hadBegun {
                fluidity.next(read, after: elapsed - lastRead, tokenTime: reader.tokenTime)
            } else if read > 0 {
                fluidity.first(
                    read, after: elapsed, budget: parameters.ttftBudget,
                    tokenTime: reader.tokenTime)
            }
            lastRead = elapsed
            // A token that adds idle time is the one to drop the request before: as long as idle
            // time stays, further tokens gain, or all of them lose to none at all.
            if earnsWhenDropped, progress.idle > idle {
                bestDropped = max(bestDropped, reader.benefit(tokens: before, idle: idle))
            }
        }
        if earnsWhenDropped {
            bestDropped = max(
                bestDropped,
                reader.benefit(tokens: progress.read(of: shape.tokens), idle: progress.idle))
        }
        if miss == nil, request.outcome != .completed, parameters.anchor == .arrival,
            request.finish &- request.scheduled > progress.nextDue
        {
            note(progress.nextDue)
        }
        guard request.isStreamed else { return }
        gaps.addZeros(shape.emptyTokenGaps)
        let kept = miss?.tokens ?? shape.tokens
        keptGaps.addZeros(max(0, kept - 1) - (miss?.gaps ?? shape.gaps))
    }

    private mutating func note(_ due: Int64) {
        miss = Miss(
            due: due, progress: progress, fluidity: fluidity, tokens: shape.tokens,
            gaps: shape.gaps)
    }
}

/// One pass over a request's events, for its own reader and for the one beside it.
package struct RequestPass {
    /// Tokens earned in a stretch of the run in which there were events.
    package struct Earning {
        var stretch: Timeline.Stretch
        var own: Double
        var beside: Double
    }

    package private(set) var shape = StreamShape()
    package private(set) var own: ReadingProgress
    package private(set) var beside: ReadingProgress

    /// Passes over `request`.
    ///
    /// Tokens earned in a stretch are the benefit at its end less that at its begin, so that a
    /// penalty is worked out once a stretch, and not once an event.
    ///
    /// - Parameters:
    ///   - gaps: Scratch space; its first ``StreamShape/gaps`` elements are the gaps longer than 0.
    ///   - earnings: Gets the tokens earned before the end, a stretch at a time.
    /// - Returns: nil for times that cannot be.
    /// - Complexity: O(events).
    private init?(
        _ request: RequestTimes, for ownReader: Reader, beside besideReader: Reader,
        on grid: Timeline.Grid, gaps: inout [Int64], earnings: inout [Earning]
    ) {
        own = ReadingProgress(ownReader, unread: ownReader.unread(of: request))
        beside = ReadingProgress(besideReader, unread: besideReader.unread(of: request))
        earnings.removeAll(keepingCapacity: true)
        let scheduled = request.scheduled
        let finish = request.finish
        let (length, overflow) = finish.subtractingReportingOverflow(scheduled)
        guard !overflow, length >= 0 else { return nil }
        guard !request.tokens.isEmpty else { return }
        if gaps.count < request.tokens.count {
            gaps = [Int64](repeating: 0, count: request.tokens.count)
        }
        var shape = shape
        var own = own
        var beside = beside
        var isSound = true
        var stretch = Timeline.Stretch.none
        var before = (own: 0.0, beside: 0.0)
        func settle(_ earnings: inout [Earning]) {
            let now = (
                own: ownReader.benefit(tokens: own.read(of: shape.tokens), idle: own.idle),
                beside: besideReader.benefit(
                    tokens: beside.read(of: shape.tokens), idle: beside.idle)
            )
            earnings.append(
                Earning(
                    stretch: stretch, own: now.own - before.own,
                    beside: now.beside - before.beside))
            before = now
        }
        request.tokens.withUnsafeBufferPointer { events in
            gaps.withUnsafeMutableBufferPointer { gaps in
                var last = scheduled
                for index in events.indices {
                    let event = events[index]
                    guard event.time >= last, event.time <= finish, event.count > 0 else {
                        isSound = false
                        return
                    }
                    last = event.time
                    if event.time >= stretch.end {
                        if index > 0 { settle(&earnings) }
                        stretch = grid.stretch(of: event.time)
                    }
                    let elapsed = event.time &- scheduled
                    if index == 0 {
                        shape.began(event.count, at: elapsed)
                        own.began(event.count, at: elapsed)
                        beside.began(event.count, at: elapsed)
                    } else {
                        let index = shape.gaps
                        gaps[index] = shape.continued(event.count, at: elapsed)
                        own.continued(event.count, at: elapsed)
                        beside.continued(event.count, at: elapsed)
                    }
                }
                settle(&earnings)
            }
        }
        guard isSound, shape.tokens <= StreamingScore.mostTokens else { return nil }
        self.shape = shape
        self.own = own
        self.beside = beside
    }
}

extension RequestPass {
    /// A pass over `request`, and what it ends in for both readers.
    ///
    /// - Parameters:
    ///   - grid: Cuts the earnings; nil where nobody asks for them.
    ///   - gaps: Scratch space; its first ``StreamShape/gaps`` places get the gaps longer than 0.
    ///   - earnings: Gets the tokens earned before the end, a stretch at a time.
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    /// - Complexity: O(events).
    package static func scored(
        _ request: RequestTimes, for reader: Reader, beside besideReader: Reader,
        on grid: Timeline.Grid? = nil, gaps: inout [Int64], earnings: inout [Earning]
    ) throws(ScoringError) -> (pass: RequestPass, own: Ending, beside: Ending) {
        guard
            let pass = RequestPass(
                request, for: reader, beside: besideReader,
                on: grid ?? Timeline.Grid(start: request.scheduled), gaps: &gaps,
                earnings: &earnings)
        else { throw defect(of: request, reader) }
        let elapsed = request.finish - request.scheduled
        func ending(
            _ progress: ReadingProgress, _ reader: Reader
        ) throws(RequestDefect) -> Ending {
            try Ending(
                of: progress, reader, tokens: pass.shape.tokens, outcome: request.outcome,
                at: elapsed)
        }
        do throws(RequestDefect) {
            return (
                pass, try ending(pass.own, reader), try ending(pass.beside, besideReader)
            )
        } catch {
            throw .request(id: request.id, defect: error)
        }
    }

    /// The mistake in a request over which a pass has stumbled.
    private static func defect(of request: RequestTimes, _ reader: Reader) -> ScoringError {
        do throws(ScoringError) {
            _ = try RequestScore(request, for: reader)
        } catch {
            return error
        }
        preconditionFailure("a score and a pass agree on what times can be")
    }
}

/// How a request ended, as far as a score is concerned.
package enum RequestOutcome: String, Hashable, Sendable, CaseIterable {
    case completed
    /// Error, reset, malformed.
    case failed
    /// Given up on purpose before the end, by either side.
    case abandoned
    /// The run ended first.
    case unfinished
}

/// `count` tokens delivered at one instant.
package struct TokenEvent: Hashable, Sendable {
    /// ns on the run's timeline.
    package var time: Int64
    /// At least 1.
    package var count: UInt32

    @inlinable
    package init(time: Int64, count: UInt32 = 1) {
        self.time = time
        self.count = count
    }
}

extension [TokenEvent] {
    /// Events of one token each. In this room, where the compiler makes it one loop.
    package init(at times: [Int64]) { self = times.map { TokenEvent(time: $0) } }
}

/// The times of one request that a score is made from, in ns on one common timeline.
package struct RequestTimes: Hashable, Sendable {
    /// Its name in errors and results.
    package var id: Int
    /// When the workload meant it to be sent. Every latency counts from here, never from the
    /// actual send: a late client must not flatter the server (coordinated omission).
    package var scheduled: Int64
    /// Its events in order of time, which must not decrease.
    package var tokens: [TokenEvent]
    /// When the stream ended, or the failure was seen.
    package var finish: Int64
    package var outcome: RequestOutcome
    /// When it was really sent; nil where unknown or never.
    package var sent: Int64?
    /// Whether its tokens came as they were made; of an answer that came whole only the end is
    /// known, so that it has no TTFT, no gaps and no TPOT, and meets no bound on them.
    package var isStreamed: Bool
    /// Tokens before the answer's first one: what a model thinks that is seen to think. All of them
    /// where no token of the answer came.
    package var thoughts: UInt32

    package init(
        id: Int, scheduled: Int64, tokens: [TokenEvent], finish: Int64,
        outcome: RequestOutcome = .completed, sent: Int64? = nil, isStreamed: Bool = true,
        thoughts: UInt32 = 0
    ) {
        self.id = id
        self.scheduled = scheduled
        self.tokens = tokens
        self.finish = finish
        self.outcome = outcome
        self.sent = sent
        self.isStreamed = isStreamed
        self.thoughts = thoughts
    }
}

extension RequestTimes {
    /// The request as `reader` reads it: itself, or without the thoughts and the events that
    /// brought nothing else.
    ///
    /// Deadlines, idle time and benefit of the two are the same. O(1) without thoughts that the
    /// reader passes over, else O(events).
    package func read(by reader: Reader) -> RequestTimes {
        var passing = reader.unread(of: self)
        guard passing > 0 else { return self }
        var read = self
        read.thoughts = 0
        read.tokens.removeAll(keepingCapacity: false)
        for event in tokens {
            let over = min(passing, Int(event.count))
            passing -= over
            if over < event.count {
                read.tokens.append(
                    TokenEvent(time: event.time, count: event.count - UInt32(over)))
            }
        }
        return read
    }

    /// t_0 − sent, ns; nil without tokens, where `sent` is not known, and where it did not stream.
    func sinceSent() throws(RequestDefect) -> Int64? {
        guard isStreamed, let sent, let first = tokens.first?.time else { return nil }
        let (wait, overflow) = first.subtractingReportingOverflow(sent)
        guard !overflow else { throw .outOfRange }
        return wait
    }
}

extension [TokenEvent] {
    /// Writes the gaps between the events that are longer than 0 to the first places of `gaps`,
    /// which grows where it is too small.
    ///
    /// - Returns: How many there are.
    package func copyGaps(to gaps: inout [Int64]) -> Int {
        guard var before = first?.time else { return 0 }
        if gaps.count < count { gaps = [Int64](repeating: 0, count: count) }
        var found = 0
        for event in self {
            if event.time > before {
                gaps[found] = event.time - before
                found += 1
            }
            before = event.time
        }
        return found
    }
}

import Goodput

/// One request's events, as the detection keeps them: 16 bytes each.
struct SampledStream: Hashable, Sendable {
    /// Where its last place lies among the stretches of the run in the order in which they are
    /// given up: the least rank of those that it runs in.
    let rank: Int
    /// The part of its name that thinning looks at.
    let lot: UInt64
    /// Tokens of the prompt; nil where unknown.
    let promptTokens: UInt32?
    /// From the send to the first token, ns; from `scheduled` where the send is not known.
    let firstWait: Double
    let tokens: Int
    let events: [Event]

    /// Tokens that came at one instant.
    struct Event: Hashable, Sendable {
        /// ns on the run's timeline.
        var time: Int64
        var count: UInt32
        /// How late the client took the read that brought it, ns, saturating; 0 where unknown.
        var delay: UInt32
    }
}

/// A read of a stream that brought tokens, and how late the client took it.
package struct ReadDelay: Hashable, Sendable {
    /// Its stamp, which is the time of the events that it brought: ns on the run's timeline.
    package var time: Int64
    /// From the stamp to the callback that took it, ns.
    package var delay: Int64

    package init(time: Int64, delay: Int64) {
        self.time = time
        self.delay = delay
    }
}

extension SampledStream.Event {
    /// The events of a request, each with the delay of the read that brought it. O(events + reads).
    ///
    /// - Parameter reads: In order of time; empty where they are not known.
    static func list(_ tokens: [TokenEvent], reads: [ReadDelay]) -> [Self] {
        var next = 0
        return tokens.map { token in
            while next < reads.count, reads[next].time < token.time { next += 1 }
            var delay: Int64 = 0
            var read = next
            while read < reads.count, reads[read].time == token.time {
                delay = max(delay, reads[read].delay)
                read += 1
            }
            return Self(
                time: token.time, count: token.count, delay: UInt32(clamping: delay))
        }
    }
}

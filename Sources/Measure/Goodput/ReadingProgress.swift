/// A reader's way through one request: what is due next, and how late the tokens came. All in ns
/// after `scheduled`.
///
/// The quality of experience after Andes (arXiv 2404.16283) is told per token instead of per area:
/// the reader is done waiting for token i at u_0 = max(t_0, d_0), u_i = max(t_i, u_(i−1) + V), and
/// with end = u_(n−1) + V the figure is Σ(end − u_i) / Σ(end − d_i). By induction u_i is d_i and
/// the idle time up to token i, so that a sum of idle times holds it. Sums are exact: with at most
/// 2^32 tokens of at most 1e18 ns they stay below 2^126.
package struct ReadingProgress: Hashable, Sendable {
    private let tokenTime: Int64
    private let isFromFirstToken: Bool
    /// d_0; without tokens the origin that `waiting` gives it.
    private var origin: Int64
    /// The deadline of the next token, saturating.
    package private(set) var nextDue: Int64
    /// The instant that deadlines count from, which no clock can move: whatever came at it was not
    /// late.
    private var start: Int64 = 0
    /// Tokens at the stream's begin that are not read: they have no deadline.
    private var unread: Int
    /// Those of them that are still to come.
    private var passing: Int
    /// Whether a token that is read has come.
    package private(set) var hasBegun = false
    /// The greatest of t_i − d_i over the tokens after ``start``, negative for a reader who never
    /// waited; the least number without such tokens.
    private(set) var lateness = Int64.min
    /// The sum over all tokens of the idle time until each of them.
    package private(set) var waitedInAll: Int128 = 0

    /// - Parameter unread: Tokens at the stream's begin that the reader passes over.
    package init(_ reader: Reader, unread: Int = 0) {
        self.unread = unread
        passing = unread
        tokenTime = reader.tokenTime
        isFromFirstToken = reader.parameters.anchor == .firstToken
        origin = isFromFirstToken ? 0 : reader.parameters.ttftBudget
        nextDue = origin
    }

    /// l so far: the total time that the reader has spent waiting for tokens that came.
    package var idle: Int64 { max(0, lateness) }

    /// How many of the first `tokens` tokens are read.
    @inline(__always)
    package func read(of tokens: Int) -> Int { max(0, tokens - unread) }

    /// Learns that `count` more tokens, which are next, are not read: what a stream shows only when
    /// they come. None is passed over behind the first that was read.
    package mutating func passOver(_ count: UInt32) {
        precondition(!hasBegun, "whoever has begun to read reads on")
        unread += Int(count)
        passing += Int(count)
    }

    /// Takes in the first event.
    package mutating func began(_ count: UInt32, at elapsed: Int64) {
        let over = min(passing, Int(count))
        passing -= over
        guard over < count else { return }
        hasBegun = true
        if isFromFirstToken {
            origin = elapsed
            nextDue = elapsed
            start = elapsed
        }
        continued(count - UInt32(over), at: elapsed)
    }

    /// Takes in an event. Only its first token can add idle time: the others are due later.
    @inline(__always)
    package mutating func continued(_ count: UInt32, at elapsed: Int64) {
        guard hasBegun else { return began(count, at: elapsed) }
        // Neither is negative.
        let late = elapsed &- nextDue
        if elapsed > start { lateness = max(lateness, late) }
        if count == 1 {
            waitedInAll &+= Int128(idle)
            nextDue = nextDue.addingSaturated(tokenTime)
        } else {
            waitedInAll &+= Int128(idle) &* Int128(count)
            nextDue = nextDue.addingSaturated(tokenTime.multipliedSaturated(by: Int64(count)))
        }
    }

    /// Takes in, of a stream that has begun, `count` events of one token, at least one: the first
    /// at `elapsed`, each further one `step` ns after the one before, which is more than
    /// ``Reader/tokenTime``. O(1).
    package mutating func continued(
        _ count: UInt32, from elapsed: Int64, every step: Int64
    ) {
        let growth = Int128(step - tokenTime)
        let late = Int128(elapsed) - Int128(nextDue)
        // Tokens that do not raise the idle time.
        let waited = Int128(idle)
        let n = Int128(count)
        let quiet = late > waited ? 0 : min(n, (waited - late) / growth + 1)
        let rising = n - quiet
        waitedInAll +=
            quiet * waited + rising * (late + quiet * growth) + growth * (rising * (rising - 1) / 2)
        lateness = max(lateness, Int64(clamping: late + (n - 1) * growth))
        nextDue = nextDue.addingSaturated(tokenTime.multipliedSaturated(by: Int64(count)))
    }

    /// Takes in that the next token had not come by then.
    package mutating func waited(until elapsed: Int64) {
        if elapsed > start { lateness = max(lateness, elapsed - nextDue) }
    }

    /// The quality of experience, from 0 (exclusive) to 1, which means no waiting; nil where none
    /// of the `tokens` tokens was read. The end is no part of it.
    package func experience(tokens: Int) -> Double? {
        let n = Int128(read(of: tokens))
        guard n > 0 else { return nil }
        let v = Int128(tokenTime)
        let end = Int128(origin) + v * n + Int128(idle)
        let due = n * Int128(origin) + v * (n * (n - 1) / 2)
        return Self.double(n * end - due - waitedInAll) / Self.double(n * end - due)
    }

    /// The nearest double; the processor's own conversion where it has one.
    private static func double(_ value: Int128) -> Double {
        Int64(exactly: value).map { Double($0) } ?? Double(value)
    }
}

extension Reader {
    /// Whether a reader still waited for the next token when the request ended.
    package func waits(after outcome: RequestOutcome) -> Bool {
        outcome != .completed && parameters.incomplete == .waiting
    }

    /// Tokens that earn when a request with `tokens` ends.
    package func earning(_ tokens: Int, after outcome: RequestOutcome) -> Int {
        outcome != .completed && parameters.incomplete == .void ? 0 : tokens
    }

    /// Whether the end of a request has an entry in the timeline.
    package func hasLastEntry(after outcome: RequestOutcome) -> Bool {
        outcome != .completed && parameters.incomplete != .delivered
    }
}

import Goodput

/// A stream's outline: its first token, and those that come later than a pace after every earlier
/// token. Only they can add idle time for a reader who is no faster than that pace, and only they
/// are not moved when the stream is paced to no less.
struct StreamOutline: Sendable {
    struct Token: Hashable, Sendable {
        /// Its number in the stream, from 0.
        var index: Int64
        /// ns after `scheduled`.
        var time: Int64
        /// The least integer theta, in ns, that leaves no longer gap before it when the stream is
        /// paced to theta.
        var threshold: Int64
    }

    private(set) var tokens: [Token] = []
    /// n.
    private(set) var count: Int64 = 0

    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        count = 0
    }

    mutating func append(_ token: Token) { tokens.append(token) }

    /// Takes in that there are `count` tokens.
    mutating func end(_ count: Int64) { self.count = count }

    /// Visits the outline for a pace of `theta`, no less than the one that it was made for: each of
    /// its tokens, with the number of tokens from there on up to the next one.
    @inline(__always)
    func forEach(from theta: Int64, _ body: (Token, UInt32) -> Void) {
        guard var token = tokens.first else { return }
        for next in tokens.dropFirst() where next.threshold > theta {
            body(token, Self.tokens(next.index - token.index))
            token = next
        }
        body(token, Self.tokens(count - token.index))
    }

    /// A number of tokens as an event has it. One less than 2^32 stands for 2^32.
    private static func tokens(_ count: Int64) -> UInt32 { UInt32(clamping: count) }

    /// Visits the tokens that add idle time for a reader who is no faster than the pace that the
    /// outline was made for, each with the idle time up to it.
    func forEachWait(of reader: Reader, _ body: (Token, Int64) -> Void) {
        var progress = ReadingProgress(reader)
        var idle: Int64 = 0
        forEach(from: reader.tokenTime) { token, count in
            progress.take(token, count)
            if progress.idle > idle {
                idle = progress.idle
                body(token, idle)
            }
        }
    }

    /// A reader's way through the stream, who is no faster than the pace that the outline was made
    /// for: its idle times are those of the whole stream.
    func progress(_ reader: Reader) -> ReadingProgress {
        var progress = ReadingProgress(reader)
        forEach(from: reader.tokenTime) { token, count in
            progress.take(token, count)
        }
        return progress
    }
}

extension ReadingProgress {
    fileprivate mutating func take(_ token: StreamOutline.Token, _ count: UInt32) {
        if token.index == 0 {
            began(count, at: token.time)
        } else {
            continued(count, at: token.time)
        }
    }
}

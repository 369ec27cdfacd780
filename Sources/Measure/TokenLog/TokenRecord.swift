package import TimeBase

/// The part of an answer that a token belongs to.
package enum TokenKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Text of the answer itself.
    case content = 0
    /// Thinking that precedes the answer (`reasoning_content`, `reasoning`).
    case reasoning = 1
    /// Arguments or name of a tool call.
    case tool = 2
    /// Text in a member of a delta that is not known.
    case other = 3

    /// Whether it is of the answer itself, and not of what a model thinks before it: text under a
    /// name that is not known is thought, as a rule.
    package var isAnswer: Bool { self == .content || self == .tool }
}

/// Where a token's counting stamp comes from.
package enum StampSource: UInt8, Hashable, Sendable, CaseIterable {
    /// The kernel's receive stamp of the segment, one event in the read.
    case kernel = 0
    /// The kernel's receive stamp of the newest segment of a read with more than one event.
    case kernelJoined = 1
    /// The loop's clock in the read callback, one event in the read.
    case callback = 2
    /// The loop's clock in the read callback, more than one event in the read.
    case callbackJoined = 3

    /// Whether the read carried more than one event.
    package var isJoined: Bool { self == .kernelJoined || self == .callbackJoined }
}

/// The tokens that one read found in one stream: `count` of one kind in `events` events, 16 bytes.
///
/// The events of one read share its stamp, so that a record says all that is known of them, and a
/// server that writes faster than it is read costs an append a read, not one a token.
package struct TokenRecord: Hashable, Sendable {
    /// The counting stamp, on the agent's CLOCK_MONOTONIC_RAW.
    package var stamp: LocalInstant
    /// The request's index in the run's plan.
    package var request: UInt32
    /// Tokens that the events carried, at least one each.
    package var count: UInt16
    /// Bits 0-1 the kind, bits 2-3 the source, the others the events.
    private var packed: UInt16

    /// Most events of one record.
    package static let eventLimit: UInt16 = 0xFFF

    /// - Parameter events: 1 to ``eventLimit``, and at most `count`.
    @inline(__always)
    package init(
        stamp: LocalInstant, request: UInt32, count: UInt16, events: UInt16 = 1, kind: TokenKind,
        source: StampSource
    ) {
        self.stamp = stamp
        self.request = request
        self.count = count
        packed = events << 4 | UInt16(source.rawValue) << 2 | UInt16(kind.rawValue)
    }

    /// Events with tokens, at least 1.
    package var events: UInt16 {
        get { packed >> 4 }
        set { packed = packed & 0xF | newValue << 4 }
    }

    package var kind: TokenKind {
        // Sound: all four values are kinds.
        get { TokenKind(rawValue: UInt8(packed & 3)).unsafelyUnwrapped }
        set { packed = packed & ~3 | UInt16(newValue.rawValue) }
    }

    package var source: StampSource {
        // Sound: all four values are sources.
        get { StampSource(rawValue: UInt8(packed >> 2 & 3)).unsafelyUnwrapped }
        set { packed = packed & ~0xC | UInt16(newValue.rawValue) << 2 }
    }

    /// The tokens of each of its events, as even as whole numbers allow, the larger shares first:
    /// exact where each event carried as many as the others.
    package var eventCounts: some Sequence<UInt16> & Sendable {
        let (share, larger) = count.quotientAndRemainder(dividingBy: events)
        return (0..<events).lazy.map { share + ($0 < larger ? 1 : 0) }
    }
}

extension [TokenRecord] {
    /// The least trusted source among them; nil where there is none. O(n).
    package var leastTrustedSource: StampSource? {
        self.max { $0.source.rawValue < $1.source.rawValue }?.source
    }

    /// Events of all of them. O(n).
    package var eventCount: Int { reduce(0) { $0 + Int($1.events) } }
}

package import TimeBase

/// What a token belongs to in the answer.
package enum TokenKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Text of the answer itself.
    case content = 0
    /// Thinking that precedes the answer (`reasoning_content`, `reasoning`).
    case reasoning = 1
    /// Arguments or name of a tool call.
    case tool = 2
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

/// One stream event with `count` tokens: 16 bytes, what the token path appends.
package struct TokenRecord: Hashable, Sendable {
    /// The counting stamp, on the agent's CLOCK_MONOTONIC_RAW.
    package var stamp: LocalInstant
    /// The request's index in the run's plan.
    package var request: UInt32
    /// Tokens that the event carried, at least 1.
    package var count: UInt16
    package var kind: TokenKind
    package var source: StampSource

    @inlinable
    package init(
        stamp: LocalInstant, request: UInt32, count: UInt16, kind: TokenKind, source: StampSource
    ) {
        self.stamp = stamp
        self.request = request
        self.count = count
        self.kind = kind
        self.source = source
    }
}

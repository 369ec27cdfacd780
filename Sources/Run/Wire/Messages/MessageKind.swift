/// Which end of a connection speaks.
package enum Role: Hashable, Sendable {
    case agent
    case coordinator
}

/// The code of a message in its frame's header. Codes are never used again for something else.
package enum MessageKind: UInt8, Hashable, Sendable, CaseIterable {
    case hello = 0x01
    case shardHeld = 0x02
    case ready = 0x03
    case notReady = 0x04
    case started = 0x05
    case batch = 0x06
    case status = 0x07
    case end = 0x08

    case welcome = 0x21
    case refuse = 0x22
    case configure = 0x23
    case shardChunk = 0x24
    case shardEnd = 0x25
    case start = 0x26
    case batchAck = 0x27
    case stop = 0x28
    case ended = 0x29
    case promptTexts = 0x2A

    case clockHello = 0x41
    case probe = 0x42
    case probeReply = 0x43

    case ping = 0x61
    case pong = 0x62
    case goodbye = 0x63

    /// The role that sends it; nil when both do. A peer that sends the other role's messages is
    /// refused, so a session reflected to its sender ends with its first message.
    package var sender: Role? {
        switch self {
        case .hello, .shardHeld, .ready, .notReady, .started, .batch, .status, .end, .clockHello,
            .probeReply:
            .agent
        case .welcome, .refuse, .configure, .shardChunk, .shardEnd, .start, .batchAck, .stop,
            .ended, .probe, .promptTexts:
            .coordinator
        case .ping, .pong, .goodbye: nil
        }
    }
}

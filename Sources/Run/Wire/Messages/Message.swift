/// Everything that coordinator and agents say to each other.
package enum Message: Hashable, Sendable {
    // An agent to its coordinator, on the session.
    case hello(Hello)
    /// Hello of an agent that speaks none of this build's versions: the rest of it cannot be read.
    case foreignHello(ProtocolVersionRange)
    case shardHeld(ShardDigest)
    case ready(Ready)
    case notReady(String)
    case started(Started)
    case batch(Batch)
    case status(AgentStatus)
    case end(AgentEnd)

    // The coordinator to an agent, on the session.
    case welcome(Welcome)
    case refuse(Refusal)
    case configure(RunConfiguration)
    /// Texts of the requests of the chunks that follow.
    case promptTexts(PromptTexts)
    case shardChunk(ShardChunk)
    case shardEnd(ShardDigest)
    case start(StartCommand)
    case batchAck(BatchAck)
    case stop(StopCommand)
    /// The agent's records and its End agree: its spool may be deleted.
    case ended

    // The clock connection.
    case clockHello(ClockHello)
    case probe(Probe)
    case probeReply(ProbeReply)

    // Either way, on either connection.
    case ping(UInt64)
    case pong(UInt64)
    case goodbye(String)

    /// The code in the frame's header.
    package var kind: MessageKind {
        switch self {
        case .hello, .foreignHello: .hello
        case .shardHeld: .shardHeld
        case .ready: .ready
        case .notReady: .notReady
        case .started: .started
        case .batch: .batch
        case .status: .status
        case .end: .end
        case .welcome: .welcome
        case .refuse: .refuse
        case .configure: .configure
        case .promptTexts: .promptTexts
        case .shardChunk: .shardChunk
        case .shardEnd: .shardEnd
        case .start: .start
        case .batchAck: .batchAck
        case .stop: .stop
        case .ended: .ended
        case .clockHello: .clockHello
        case .probe: .probe
        case .probeReply: .probeReply
        case .ping: .ping
        case .pong: .pong
        case .goodbye: .goodbye
        }
    }
}

package import Bytes

/// The coordinator takes an agent in.
package struct Welcome: Hashable, Sendable {
    /// The version of the messages from here on.
    package var version: UInt16
    package var runID: RunID
    /// Grows each time the coordinator resumes the run; an agent follows no lower one.
    package var generation: UInt64
    package var agentIndex: UInt16
    package var agentCount: UInt16
    /// Up to which batch the coordinator has everything on its disk: an agent that comes back goes
    /// on after it.
    package var acknowledgedThrough: UInt64

    package init(
        version: UInt16, runID: RunID, generation: UInt64, agentIndex: UInt16, agentCount: UInt16,
        acknowledgedThrough: UInt64 = 0
    ) {
        self.version = version
        self.runID = runID
        self.generation = generation
        self.agentIndex = agentIndex
        self.agentCount = agentCount
        self.acknowledgedThrough = acknowledgedThrough
    }

    func encode(into writer: inout ByteWriter) {
        writer.fixed(version)
        runID.encode(into: &writer)
        writer.fixed(generation)
        writer.fixed(agentIndex)
        writer.fixed(agentCount)
        writer.varint(acknowledgedThrough)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        version = try reader.fixed("welcome version")
        runID = try RunID(from: &reader, "welcome run")
        generation = try reader.fixed("welcome generation")
        agentIndex = try reader.fixed("welcome agent index")
        agentCount = try reader.fixed("welcome agent count")
        guard Int(agentCount) <= WireLimits.agents, agentIndex < agentCount else {
            throw reader.error(
                "welcome agent index", back: 4,
                .contradiction("agent \(agentIndex) of \(agentCount) is no agent of a run"))
        }
        acknowledgedThrough = try reader.varint("welcome acknowledged batch")
    }
}

/// The coordinator turns an agent away; the connection ends.
package struct Refusal: Hashable, Sendable {
    /// The reason for the refusal.
    package enum Code: UInt8, Hashable, Sendable, CaseIterable {
        case noCommonVersion = 0
        case nameInUse = 1
        /// The run has all its agents, or has started without this one.
        case notExpected = 2
        case wrongRun = 3
        /// A newer incarnation of the same agent is there.
        case superseded = 4
        case protocolViolation = 5
    }

    package var code: Code
    /// A sentence for the agent's user.
    package var reason: String

    package init(code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    func encode(into writer: inout ByteWriter) {
        writer.code(code)
        writer.sentence(reason, limit: WireLimits.sentence)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        code = try reader.code("refusal code")
        reason = try reader.text("refusal reason", limit: WireLimits.sentence)
    }
}

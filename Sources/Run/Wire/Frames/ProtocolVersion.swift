import Bytes

/// Which versions of the messages two peers speak, and the one that they use.
package struct ProtocolVersionRange: Hashable, Sendable {
    package var lowest: UInt16
    package var highest: UInt16

    package init(lowest: UInt16, highest: UInt16) {
        self.lowest = lowest
        self.highest = highest
    }

    /// The versions that this build speaks. Version 4: requests of a shard may wait for several
    /// turns, which a peer of a version before cannot read.
    package static let supported = ProtocolVersionRange(lowest: 4, highest: 4)

    /// The highest version that both speak; nil when there is none.
    package func highestCommon(with other: ProtocolVersionRange) -> UInt16? {
        let candidate = min(highest, other.highest)
        return candidate >= max(lowest, other.lowest) ? candidate : nil
    }

    func encode(into writer: inout ByteWriter) {
        writer.fixed(lowest)
        writer.fixed(highest)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        lowest = try reader.fixed("hello lowest version")
        highest = try reader.fixed("hello highest version")
    }

    /// The sentence for both sides when there is no common version.
    package static func refusal(
        agent: ProtocolVersionRange, coordinator: ProtocolVersionRange
    ) -> String {
        let older = agent.highest < coordinator.lowest ? "agent" : "coordinator"
        return "the agent speaks protocol versions \(agent), the coordinator \(coordinator); "
            + "none is common: install the same legato on both, the \(older)'s is the older one"
    }
}

extension ProtocolVersionRange: CustomStringConvertible {
    package var description: String {
        lowest == highest ? "\(lowest)" : "\(lowest) to \(highest)"
    }
}

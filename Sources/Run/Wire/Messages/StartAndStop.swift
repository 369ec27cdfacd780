import Bytes
package import TimeBase

/// The one instant at which every agent starts, in the coordinator's terms and with the mapping
/// that the coordinator has for this agent.
package struct StartCommand: Hashable, Sendable {
    /// The start on the coordinator's CLOCK_MONOTONIC_RAW, in ns.
    package var at: Int64
    /// The coordinator's clock minus the agent's, in ns: the agent starts at `at - offsetNs` of its
    /// own clock.
    package var offsetNs: Int64
    /// Half-width of the offset's interval, in ns.
    package var uncertaintyNs: Int64

    package init(at: Int64, offsetNs: Int64, uncertaintyNs: Int64) {
        self.at = at
        self.offsetNs = offsetNs
        self.uncertaintyNs = uncertaintyNs
    }

    /// The start on the agent's clock, without overflow whatever the peer sent.
    package var localStart: LocalInstant { LocalInstant(ns: at &- offsetNs) }

    func encode(into writer: inout ByteWriter) {
        writer.fixed(at)
        writer.fixed(offsetNs)
        writer.fixed(uncertaintyNs)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        at = try reader.fixed("start instant")
        offsetNs = try reader.fixed("start offset")
        uncertaintyNs = try reader.fixed("start uncertainty")
    }
}

/// When an agent started, on its own clock.
package struct Started: Hashable, Sendable {
    package var intended: LocalInstant
    package var achieved: LocalInstant

    package init(intended: LocalInstant, achieved: LocalInstant) {
        self.intended = intended
        self.achieved = achieved
    }

    func encode(into writer: inout ByteWriter) {
        writer.fixed(intended.ns)
        writer.fixed(achieved.ns)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        intended = LocalInstant(ns: try reader.fixed("intended start"))
        achieved = LocalInstant(ns: try reader.fixed("achieved start"))
    }
}

/// The coordinator ends the sending.
package struct StopCommand: Hashable, Sendable {
    /// The fate of the requests in flight.
    package enum Mode: Hashable, Sendable {
        /// They have this long to end, in ns.
        case drain(ns: Int64)
        /// They end now, unfinished.
        case now
    }

    package var mode: Mode
    package var reason: String

    package init(mode: Mode, reason: String) {
        self.mode = mode
        self.reason = reason
    }

    func encode(into writer: inout ByteWriter) {
        switch mode {
        case .drain(let ns): writer.optional(ns)
        case .now: writer.optional(nil)
        }
        writer.sentence(reason, limit: WireLimits.sentence)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        if let ns = try reader.optional("stop drain") {
            mode = .drain(ns: ns)
        } else {
            mode = .now
        }
        reason = try reader.text("stop reason", limit: WireLimits.sentence)
    }
}

import Bytes
package import TokenLog

/// A target as an agent found it when it tried it.
package struct TargetState: Hashable, Sendable {
    package var url: String
    /// The model that the target answers with.
    package var model: String
    /// One sentence: the address used, the server's name for itself.
    package var detail: String
    /// The target's profile: what it accepts and how requests to it are written, a JSON object for
    /// the manifest.
    package var profileJSON: String
    /// Wishes of the run that this target does not grant, a sentence each to follow its name.
    package var remarks: [String]
    /// Nil where the target speaks no TLS.
    package var tls: TLSAgreement?

    package init(
        url: String, model: String, detail: String, profileJSON: String = "{}",
        remarks: [String] = [], tls: TLSAgreement? = nil
    ) {
        self.url = url
        self.model = model
        self.detail = detail
        self.profileJSON = profileJSON
        self.remarks = remarks
        self.tls = tls
    }
}

extension TLSAgreement {
    func encode(into writer: inout ByteWriter) {
        writer.sentence(version, limit: WireLimits.name)
        writer.sentence(cipher, limit: WireLimits.name)
        writer.flag(isVerified)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        self.init(
            version: try reader.text("TLS version", limit: WireLimits.name),
            cipher: try reader.text("TLS cipher", limit: WireLimits.name),
            isVerified: try reader.flag("TLS verified"))
    }
}

/// An agent holds its shard, its targets answer and its connections are open.
package struct Ready: Hashable, Sendable {
    package var connections: UInt32
    package var targets: [TargetState]
    /// Names of the header fields that its requests carry beside the benchmark's own; their values
    /// never leave the agent.
    package var headerNames: [String]

    package init(connections: UInt32, targets: [TargetState], headerNames: [String] = []) {
        self.connections = connections
        self.targets = targets
        self.headerNames = headerNames
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(connections))
        writer.varint(UInt64(targets.count))
        for target in targets {
            writer.text(target.url, limit: WireLimits.url)
            writer.sentence(target.model, limit: WireLimits.model)
            writer.sentence(target.detail, limit: WireLimits.sentence)
            writer.text(target.profileJSON, limit: WireLimits.json)
            writer.varint(UInt64(target.remarks.count))
            for remark in target.remarks { writer.sentence(remark, limit: WireLimits.sentence) }
            writer.flag(target.tls != nil)
            target.tls?.encode(into: &writer)
        }
        let named = headerNames.prefix(WireLimits.headerNames)
        writer.varint(UInt64(named.count))
        for name in named { writer.sentence(name, limit: WireLimits.name) }
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        connections = try reader.number("ready connections")
        targets = []
        let count = try reader.count(
            "ready target count", limit: WireLimits.targets, bytesEach: 6)
        for _ in 0..<count { targets.append(try TargetState(from: &reader)) }
        headerNames = []
        for _ in 0..<(try reader.count("header count", limit: WireLimits.headerNames)) {
            headerNames.append(try reader.text("header name", limit: WireLimits.name))
        }
    }
}

extension TargetState {
    fileprivate init(from reader: inout ByteReader) throws(DecodeError) {
        self.init(
            url: try reader.text("target URL", limit: WireLimits.url),
            model: try reader.text("target model", limit: WireLimits.model),
            detail: try reader.text("target detail", limit: WireLimits.sentence),
            profileJSON: try reader.text("target profile", limit: WireLimits.json))
        let count = try reader.count("target remark count", limit: WireLimits.remarks)
        for _ in 0..<count {
            remarks.append(try reader.text("target remark", limit: WireLimits.sentence))
        }
        tls = try reader.flag("target TLS flag") ? try TLSAgreement(from: &reader) : nil
    }
}

import TokenLog

/// What an agent found when it tried a target.
package struct TargetState: Hashable, Sendable {
    package var url: String
    /// The model that the target answers with.
    package var model: String
    /// One sentence: the address used, the server's name for itself.
    package var detail: String
    /// What it accepts and how requests to it are written: a JSON object for the manifest.
    package var profileJSON: String
    /// What the run wanted and this target does not give, a sentence each to follow its name.
    package var remarks: [String]

    package init(
        url: String, model: String, detail: String, profileJSON: String = "{}",
        remarks: [String] = []
    ) {
        self.url = url
        self.model = model
        self.detail = detail
        self.profileJSON = profileJSON
        self.remarks = remarks
    }
}

/// An agent holds its shard, its targets answer and its connections are open.
package struct Ready: Hashable, Sendable {
    package var connections: UInt32
    package var targets: [TargetState]

    package init(connections: UInt32, targets: [TargetState]) {
        self.connections = connections
        self.targets = targets
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
        }
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        connections = try reader.number("ready connections")
        targets = []
        let count = try reader.count(
            "ready target count", limit: WireLimits.targets, bytesEach: 5)
        for _ in 0..<count { targets.append(try TargetState(from: &reader)) }
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
    }
}

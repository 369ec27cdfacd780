import Bytes
package import Workload

/// How many requests a shard holds, and their running hash: what both sides compare before a run.
package struct ShardDigest: Hashable, Sendable {
    package var count: UInt32
    package var hash: UInt64

    package init(count: UInt32, hash: UInt64) {
        self.count = count
        self.hash = hash
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(count))
        writer.fixed(hash)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        count = UInt32(try reader.varint("shard count", limit: UInt64(WireLimits.requests)))
        hash = try reader.fixed("shard hash")
    }
}

/// The running hash over a shard's requests, in their order; every field counts.
///
/// It is made from the values, not from the bytes that carried them, so that it also covers the
/// codec. O(1) space, O(fields) time.
package struct ShardHasher: Sendable {
    private var hash = RunningHash()
    private var count: UInt32 = 0

    package init() {}

    /// Adds the next requests of the shard.
    package mutating func add(_ requests: some Sequence<PlannedRequest>) {
        for request in requests { add(request) }
    }

    /// Adds texts, which precede the shard's requests.
    package mutating func add(_ texts: PromptTexts) {
        for entry in texts.entries {
            hash.add(UInt64(entry.index))
            hash.add(entry.bytes)
        }
    }

    /// Adds the next request of the shard.
    package mutating func add(_ request: PlannedRequest) {
        count += 1
        hash.add(UInt64(request.index))
        hash.add(UInt64(request.phase.rawValue))
        hash.add(UInt64(request.stage))
        hash.add(PlanColumns.classCode(request))
        hash.add(UInt64(request.modelIndex ?? 0))
        hash.add(UInt64(request.session))
        hash.add(UInt64(request.turn))
        hash.add(request.scheduledNs == nil ? 0 : 1)
        hash.add(UInt64(bitPattern: request.scheduledNs ?? 0))
        hash.add(UInt64(bitPattern: request.thinkNs))
        hash.add(UInt64(request.inputTokens))
        hash.add(UInt64(request.outputTokens))
        hash.add(UInt64(request.prompt.count))
        for segment in request.prompt {
            hash.add(segment.seed)
            hash.add(UInt64(segment.tokens))
        }
        addGraph(request)
    }

    /// Adds what graphs have beyond lines; requests of lines hash as they did before.
    private mutating func addGraph(_ request: PlannedRequest) {
        guard request.after != nil || request.sharedSegments > 0 else { return }
        hash.add(UInt64(request.sharedSegments))
        hash.add(UInt64(request.after.map { $0.count + 1 } ?? 0))
        for turn in request.after ?? [] { hash.add(UInt64(turn)) }
    }

    /// The digest of what was added.
    package var digest: ShardDigest { ShardDigest(count: count, hash: hash.value) }
}

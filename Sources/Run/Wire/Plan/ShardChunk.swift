import Bytes
package import Workload

/// A run of consecutive requests of one agent's shard; decodes alone.
package struct ShardChunk: Hashable, Sendable {
    /// The position of the first request within the agent's shard, from 0.
    package var firstOrdinal: UInt32
    package var requests: [PlannedRequest]

    package init(firstOrdinal: UInt32, requests: [PlannedRequest]) {
        self.firstOrdinal = firstOrdinal
        self.requests = requests
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(firstOrdinal))
        PlanColumns.encode(requests, into: &writer)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        firstOrdinal = UInt32(
            try reader.varint("chunk ordinal", limit: UInt64(WireLimits.requests)))
        requests = try PlanColumns.decode(from: &reader)
    }
}

/// Cuts a shard into chunks whose encoding stays under ``WireLimits/chunk`` bytes in the worst
/// case, in order.
package struct ShardChunks: Sequence, IteratorProtocol, Sendable {
    private let requests: [PlannedRequest]
    private var sent = 0

    /// The chunks of `requests`, one agent's shard.
    package init(_ requests: [PlannedRequest]) { self.requests = requests }

    package mutating func next() -> ShardChunk? {
        guard sent < requests.count else { return nil }
        let first = sent
        var size = 0
        while sent < requests.count {
            size += PlanColumns.largestEncoding(of: requests[sent])
            if size > WireLimits.chunk && sent > first { break }
            sent += 1
        }
        return ShardChunk(
            firstOrdinal: UInt32(first), requests: Array(requests[first..<sent]))
    }
}

package import Bytes

/// The layout of a batch: which columns its requests have, and where its tokens stand. All are
/// read, the newest is written.
enum BatchFormat: UInt8, Comparable {
    /// Without the wait for a slot, and without how an answer ended.
    case first = 1
    /// The tokens between what was sent and what has finished.
    case second = 2
    /// The tokens last, so that a reader who wants none of them need not find their end.
    case third = 3
    /// With what servers said of themselves ahead of the tokens.
    case fourth = 4

    static let current = BatchFormat.fourth

    static func < (a: BatchFormat, b: BatchFormat) -> Bool { a.rawValue < b.rawValue }
}

/// Turns batches of an agent's records into bytes that decode alone, and keeps the running hash
/// that the agent's End states.
package struct TokenLogEncoder: Sendable {
    /// Stamps are rounded down to whole multiples of this many ns; 1 keeps them exact.
    package let resolutionNs: Int64
    /// Count and hash of all records encoded so far, as the decoder will see them.
    package private(set) var hasher = RecordHasher()

    package init(resolutionNs: Int64 = 1) {
        precondition(resolutionNs >= 1, "a stamp's resolution is at least 1 ns")
        self.resolutionNs = resolutionNs
    }

    /// The bytes of `batch`: decoding them gives `batch.canonical(resolutionNs:)`. Error details
    /// are cut to ``RequestError/detailLimit``.
    ///
    /// - Complexity: O(records).
    package mutating func encode(_ batch: LogBatch) -> [UInt8] {
        var writer = ByteWriter(
            capacity: 64 + 8 * batch.tokens.count + 24 * (batch.sent.count + batch.finishes.count))
        writer.code(BatchFormat.current)
        writer.varint(UInt64(resolutionNs))
        RequestColumns.encode(batch.sent, resolutionNs: resolutionNs, into: &writer)
        RequestColumns.encode(batch.finishes, resolutionNs: resolutionNs, into: &writer)
        ScrapeColumns.encode(batch.scrapes, resolutionNs: resolutionNs, into: &writer)
        var canonical = LogBatch()
        canonical.tokens = TokenColumns.encode(
            batch.tokens, resolutionNs: resolutionNs, into: &writer)
        writer.flag(!batch.delays.isEmpty)
        if !batch.delays.isEmpty {
            precondition(
                batch.delays.count == batch.tokens.count, "a raw stamp belongs to each token record"
            )
            canonical.delays = TokenStreams(batch.tokens).order.map { batch.delays[$0] }
            BytePlanes.encode(canonical.delays.map(UInt64.init), into: &writer)
        }

        var requests = LogBatch()
        requests.sent = batch.sent
        requests.finishes = batch.finishes
        requests.scrapes = batch.scrapes
        requests = requests.canonical(resolutionNs: resolutionNs)
        canonical.sent = requests.sent
        canonical.scrapes = requests.scrapes
        canonical.finishes = requests.finishes.map { finish in
            var cut = finish
            cut.notes.cutWords()
            if let detail = finish.error?.detail {
                cut.error?.detail = detail.cut(toUTF8Bytes: RequestError.detailLimit)
            }
            return cut
        }
        hasher.add(canonical)
        return writer.bytes
    }
}

/// Reads what ``TokenLogEncoder`` wrote.
package enum TokenLogDecoder {
    /// The batch in canonical order: sent records as they were logged, tokens by request and
    /// within a request in their order, finishes and scrapes as they were logged.
    ///
    /// - Throws: ``DecodeError`` for anything that no encoder writes. Never traps, and makes room
    ///   for at most about 50 times as many bytes as there are.
    package static func decode(_ bytes: [UInt8]) throws(DecodeError) -> LogBatch {
        var batch = LogBatch()
        try decode(bytes, into: &batch)
        return batch
    }

    /// As ``decode(_:)``, in place of what `batch` holds and in its room; after an error `batch`
    /// holds anything.
    package static func decode(
        _ bytes: [UInt8], into batch: inout LogBatch
    ) throws(DecodeError) {
        var reader = ByteReader(bytes)
        let (format, resolutionNs) = try decodeHead(from: &reader)
        batch.delays.removeAll(keepingCapacity: true)
        try RequestColumns.decode(
            into: &batch.sent, resolutionNs: resolutionNs, format, from: &reader)
        if format < .third {
            try TokenColumns.decode(
                into: &batch.tokens, resolutionNs: resolutionNs, from: &reader)
        }
        try RequestColumns.decode(
            into: &batch.finishes, resolutionNs: resolutionNs, format, from: &reader)
        try decodeScrapes(into: &batch, resolutionNs: resolutionNs, format, from: &reader)
        if format >= .third {
            try TokenColumns.decode(
                into: &batch.tokens, resolutionNs: resolutionNs, from: &reader)
        }
        if try reader.flag("raw stamp flag") {
            let delays = try BytePlanes.decode(
                "raw stamps", count: batch.tokens.count, from: &reader)
            batch.delays.reserveCapacity(delays.count)
            for delay in delays {
                guard let delay = UInt32(exactly: delay) else {
                    throw reader.error(
                        "raw stamps", back: 0, .overLimit(value: delay, limit: UInt64(UInt32.max)))
                }
                batch.delays.append(delay)
            }
        }
        try reader.finish("batch")
    }

    /// The records of what was sent, what has finished and what servers said, as
    /// ``decode(_:into:)`` gives them, and no tokens. The bytes of the tokens are not looked at,
    /// but in batches of former formats, which are decoded whole.
    ///
    /// - Throws: ``DecodeError`` as far as these records go.
    package static func decodeRequests(
        _ bytes: [UInt8], into batch: inout LogBatch
    ) throws(DecodeError) {
        var reader = ByteReader(bytes)
        let (format, resolutionNs) = try decodeHead(from: &reader)
        if format < .third {
            try decode(bytes, into: &batch)
        } else {
            try RequestColumns.decode(
                into: &batch.sent, resolutionNs: resolutionNs, format, from: &reader)
            try RequestColumns.decode(
                into: &batch.finishes, resolutionNs: resolutionNs, format, from: &reader)
            try decodeScrapes(into: &batch, resolutionNs: resolutionNs, format, from: &reader)
        }
        batch.tokens.removeAll(keepingCapacity: true)
        batch.delays.removeAll(keepingCapacity: true)
    }

    private static func decodeScrapes(
        into batch: inout LogBatch, resolutionNs: Int64, _ format: BatchFormat,
        from reader: inout ByteReader
    ) throws(DecodeError) {
        guard format >= .fourth else { return batch.scrapes.removeAll(keepingCapacity: true) }
        try ScrapeColumns.decode(
            into: &batch.scrapes, resolutionNs: resolutionNs, from: &reader)
    }

    private static func decodeHead(
        from reader: inout ByteReader
    ) throws(DecodeError) -> (BatchFormat, resolutionNs: Int64) {
        let format: BatchFormat = try reader.code("batch format")
        let resolution = try reader.varint("stamp resolution", limit: 1_000_000_000)
        guard resolution > 0 else {
            throw DecodeError("stamp resolution", at: 1, .contradiction("it is 0"))
        }
        return (format, Int64(resolution))
    }
}

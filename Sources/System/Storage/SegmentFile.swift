package import Bytes
package import Journal

/// One segment on disk: opened, scanned, its torn tail cut, and then appended to.
package final class SegmentFile {
    private let file: PrivateFile
    package let header: SegmentHeader
    /// The damage that was cut from the end when the segment was opened; nil when there was none.
    package let cut: DecodeError?

    package var path: String { file.path }
    package var byteCount: Int { file.byteCount }

    private static let pieceByteCount = 1 << 20

    /// Begins a new segment, whose name is durable then; its header is once ``sync()`` returns.
    ///
    /// - Throws: ``StorageError`` when a file of that name holds anything.
    package init(
        beginning header: SegmentHeader, in folder: PrivateFolder, name: String
    ) throws(StorageError) {
        file = try PrivateFile(in: folder, name: name)
        guard file.byteCount == 0 else {
            throw StorageError(
                file.path, "begin", refusal: "it holds \(file.byteCount) bytes already")
        }
        self.header = header
        cut = nil
        try file.append(header.encoded())
        try folder.syncEntries()
    }

    /// Opens a segment that was written before to be written on: hands each good entry to `body`
    /// with its range, and cuts the file at the first byte that is no good.
    ///
    /// Entries behind that byte are cut with it, whole or not: what was synced lies ahead of what
    /// was not, so that nobody was promised them, and their numbers would go on behind a gap.
    /// ``StoredSegment`` reads past damage and cuts nothing.
    ///
    /// A segment of format 2 is opened to be read back: what is new goes to another segment.
    ///
    /// - Returns: nil when not even a header is there (a crash right after the file was made); the
    ///   file is then empty.
    /// - Throws: ``StorageError`` when the file is no segment, or the system refuses.
    package init?(
        recovering name: String, in folder: PrivateFolder,
        _ body: (JournalEntry, Range<Int>) -> Void
    ) throws(StorageError) {
        file = try PrivateFile(in: folder, name: name)
        var scanner = SegmentScanner()
        var offset = 0
        while offset < file.byteCount {
            let piece = try file.read(offset..<(offset + Self.pieceByteCount))
            guard !piece.isEmpty else { break }
            offset += piece.count
            scanner.append(piece)
            while let entry = scanner.next() { body(entry, scanner.range) }
        }
        let tail = scanner.tail
        guard let header = scanner.header else {
            if let damage = tail.damage, damage.problem != .truncated {
                throw StorageError(
                    file.path, "read", refusal: "it is no segment of this format: \(damage)")
            }
            try file.truncate(to: 0)
            return nil
        }
        self.header = header
        cut = tail.damage
        if tail.goodByteCount < file.byteCount { try file.truncate(to: tail.goodByteCount) }
        // Bytes that a killed process had written and not synced are about to be taken for durable.
        try file.sync()
    }

    /// Writes `entry` at the end and returns its range; durable once ``sync()`` returns.
    ///
    /// - Precondition: the segment is of the format that is written.
    package func append(_ entry: JournalEntry) throws(StorageError) -> Range<Int> {
        precondition(
            header.version == SegmentHeader.formatVersion,
            "a segment of a former format is not written on")
        let start = file.byteCount
        try file.append(entry.encoded())
        return start..<file.byteCount
    }

    /// Makes every entry durable.
    package func sync() throws(StorageError) { try file.sync() }

    /// The entry at `range`, where ``append(_:)`` or the scan has put it.
    package func entry(at range: Range<Int>) throws(StorageError) -> JournalEntry {
        var scanner = SegmentScanner()
        scanner.append(header.encoded())
        scanner.append(try file.read(range))
        guard let entry = scanner.next() else {
            let damage = scanner.tail.damage.map { "\($0)" } ?? "it is not there"
            throw StorageError(
                file.path, "read", refusal: "the entry at byte \(range.lowerBound): \(damage)")
        }
        return entry
    }
}

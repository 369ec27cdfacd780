import FileReading
package import Journal

/// A segment that is read where it lies and left as it is, whoever owns it and whoever is still
/// writing it: nothing is made, cut, synced or locked.
///
/// Damage costs what it hit: everything good behind it is read, where the segment is of format 3.
/// Recovery for writing is another operation: ``SegmentFile/init(recovering:in:_:)``.
package struct StoredSegment: Sendable {
    /// nil where not even the header is whole.
    package let header: SegmentHeader?
    /// Bytes in the file.
    package let byteCount: Int
    /// Bytes ahead of everything that is damaged or incomplete.
    package let goodByteCount: Int
    /// The damages, in their order, at most ``SegmentScanner/listLimit``.
    package let damages: [SegmentDamage]
    /// The number of all damages.
    package let damageCount: Int
    /// Where an entry begins, or the header, that the file's end cuts off: while the file is
    /// written there is mostly one. nil where there is none.
    package let incomplete: Int?

    private static let pieceByteCount = 1 << 20

    /// Reads the file at `path` and hands each good entry to `body`, in their order, with the bytes
    /// in which it lies.
    ///
    /// - Throws: ``StorageError`` where there is no file that can be read; a file of another kind
    ///   is damaged from its first byte on.
    /// - Complexity: O(bytes), as ``SegmentScanner`` says, which says how much memory, too.
    package init(
        reading path: String, _ body: (JournalEntry, Range<Int>) -> Void
    ) throws(StorageError) {
        var scanner = SegmentScanner(.pastDamage)
        var seen = 0
        let size: Int
        do throws(ReadOnlyFileError) {
            let file = try ReadOnlyFile(path, links: .refused)
            while !scanner.hasEnded {
                let count = try scanner.fill(room: Self.pieceByteCount) {
                    piece throws(ReadOnlyFileError) in try file.read(into: piece)
                }
                seen += count
                if count == 0 { scanner.finish() }
                while let entry = scanner.next() { body(entry, scanner.range) }
                if count == 0 { break }
            }
            // A file that grows may have given more than there was.
            size = max(seen, file.byteCount)
        } catch {
            throw StorageError(path, "read", input: error)
        }
        byteCount = size
        header = scanner.header
        goodByteCount = scanner.tail.goodByteCount
        damages = scanner.damages
        damageCount = scanner.damageCount
        incomplete = scanner.incomplete
    }
}

package import Bytes
import FileReading
package import Journal

/// A segment that is read where it lies and left as it is, whoever owns it and whoever is still
/// writing it: nothing is made, cut, synced or locked.
///
/// Recovery for writing is another operation: ``SegmentFile/init(recovering:in:_:)``.
package struct StoredSegment: Sendable {
    /// nil where not even the header is whole.
    package let header: SegmentHeader?
    /// Bytes up to the end of the last good entry.
    package let goodByteCount: Int
    /// Bytes in the file.
    package let byteCount: Int
    /// Why the entry at ``goodByteCount`` is no good; nil where the file ends with a good one.
    package let damage: DecodeError?

    private static let pieceByteCount = 1 << 20

    /// Reads the file at `path` up to its last good entry and hands each to `body` with the byte at
    /// which it begins.
    ///
    /// - Throws: ``StorageError`` where there is no file that can be read; a file of another kind
    ///   is damaged from its first byte on.
    package init(
        reading path: String, _ body: (JournalEntry, Int) -> Void
    ) throws(StorageError) {
        var scanner = SegmentScanner()
        var seen = 0
        let size: Int
        do throws(ReadOnlyFileError) {
            let file = try ReadOnlyFile(path, links: .refused)
            let piece = UnsafeMutableRawBufferPointer.allocate(
                byteCount: Self.pieceByteCount, alignment: 16)
            defer { piece.deallocate() }
            while scanner.tail.damage.map({ $0.problem == .truncated }) ?? true {
                let count = try file.read(into: piece)
                guard count > 0 else { break }
                seen += count
                scanner.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                Self.take(&scanner, body)
            }
            // A file that grows may have given more than there was.
            size = max(seen, file.byteCount)
        } catch {
            throw StorageError(path, "read", input: error)
        }
        byteCount = size
        header = scanner.header
        goodByteCount = scanner.tail.goodByteCount
        damage = scanner.tail.damage
    }

    private static func take(
        _ scanner: inout SegmentScanner, _ body: (JournalEntry, Int) -> Void
    ) {
        // An entry begins where the good bytes before it end; the first one after the header.
        var begin = scanner.tail.goodByteCount
        while let entry = scanner.next() {
            if begin == 0 { begin = scanner.header?.encoded().count ?? 0 }
            body(entry, begin)
            begin = scanner.tail.goodByteCount
        }
    }
}

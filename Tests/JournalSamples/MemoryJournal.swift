import Bytes
package import Journal
package import Results

/// A journal that is in memory: what ``SegmentScanner`` finds in its bytes, as the reader of files
/// hands it on.
package struct MemoryJournal: JournalSource {
    package let path: String
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8], path: String = "tokens.log") {
        self.bytes = bytes
        self.path = path
    }

    package func read(
        _ body: (JournalEntry, Int) throws(FileProblem) -> Void
    ) throws(FileProblem) -> JournalReading {
        var scanner = SegmentScanner(.pastDamage)
        scanner.append(bytes)
        scanner.finish()
        while let entry = scanner.next() { try body(entry, scanner.range.lowerBound) }
        var reading = JournalReading(header: scanner.header, byteCount: bytes.count)
        reading.damages = scanner.damages.map { damage in
            JournalDamage.Stretch(
                offset: damage.begin, end: damage.resumed,
                problem: "\(damage.error.field): \(damage.error.reason)")
        }
        reading.incomplete = scanner.incomplete
        return reading
    }
}

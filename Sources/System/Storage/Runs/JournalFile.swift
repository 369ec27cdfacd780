import Bytes
package import Journal
package import Results

/// The journal of a run's folder, read where it lies and left as it is.
package struct JournalFile: JournalSource {
    package let path: String
    /// Whether the run has ended, so that nothing is written any more.
    private let isOver: Bool
    /// Bytes that the manifest says it has; nil where it says nothing.
    private let expectedByteCount: Int?

    package init(path: String, isOver: Bool = false, expectedByteCount: Int? = nil) {
        self.path = path
        self.isOver = isOver
        self.expectedByteCount = expectedByteCount
    }

    package func read(
        _ body: (JournalEntry, Int) throws(FileProblem) -> Void
    ) throws(FileProblem) -> JournalReading {
        var problem: FileProblem?
        let segment: StoredSegment
        do throws(StorageError) {
            segment = try StoredSegment(reading: path) { entry, bytes in
                guard problem == nil else { return }
                do throws(FileProblem) {
                    try body(entry, bytes.lowerBound)
                } catch {
                    problem = error
                }
            }
        } catch {
            throw FileProblem(
                error.code == 0 ? .content : .system, path,
                "cannot be read: \(error.words); a run's journal lies in its folder")
        }
        if let problem { throw problem }
        return reading(of: segment)
    }

    private func reading(of segment: StoredSegment) -> JournalReading {
        var reading = JournalReading(
            header: segment.header, byteCount: segment.byteCount)
        reading.damages = segment.damages.map { damage in
            JournalDamage.Stretch(
                offset: damage.begin, end: damage.resumed,
                problem: "\(damage.error.field): \(damage.error.reason)")
        }
        reading.incomplete = segment.incomplete
        let byteCount = max(segment.byteCount, expectedByteCount ?? 0)
        if segment.byteCount < byteCount || isOver && reading.incomplete != nil {
            reading.incomplete = nil
            reading.byteCount = byteCount
            reading.damages.append(
                JournalDamage.Stretch(
                    offset: segment.incomplete ?? segment.byteCount, end: nil,
                    problem: "the file ends there"))
        }
        return reading
    }
}

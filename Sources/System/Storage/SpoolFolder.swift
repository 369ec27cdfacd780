package import Bytes
package import Journal

/// The batches of one agent in one run, in segments that are removed once everything in them is
/// acknowledged. Not thread-safe: one ``SpoolWriter`` has it.
///
/// Segments that a former process left are read back and not written on: what is new begins a
/// segment of its own, so that each has one clock, one incarnation and one format.
package final class SpoolFolder {
    /// A batch on disk.
    private struct Location {
        var segment: Int
        var range: Range<Int>
    }

    private let folder: PrivateFolder
    private let clock: ClockName
    private let runID: RunID
    private let agent: AgentIdentityFile
    private let segmentByteLimit: Int
    private var segments: [Int: SegmentFile] = [:]
    private var current: Int?
    private var nextSegment = 0
    private var locations: [UInt64: Location] = [:]
    private var lastOfSegment: [Int: UInt64] = [:]
    private var generation: UInt64 = 0
    /// The first and the last batch that the scan found; nil when there was none.
    package private(set) var recovered: ClosedRange<UInt64>?
    /// Cuts from the ends of segments, in words.
    package private(set) var cuts: [String] = []

    /// Opens the spool of `runID` below an agent's spool folder, making it where it is not there.
    ///
    /// - Throws: ``StorageError`` when its batches do not follow one another: then the spool is
    ///   damaged where it was durable, and nothing is sent from it.
    package init(
        of runID: RunID, below path: String, agent: AgentIdentityFile, clock: ClockName,
        segmentByteLimit: Int = 8 << 20
    ) throws(StorageError) {
        folder = try PrivateFolder(path: path + "/run-\(runID)")
        self.runID = runID
        self.agent = agent
        self.clock = clock
        self.segmentByteLimit = segmentByteLimit
        for name in try folder.names() {
            guard let number = Self.number(ofSegment: name) else { continue }
            try recover(number, name)
        }
    }

    /// The run whose spool lies below an agent's spool folder; nil when there is none.
    package static func heldRun(below folder: PrivateFolder) throws(StorageError) -> RunID? {
        for name in try folder.names() where name.hasPrefix("run-") {
            if let run = RunID(name.dropFirst(4)) { return run }
        }
        return nil
    }

    /// Bytes of each recovered batch as the ledger counts them, in the batches' order.
    package var recoveredByteCounts: [Int] {
        guard let recovered else { return [] }
        return recovered.map { locations[$0]?.range.count ?? 0 }
    }

    /// Writes a batch; durable once ``sync()`` returns.
    package func append(_ batch: JournalBatch) throws(StorageError) {
        if let current, let file = segments[current], file.byteCount >= segmentByteLimit {
            // The segment that is left behind must be durable too when the next sync covers it.
            try file.sync()
            self.current = nil
        }
        let segment: Int
        if let current { segment = current } else { segment = try beginSegment() }
        guard let file = segments[segment] else { preconditionFailure("a segment is open") }
        locations[batch.number] = Location(
            segment: segment, range: try file.append(.batch(batch)))
        lastOfSegment[segment] = batch.number
    }

    /// Makes everything written durable.
    package func sync() throws(StorageError) {
        guard let current else { return }
        try segments[current]?.sync()
    }

    /// The batch `number`, read back.
    package func batch(_ number: UInt64) throws(StorageError) -> JournalBatch {
        guard let location = locations[number], let file = segments[location.segment],
            case .batch(let batch) = try file.entry(at: location.range)
        else {
            throw StorageError(folder.path, "read", refusal: "it does not hold batch \(number)")
        }
        return batch
    }

    /// Forgets the batches before `through`, and removes the segments that hold no other.
    ///
    /// The segment with batch `through` itself stays: after a restart the numbers go on from it,
    /// even when power took all that came later.
    package func free(through: UInt64) throws(StorageError) {
        for (segment, last) in lastOfSegment where last < through && segment != current {
            try remove(segment)
        }
        for number in locations.keys where number < through { locations[number] = nil }
    }

    /// Removes the whole spool: the coordinator has confirmed that nothing is missing.
    package func removeAll() throws(StorageError) {
        for segment in segments.keys { try remove(segment) }
        locations = [:]
        current = nil
        try folder.syncEntries()
        try folder.removeSelf()
    }

    private func remove(_ segment: Int) throws(StorageError) {
        try folder.remove(Self.name(ofSegment: segment))
        segments[segment] = nil
        lastOfSegment[segment] = nil
    }

    private func beginSegment() throws(StorageError) -> Int {
        let number = nextSegment
        let header = SegmentHeader(
            clock: clock, runID: runID, agent: agent.identity, incarnation: agent.incarnation,
            segment: UInt64(number), generation: generation)
        segments[number] = try SegmentFile(
            beginning: header, in: folder, name: Self.name(ofSegment: number))
        current = number
        nextSegment = number + 1
        return number
    }

    private func recover(_ number: Int, _ name: String) throws(StorageError) {
        nextSegment = max(nextSegment, number + 1)
        var found: [(UInt64, Range<Int>)] = []
        let opened = try SegmentFile(recovering: name, in: folder) { entry, range in
            if case .batch(let batch) = entry { found.append((batch.number, range)) }
        }
        guard let file = opened else { return try folder.remove(name) }
        guard file.header.runID == runID, file.header.agent == agent.identity else {
            throw StorageError(
                file.path, "use", refusal: "it is of another run or of another agent; move it away")
        }
        if let cut = file.cut { cuts.append("\(file.path): \(cut)") }
        segments[number] = file
        for (batch, range) in found {
            if let known = recovered {
                guard batch == known.upperBound + 1 else {
                    throw StorageError(
                        file.path, "use",
                        refusal: "batch \(batch) follows \(known.upperBound): the spool is damaged")
                }
                recovered = known.lowerBound...batch
            } else {
                recovered = batch...batch
            }
            locations[batch] = Location(segment: number, range: range)
            lastOfSegment[number] = batch
        }
        if found.isEmpty { lastOfSegment[number] = 0 }
    }

    private static func name(ofSegment number: Int) -> String {
        let digits = String(number)
        return "segment-" + String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }

    private static func number(ofSegment name: String) -> Int? {
        guard name.hasPrefix("segment-") else { return nil }
        return Int(name.dropFirst(8))
    }
}

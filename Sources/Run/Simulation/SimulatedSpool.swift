import Bytes
import Journal

/// An agent's spool folder on virtual disks: the same format, scan and rules for segments as the
/// real one.
struct SimulatedSpool {
    /// One file: its disk, the last batch in it, and its position among all that ever were.
    private struct Segment {
        var disk = VirtualDisk()
        var last: UInt64 = 0
        var serial: Int
    }

    /// The part that a sync that begins now covers: all segments before `serial`, and `byteCount`
    /// bytes of that one.
    struct SyncMark {
        var serial = 0
        var byteCount = 0
    }

    private var segments: [Segment] = []
    private var serial = 0
    private let header: SegmentHeader
    private let batchesPerSegment: Int
    private var inCurrent = 0
    private var hasCurrent = false

    init(agent: Int, batchesPerSegment: Int) {
        header = SegmentHeader(
            clock: ClockName(host: "agent \(agent)", bootID: "boot"), runID: RunID(high: 0, low: 0),
            agent: AgentIdentity(high: 0, low: UInt64(agent)), incarnation: 0, segment: 0,
            generation: 0)
        self.batchesPerSegment = batchesPerSegment
    }

    mutating func append(_ batch: JournalBatch) {
        if !hasCurrent || inCurrent >= batchesPerSegment {
            syncNow()
            serial += 1
            segments.append(Segment(serial: serial))
            segments[segments.count - 1].disk.append(header.encoded())
            hasCurrent = true
            inCurrent = 0
        }
        let current = segments.count - 1
        segments[current].disk.append(JournalEntry.batch(batch).encoded())
        segments[current].last = batch.number
        inCurrent += 1
    }

    var syncMark: SyncMark {
        segments.last.map { SyncMark(serial: $0.serial, byteCount: $0.disk.content.count) }
            ?? SyncMark()
    }

    private mutating func syncNow() {
        for index in segments.indices {
            segments[index].disk.sync(through: segments[index].disk.content.count)
        }
    }

    /// Ends the sync that began at `mark`. A segment that was begun since then has made all before
    /// it durable already.
    mutating func sync(_ mark: SyncMark) {
        guard let current = segments.indices.last, segments[current].serial == mark.serial else {
            return
        }
        segments[current].disk.sync(through: mark.byteCount)
    }

    mutating func free(through: UInt64) {
        while segments.count > 1, segments[0].last < through { segments.removeFirst() }
    }

    mutating func losePower(using generator: inout some RandomNumberGenerator) {
        for index in segments.indices { segments[index].disk.losePower(using: &generator) }
    }

    /// Scans as the real spool does, cuts torn tails, and returns what is left.
    mutating func recover() -> [JournalBatch] {
        var batches: [JournalBatch] = []
        var kept: [Segment] = []
        for var segment in segments {
            var scanner = SegmentScanner()
            scanner.append(segment.disk.content)
            segment.last = 0
            while let entry = scanner.next() {
                guard case .batch(let batch) = entry else { continue }
                batches.append(batch)
                segment.last = batch.number
            }
            guard scanner.header != nil, segment.last > 0 else { continue }
            segment.disk.recover(to: scanner.tail.goodByteCount)
            kept.append(segment)
        }
        segments = kept
        hasCurrent = false
        return batches
    }
}

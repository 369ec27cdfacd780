import Bytes
import FormerSegments
import Glibc
import Journal
import Scratch
import Testing

@testable import Storage

@Suite struct SpoolFolderTests {
    private let scratch = ScratchFolder()
    private let run = RunID(high: 1, low: 2)
    private let agent = AgentIdentityFile(
        identity: AgentIdentity(high: 3, low: 4), incarnation: 1)

    private func open(segmentByteLimit: Int = 8 << 20) throws -> SpoolFolder {
        try SpoolFolder(
            of: run, below: scratch.path, agent: agent,
            clock: ClockName(host: "host", bootID: "boot"), segmentByteLimit: segmentByteLimit)
    }

    private func batch(_ number: UInt64, byteCount: Int = 100) -> JournalBatch {
        JournalBatch(
            agentIndex: 0, incarnation: 1, number: number, records: 1,
            payload: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: byteCount))
    }

    private var segmentNames: [String] {
        get throws { try PrivateFolder(path: scratch.path + "/run-\(run)").names() }
    }

    @Test func batchesComeBackAfterARestart() throws {
        do {
            let spool = try open()
            #expect(spool.recovered == nil)
            for number in 1...5 as ClosedRange<UInt64> { try spool.append(batch(number)) }
            try spool.sync()
            #expect(try spool.batch(3) == batch(3))
        }
        let spool = try open()
        #expect(spool.recovered == 1...5)
        #expect(spool.recoveredByteCounts.count == 5)
        for number in 1...5 as ClosedRange<UInt64> {
            #expect(try spool.batch(number) == batch(number))
        }
        try spool.append(batch(6))
        #expect(try spool.batch(6) == batch(6))
        #expect(
            try SpoolFolder.heldRun(below: PrivateFolder(path: scratch.path)) == run)
    }

    @Test func aTornTailIsCutAndSaid() throws {
        do {
            let spool = try open()
            for number in 1...3 as ClosedRange<UInt64> { try spool.append(batch(number)) }
        }
        let path = scratch.path + "/run-\(run)/segment-00000000"
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(truncate(path, status.st_size - 1) == 0)
        do {
            let spool = try open()
            #expect(spool.recovered == 1...2)
            #expect(spool.cuts.count == 1)
            try spool.append(batch(3))
        }
        let again = try open()
        #expect(again.recovered == 1...3)
        #expect(again.cuts.isEmpty)
    }

    /// Puts a spool there as a version left it that wrote format 2, the last byte of which is lost.
    private func leaveFormerSpool(batches: ClosedRange<UInt64>) throws {
        let folder = try PrivateFolder(path: scratch.path + "/run-\(run)")
        let header = SegmentHeader(
            clock: ClockName(host: "host", bootID: "boot"), runID: run, agent: agent.identity,
            incarnation: 1, segment: 0, generation: 0)
        let bytes = FormerSegment.bytes(header, batches.map { .batch(batch($0)) })
        try folder.replace("segment-00000000", with: bytes.dropLast())
    }

    @Test func aFormerVersionsSpoolIsTakenUpAndGoesOnInASegmentOfItsOwn() throws {
        try leaveFormerSpool(batches: 1...4)
        do {
            let spool = try open()
            #expect(spool.recovered == 1...3 && spool.cuts.count == 1)
            try spool.append(batch(4))
            try spool.sync()
            for number in 1...4 as ClosedRange<UInt64> {
                #expect(try spool.batch(number) == batch(number))
            }
        }
        #expect(try segmentNames == ["segment-00000000", "segment-00000001"])
        let spool = try open()
        #expect(spool.recovered == 1...4 && spool.cuts.isEmpty)
        #expect(try spool.batch(2) == batch(2) && spool.batch(4) == batch(4))
        var versions: [UInt16?] = []
        for name in try segmentNames {
            let path = scratch.path + "/run-\(run)/" + name
            versions.append(try StoredSegment(reading: path) { _, _ in }.header?.version)
        }
        #expect(versions == [2, 3])
        try spool.free(through: 4)
        #expect(try segmentNames == ["segment-00000001"])
    }

    /// Its numbers would go on behind a gap, and the coordinator was told of none of it.
    @Test func whatIsWholeBehindDamageIsCutWithIt() throws {
        do {
            let spool = try open()
            for number in 1...3 as ClosedRange<UInt64> { try spool.append(batch(number)) }
        }
        let path = scratch.path + "/run-\(run)/segment-00000000"
        var ranges: [Range<Int>] = []
        _ = try StoredSegment(reading: path) { ranges.append($1) }
        let descriptor = Glibc.open(path, O_WRONLY)
        #expect(pwrite(descriptor, [0], 1, off_t(ranges[1].lowerBound)) == 1)
        close(descriptor)
        let spool = try open()
        #expect(spool.recovered == 1...1 && spool.cuts.count == 1)
        try spool.append(batch(2))
        #expect(try open().recovered == 1...2)
    }

    @Test func anEmptySegmentOfACrashIsRemoved() throws {
        _ = try open()
        let path = scratch.path + "/run-\(run)/segment-00000000"
        let descriptor = creat(path, 0o600)
        #expect(descriptor >= 0)
        close(descriptor)
        let spool = try open()
        #expect(spool.recovered == nil)
        try spool.append(batch(1))
        #expect(try spool.batch(1) == batch(1))
    }

    @Test func acknowledgedSegmentsAreRemoved() throws {
        let spool = try open(segmentByteLimit: 300)
        for number in 1...10 as ClosedRange<UInt64> { try spool.append(batch(number)) }
        try spool.sync()
        let before = try segmentNames.count
        #expect(before > 3)
        try spool.free(through: 8)
        #expect(try segmentNames.count < before - 1)
        #expect(try spool.batch(9) == batch(9))
        #expect(throws: StorageError.self) { try spool.batch(7) }
        try spool.removeAll()
        #expect(try SpoolFolder.heldRun(below: PrivateFolder(path: scratch.path)) == nil)
    }

    @Test func theNumbersGoOnEvenWhenEverythingWasAcknowledged() throws {
        for last in [3, 6, 9] as [UInt64] {
            let spool = try open(segmentByteLimit: 1)
            for number in (last - 2)...last { try spool.append(batch(number)) }
            try spool.sync()
            try spool.free(through: last)
            #expect(try open(segmentByteLimit: 1).recovered == last...last)
        }
    }

    /// Found by the journal simulation, seed 51: everything durable was acknowledged and freed, the
    /// next batch had its segment begun and lost with the power, and the numbers began again at 1.
    @Test func theNumbersGoOnWhenPowerTakesTheNextBatch() throws {
        do {
            let spool = try open(segmentByteLimit: 1)
            for number in 1...3 as ClosedRange<UInt64> { try spool.append(batch(number)) }
            try spool.free(through: 2)
        }
        #expect(truncate(scratch.path + "/run-\(run)/segment-00000002", 0) == 0)
        #expect(try open().recovered == 2...2)
    }

    @Test func aHoleBetweenBatchesIsRefused() throws {
        do {
            let spool = try open()
            try spool.append(batch(1))
            try spool.append(batch(3))
        }
        let error = #expect(throws: StorageError.self) { try open() }
        #expect(error?.description.contains("batch 3 follows 1") == true)
    }

    @Test func anotherAgentsSpoolIsRefused() throws {
        do { try open().append(batch(1)) }
        let other = AgentIdentityFile(
            identity: AgentIdentity(high: 9, low: 9), incarnation: 1)
        #expect(throws: StorageError.self) {
            try SpoolFolder(
                of: run, below: scratch.path, agent: other,
                clock: ClockName(host: "host", bootID: "boot"))
        }
    }

    @Test func theWriterKeepsTheOrderAndReportsDurability() async throws {
        let writer = SpoolWriter(try open())
        for number in 1...50 as ClosedRange<UInt64> { writer.append(batch(number)) }
        let result = await withCheckedContinuation { done in
            writer.sync { done.resume(returning: $0) }
        }
        #expect(throws: Never.self) { try result.get() }
        let batches = await withCheckedContinuation { done in
            writer.read(7...9) { done.resume(returning: $0) }
        }
        #expect(try batches.get() == [batch(7), batch(8), batch(9)])
        writer.free(through: 50)
        let removed = await withCheckedContinuation { done in
            writer.removeAll { done.resume(returning: $0) }
        }
        #expect(throws: Never.self) { try removed.get() }
    }

    /// A folder in the second segment's place: the first batch is written, and the sync that was to
    /// cover both has failed for good.
    @Test func aFailureIsFinal() async throws {
        let writer = SpoolWriter(try open(segmentByteLimit: 1))
        let obstacle = scratch.path + "/run-\(run)/segment-00000001"
        try #require(mkdir(obstacle, 0o700) == 0)
        for number in 1...2 as ClosedRange<UInt64> { writer.append(batch(number)) }
        for _ in 0..<2 {
            let result = await withCheckedContinuation { done in
                writer.sync { done.resume(returning: $0) }
            }
            let error = #expect(throws: StorageError.self) { try result.get() }
            #expect(error?.description.contains("segment-00000001") == true)
            // Room again does not bring back what was not written in between.
            rmdir(obstacle)
            writer.append(batch(3))
        }
        let third = await withCheckedContinuation { done in
            writer.read(3...3) { done.resume(returning: $0) }
        }
        #expect(throws: StorageError.self) { try third.get() }
    }

    /// Whether this process may mount a small file system to fill.
    private static let mayMount: Bool = {
        let scratch = ScratchFolder()
        guard mount("tmpfs", scratch.path, "tmpfs", 0, "size=64k,mode=700") == 0 else {
            return false
        }
        return umount2(scratch.path, Int32(MNT_DETACH)) == 0
    }()

    @Test(.enabled(if: mayMount))
    func aFullDiskIsReportedWithFileAndWords() async throws {
        try #require(mount("tmpfs", scratch.path, "tmpfs", 0, "size=64k,mode=700") == 0)
        defer { umount2(scratch.path, Int32(MNT_DETACH)) }
        let writer = SpoolWriter(try open())
        for number in 1...20 as ClosedRange<UInt64> {
            writer.append(batch(number, byteCount: 10_000))
        }
        let result = await withCheckedContinuation { done in
            writer.sync { done.resume(returning: $0) }
        }
        let error = #expect(throws: StorageError.self) { try result.get() }
        #expect(error?.description.contains("segment-00000000") == true)
        #expect(error?.description.hasSuffix("No space left on device") == true)
        // The batch that was written before is still there to be read.
        let first = await withCheckedContinuation { done in
            writer.read(1...1) { done.resume(returning: $0) }
        }
        #expect(try first.get() == [batch(1, byteCount: 10_000)])
    }
}

import Bytes
import Journal

/// A journal in memory, read as from a file: the pieces are copied to where the scanner wants
/// them, every entry is checked and handed over.
struct JournalScan {
    private let bytes: [UInt8]
    private let payloads: [[UInt8]]

    /// Least bytes a second on one core.
    static let leastRate = 1.5e9
    private static let pieceByteCount = 1 << 20

    /// A journal of `least` bytes or somewhat more, of batches with these payloads.
    init(_ payloads: [[UInt8]], least: Int) {
        let header = SegmentHeader(
            clock: ClockName(host: "host", bootID: "boot"), runID: RunID(high: 0, low: 0),
            agent: nil, incarnation: 0, segment: 0, generation: 1)
        var bytes = header.encoded()
        var written: [[UInt8]] = []
        while bytes.count < least {
            let payload = payloads[written.count % payloads.count]
            written.append(payload)
            let batch = JournalBatch(
                agentIndex: 0, incarnation: 1, number: UInt64(written.count), records: 0,
                payload: payload)
            bytes += JournalEntry.batch(batch).encoded()
        }
        self.bytes = bytes
        self.payloads = written
    }

    /// The rate at which it is read, against copying it.
    func row(_ name: String, repetitions: Int) throws(BenchFailure) -> BenchRow {
        var found: [[UInt8]] = []
        read { entry in
            if case .batch(let batch) = entry { found.append(batch.payload) }
        }
        guard found == payloads else {
            throw BenchFailure(
                benchmark: .codec, problem: "a journal has other batches than it was made of")
        }
        let spent = Stopwatch.leastNs(repetitions) { read { keep($0) } }
        let target = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.pieceByteCount, alignment: 16)
        defer { target.deallocate() }
        let floor = Stopwatch.leastNs(repetitions) {
            var offset = 0
            while offset < bytes.count { offset += copy(from: offset, to: target) }
            keep(target[0])
        }
        let count = Double(bytes.count)
        return BenchRow(
            benchmark: .codec, name: name, value: count / spent * 1e9, unit: "B/s",
            floor: count / floor * 1e9, goal: .atLeast(Self.leastRate))
    }

    private func read(_ body: (JournalEntry) -> Void) {
        var scanner = SegmentScanner(.pastDamage)
        var offset = 0
        while offset < bytes.count {
            offset += scanner.fill(room: Self.pieceByteCount) { copy(from: offset, to: $0) }
            while let entry = scanner.next() { body(entry) }
        }
    }

    /// Copies the next piece; returns how many bytes it has.
    private func copy(from offset: Int, to target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, bytes.count - offset)
        target.copyBytes(from: bytes[offset..<(offset + count)])
        return count
    }
}

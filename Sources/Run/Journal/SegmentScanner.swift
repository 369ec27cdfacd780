package import Bytes

/// Reads a segment from its beginning, in pieces of any size: hands over its entries and says what
/// is damaged.
///
/// For writing (``Course/toDamage``) it ends at the first byte that is no good: everything from
/// there on was never synced, hence never acknowledged, and is cut. For reading
/// (``Course/pastDamage``) it goes on after damage at the next marker behind which an entry's
/// checksum holds, as entries of format 3 have them; a damaged header leaves the version unknown,
/// and such entries are looked for too. Where an entry is damaged that holds another whole entry in
/// its payload, which none of ours does, that one is handed over.
///
/// Holds one entry of at most 16 MiB and one piece, and half as much again as room. The whole takes
/// O(bytes): an entry is checked once, and those that turn out to be none, which only a forger
/// makes many of, are checked for at most `forgedLimit` bytes and four for each byte passed;
/// beyond that an entry which is too large for what is left of this is not believed.
package struct SegmentScanner: Sendable {
    /// The course after the first damage.
    package enum Course: Hashable, Sendable {
        /// Nothing is read beyond it.
        case toDamage
        /// Everything good behind it is read.
        case pastDamage
    }

    /// Where a segment stops being good.
    package struct Tail: Hashable, Sendable {
        /// Bytes to keep: the offset of the first bad byte's record.
        package var goodByteCount: Int
        /// Why the record there is no good; nil for a clean end.
        package var damage: DecodeError?
    }

    private enum State {
        /// Leaves when the header is whole, or damaged.
        case header
        /// Entries one behind the other; leaves at damage.
        case entries(EntryFormat)
        /// The next good entry is looked for; leaves when it is found.
        case searching
        /// Never left: nothing can follow.
        case ended
    }

    /// Most damages that are listed; of a file with more these are counted.
    package static let listLimit = 4_096
    /// Bytes of entries that turned out to be none, which are checked in any file.
    static let forgedLimit = 8 * JournalEntry.payloadLimit

    /// The segment's header; nil until it is read, and where it is damaged.
    package private(set) var header: SegmentHeader?
    /// Where the entry lies that ``next()`` gave last.
    package private(set) var range = 0..<0
    /// The first ``listLimit`` damages, in their order; one that is not over is not among them.
    package private(set) var damages: [SegmentDamage] = []
    /// The number of all damages.
    package private(set) var damageCount = 0
    /// Where an entry begins that the file's end cuts off, as it does while a file grows; nil where
    /// there is none. Known after ``finish()``.
    package private(set) var incomplete: Int?

    private let course: Course
    private var state = State.header
    private var buffer = ScanBuffer()
    /// The damage that is not over. Where it begins as ``incomplete`` does it is none unless an
    /// entry follows.
    private var open: SegmentDamage?
    private var isAtEnd = false
    /// Bytes checked of entries that were none.
    private(set) var forgedByteCount = 0

    package init(_ course: Course = .toDamage) { self.course = course }

    /// Adds the next bytes of the file.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        guard !hasEnded, !bytes.isEmpty else { return }
        _ = buffer.fill(room: bytes.count) { room in
            room.copyBytes(from: bytes)
            return bytes.count
        }
    }

    /// Adds the next bytes of the file, at most `room`, which `read` writes where they are wanted;
    /// returns how many it wrote.
    package mutating func fill<E>(
        room: Int, _ read: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) -> Int {
        try buffer.fill(room: room, read)
    }

    /// Says that the file's last byte was added: further entries may come of ``next()``.
    package mutating func finish() { isAtEnd = true }

    /// Whether nothing that follows can be read.
    package var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// The next good entry; nil when more bytes are needed, or all are read.
    package mutating func next() -> JournalEntry? {
        while true {
            switch state {
            case .header:
                guard readHeader() else { return nil }
            case .entries(let format):
                switch read(format) {
                case .entry(let entry, let size): return take(entry, size)
                case .incomplete:
                    guard isAtEnd else { return nil }
                    cutOff(format)
                case .damaged(let error, let size): damaged(error, passing: size)
                }
            case .searching:
                guard findMarker() else { return nil }
                switch read(.third) {
                case .entry(let entry, let size): return take(entry, size)
                case .incomplete:
                    guard isAtEnd else { return nil }
                    passIncomplete()
                case .damaged(_, let size): buffer.pass(size ?? 1)
                }
            case .ended: return nil
            }
        }
    }

    /// The verdict after the file's last byte was added and every entry was taken, ``finish()`` or
    /// not.
    package var tail: Tail {
        if let first = damages.first ?? open {
            return Tail(goodByteCount: first.begin, damage: first.error)
        }
        guard incomplete != nil || buffer.count > 0 || buffer.offset == 0 else {
            return Tail(goodByteCount: buffer.offset, damage: nil)
        }
        let begin = incomplete ?? buffer.offset
        return Tail(goodByteCount: begin, damage: truncated(at: begin))
    }

    private func truncated(at offset: Int) -> DecodeError {
        DecodeError(offset == 0 ? "segment header" : "entry", at: offset, .truncated)
    }

    // MARK: Entries in their order

    private enum Reading {
        case entry(JournalEntry, Int)
        case incomplete
        /// Bytes that are no entry; how many they are where their checksum holds, and they say
        /// nothing.
        case damaged(DecodeError, Int?)
    }

    /// Reads the header; false when more bytes are needed.
    private mutating func readHeader() -> Bool {
        do throws(DecodeError) {
            let held = buffer.bytes[buffer.begin..<buffer.end]
            if let (header, size) = try SegmentHeader.decode(held) {
                guard let format = EntryFormat(version: header.version) else {
                    preconditionFailure("a header that decodes is of a version that is read")
                }
                self.header = header
                buffer.pass(size)
                state = .entries(format)
                return true
            }
        } catch {
            damaged(error, passing: nil)
            return true
        }
        guard isAtEnd else { return false }
        cutOff(.third)
        return true
    }

    /// The entry at the front of the bytes held.
    private mutating func read(_ format: EntryFormat) -> Reading {
        var size: Int?
        do throws(DecodeError) {
            let found = try buffer.withFirst(buffer.count) { bytes throws(DecodeError) in
                try EntryHead(bytes, format)
            }
            guard let head = found else { return .incomplete }
            let byteCount = format.headByteCount + head.length
            guard byteCount <= buffer.count else { return .incomplete }
            try verify(byteCount, format)
            size = byteCount
            let range = buffer.begin..<(buffer.begin + byteCount)
            return .entry(
                try JournalEntry(head, format, in: range, of: buffer.bytes), byteCount)
        } catch {
            return .damaged(error, size)
        }
    }

    /// Checks the entry that the first `size` bytes held are, unless too many were none.
    private mutating func verify(_ size: Int, _ format: EntryFormat) throws(DecodeError) {
        guard size <= Self.forgedLimit + 4 * buffer.offset - forgedByteCount else {
            throw DecodeError(
                "entry", at: 0,
                .contradiction("it was not looked into, after too many that were none"))
        }
        do throws(DecodeError) {
            try buffer.withFirst(size) { bytes throws(DecodeError) in try format.verify(bytes) }
        } catch {
            forgedByteCount += size
            throw error
        }
    }

    /// Hands over what was read; damage is over with it.
    private mutating func take(_ entry: JournalEntry, _ size: Int) -> JournalEntry {
        range = buffer.offset..<(buffer.offset + size)
        buffer.pass(size)
        if open != nil {
            incomplete = nil
            closeDamage(resumed: range.lowerBound)
            state = .entries(.third)
        }
        return entry
    }

    // MARK: Damage

    /// Damage begins here; `size` is that of an entry that is whole and says nothing.
    private mutating func damaged(_ error: DecodeError, passing size: Int?) {
        let begin = buffer.offset
        open = SegmentDamage(
            begin: begin, resumed: nil,
            error: DecodeError(error.field, at: begin + error.offset, error.problem))
        if case .entries(.second) = state { return endAtDamage() }
        guard course == .pastDamage else { return endAtDamage() }
        buffer.pass(size ?? 1)
        state = .searching
    }

    private mutating func endAtDamage() {
        closeDamage(resumed: nil)
        state = .ended
    }

    /// The file ends before the header or the entry does that begins here. Behind a beginning that
    /// only seems to be one, whole entries may follow, and they are looked for.
    private mutating func cutOff(_ format: EntryFormat) {
        state = .ended
        guard buffer.count > 0 || buffer.offset == 0 else { return }
        let begin = buffer.offset
        incomplete = begin
        guard format == .third, course == .pastDamage, buffer.count > 0 else { return }
        open = SegmentDamage(begin: begin, resumed: nil, error: truncated(at: begin))
        buffer.pass(1)
        state = .searching
    }

    /// Passes what is before the next marker; false where none is held, and at the end none
    /// follows.
    private mutating func findMarker() -> Bool {
        if let offset = buffer.withFirst(buffer.count, Self.firstMarker) {
            buffer.pass(offset)
            return true
        }
        // The last bytes may begin one.
        buffer.pass(max(0, buffer.count - EntryFormat.marker.count + 1))
        if isAtEnd {
            buffer.pass(buffer.count)
            endSearch()
        }
        return false
    }

    /// The file ends before the entry does that may begin here: it may be the last one where its
    /// head is whole.
    private mutating func passIncomplete() {
        if incomplete == nil, buffer.count >= EntryFormat.third.headByteCount {
            incomplete = buffer.offset
        }
        buffer.pass(1)
    }

    private static func firstMarker(in bytes: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        while offset + 4 <= bytes.count {
            let code = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            if UInt32(littleEndian: code) == EntryFormat.markerCode { return offset }
            offset += 1
        }
        return nil
    }

    /// No whole entry follows any more.
    private mutating func endSearch() {
        state = .ended
        if incomplete != nil, incomplete == open?.begin {
            open = nil
        } else {
            closeDamage(resumed: incomplete)
        }
    }

    private mutating func closeDamage(resumed: Int?) {
        guard var damage = open else { preconditionFailure("damage that is over had begun") }
        damage.resumed = resumed
        damageCount += 1
        if damages.count < Self.listLimit { damages.append(damage) }
        open = nil
    }
}

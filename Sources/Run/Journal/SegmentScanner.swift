package import Bytes

/// Reads a segment from its beginning, in pieces of any size, up to its last good record.
///
/// A crash may leave a tail that is incomplete or damaged: everything from there on was never
/// synced, hence never acknowledged, and is cut. Holds one incomplete entry and the last piece.
package struct SegmentScanner: Sendable {
    /// Where a segment stops being good.
    package struct Tail: Hashable, Sendable {
        /// Bytes to keep: the offset of the first bad byte's record.
        package var goodByteCount: Int
        /// Why the record there is no good; nil for a clean end.
        package var damage: DecodeError?
    }

    /// The segment's header, once it is read.
    package private(set) var header: SegmentHeader?
    private var buffer: [UInt8] = []
    private var start = 0
    private var good = 0
    private var damage: DecodeError?

    package init() {}

    /// Adds the next bytes of the file.
    package mutating func append(_ bytes: some Sequence<UInt8>) {
        guard damage == nil else { return }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next good entry; nil when more bytes are needed or the tail has begun.
    package mutating func next() -> JournalEntry? {
        guard damage == nil else { return nil }
        do throws(DecodeError) {
            if header == nil {
                guard let (header, size) = try SegmentHeader.decode(buffer[start...]) else {
                    return nil
                }
                self.header = header
                advance(size)
            }
            guard let (entry, size) = try JournalEntry.decode(buffer[start...]) else { return nil }
            advance(size)
            return entry
        } catch {
            damage = DecodeError(error.field, at: good + error.offset, error.problem)
            return nil
        }
    }

    /// The verdict after the file's last byte was added and every entry was taken.
    package var tail: Tail {
        if let damage { return Tail(goodByteCount: good, damage: damage) }
        guard start < buffer.count || header == nil else {
            return Tail(goodByteCount: good, damage: nil)
        }
        let field = header == nil ? "segment header" : "entry"
        return Tail(goodByteCount: good, damage: DecodeError(field, at: good, .truncated))
    }

    private mutating func advance(_ size: Int) {
        start += size
        good += size
    }
}

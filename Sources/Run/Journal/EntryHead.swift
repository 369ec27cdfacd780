import Bytes

/// The layout of a segment's entries; the header's version says which a segment has.
enum EntryFormat: Sendable {
    /// Length of the payload (4 bytes), kind (1), CRC-32C of these five and the payload (4).
    case second
    /// Marker (4 bytes), kind (1), length of the payload (4), check of these five (2), CRC-32C of
    /// these seven and the payload (4).
    ///
    /// The marker makes an entry findable behind damage; the check, the low half of the five
    /// bytes' CRC-32C, tells a damaged length at once from an entry whose bytes are still to come.
    /// It sees every change of one byte.
    case third

    /// The format of segments of `version`; nil where such are not read.
    init?(version: UInt16) {
        switch version {
        case 2: self = .second
        case 3: self = .third
        default: return nil
        }
    }

    /// Bytes ahead of an entry's payload.
    var headByteCount: Int { self == .second ? 9 : 15 }

    /// Bytes of the head that its checksum covers with the payload; it stands behind them.
    private var checked: Range<Int> { self == .second ? 0..<5 : 4..<11 }

    /// The first bytes of an entry of the third format: none of them is ASCII but one, UTF-8 never
    /// has the first, and it is not among the others, so that two markers never overlap.
    static let marker: [UInt8] = [0xF7, 0x9D, 0x4A, 0xE6]
    /// The marker as a little-endian number.
    static let markerCode: UInt32 = 0xE64A_9DF7

    /// The low half of the checksum of a head's kind and length.
    static func check(_ kindAndLength: UnsafeRawBufferPointer) -> UInt16 {
        var crc = CRC32C()
        crc.add(kindAndLength)
        return UInt16(truncatingIfNeeded: crc.value)
    }

    /// Whether the checksum in the head of the entry that `bytes` are is theirs.
    ///
    /// - Throws: ``DecodeError`` where it is not.
    /// - Complexity: O(bytes).
    func verify(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) {
        let stored = UInt32(
            littleEndian: bytes.loadUnaligned(
                fromByteOffset: checked.upperBound, as: UInt32.self))
        var crc = CRC32C()
        crc.add(UnsafeRawBufferPointer(rebasing: bytes[checked]))
        crc.add(UnsafeRawBufferPointer(rebasing: bytes[headByteCount...]))
        guard crc.value == stored else {
            throw DecodeError("entry", at: 0, .checksum(stored: stored, computed: crc.value))
        }
    }
}

/// The statement of an entry's head: what follows it.
struct EntryHead {
    var kind: UInt8
    /// Bytes of the payload, at most ``JournalEntry/payloadLimit``.
    var length: Int

    /// The head at the front of `bytes`; nil where they end within it.
    ///
    /// - Throws: ``DecodeError`` for what is no head, as soon as the bytes show it.
    init?(_ bytes: UnsafeRawBufferPointer, _ format: EntryFormat) throws(DecodeError) {
        let lengthAt: Int
        switch format {
        case .second:
            guard bytes.count >= format.headByteCount else { return nil }
            lengthAt = 0
            kind = bytes[4]
        case .third:
            for (offset, byte) in EntryFormat.marker.enumerated() where offset < bytes.count {
                guard bytes[offset] == byte else {
                    throw DecodeError(
                        "entry marker", at: offset, .unknownCode(UInt64(bytes[offset])))
                }
            }
            guard bytes.count >= format.headByteCount else { return nil }
            lengthAt = 5
            kind = bytes[4]
            let stored = UInt16(
                littleEndian: bytes.loadUnaligned(fromByteOffset: 9, as: UInt16.self))
            let computed = EntryFormat.check(UnsafeRawBufferPointer(rebasing: bytes[4..<9]))
            guard stored == computed else {
                throw DecodeError(
                    "entry head", at: 4,
                    .checksum(stored: UInt32(stored), computed: UInt32(computed)))
            }
        }
        length = Int(
            UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: lengthAt, as: UInt32.self)))
        guard length <= JournalEntry.payloadLimit else {
            throw DecodeError(
                "entry length", at: lengthAt,
                .overLimit(value: UInt64(length), limit: UInt64(JournalEntry.payloadLimit)))
        }
    }
}

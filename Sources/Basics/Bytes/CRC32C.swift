import CChecksum

/// The CRC-32C (Castagnoli) of bytes, as in RFC 3720, appendix B.4, and RFC 9260, appendix A:
/// reflected, polynomial 0x1EDC6F41, all ones in and out.
///
/// By the processor's own instruction where it has one, else by tables.
///
/// It finds every burst of up to 32 damaged bits. It is no defence against an attacker.
public struct CRC32C: Sendable {
    private var state: UInt32 = .max

    /// The checksum of no bytes.
    public init() {}

    /// The checksum of everything that was added.
    public var value: UInt32 { ~state }

    /// Adds `bytes`; O(n), eight bytes a step.
    public mutating func add(_ bytes: [UInt8]) { add(bytes[...]) }

    /// Adds `bytes`; O(n), eight bytes a step.
    public mutating func add(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { add($0) } }

    /// Adds `bytes`; O(n), eight bytes a step.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        state =
            Self.hasInstruction
            ? legato_crc32c(state, bytes.baseAddress, bytes.count)
            : Self.tabled(state, over: bytes)
    }

    private static let hasInstruction = legato_has_crc32c()

    /// The state after `bytes`, by tables.
    static func tabled(_ start: UInt32, over bytes: UnsafeRawBufferPointer) -> UInt32 {
        // Sound: both buffers are used within the closure only, and every index is below its
        // buffer's count (tables: eight rows of 256, indexed by a byte).
        tables.withUnsafeBufferPointer { advance(start, over: bytes, $0) }
    }

    /// The checksum of `bytes` alone.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32C()
        crc.add(bytes)
        return crc.value
    }

    private static func advance(
        _ start: UInt32, over bytes: UnsafeRawBufferPointer, _ table: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var crc = start
        var position = 0
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
            let mixed = word ^ UInt64(crc)
            var next: UInt32 = 0
            for lane in 0..<8 {
                let octet = Int((mixed >> UInt64(8 * lane)) & 0xFF)
                next ^= table[(7 - lane) * 256 + octet]
            }
            crc = next
            position += 8
        }
        while position < bytes.count {
            crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[position])) & 0xFF)]
            position += 1
        }
        return crc
    }

    /// Row r, column b: what byte b contributes r bytes later.
    private static let tables: [UInt32] = {
        let reflectedPolynomial: UInt32 = 0x82F6_3B78
        var rows = [UInt32](repeating: 0, count: 8 * 256)
        for octet in 0..<256 {
            var crc = UInt32(octet)
            for _ in 0..<8 { crc = (crc >> 1) ^ (crc & 1 == 1 ? reflectedPolynomial : 0) }
            rows[octet] = crc
        }
        for row in 1..<8 {
            for octet in 0..<256 {
                let before = rows[(row - 1) * 256 + octet]
                rows[row * 256 + octet] = (before >> 8) ^ rows[Int(before & 0xFF)]
            }
        }
        return rows
    }()
}

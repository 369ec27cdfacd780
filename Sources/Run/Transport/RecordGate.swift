/// Lets TLS records of a peer that has proved nothing through one by one: whole, short and of a
/// kind that can come.
///
/// OpenSSL reserves tens of kilobytes for the length that eleven hostile bytes claim; behind the
/// gate it sees complete records of at most ``TransportLimits/unprovenRecord`` bytes, whose
/// handshake message lies within the record (RFC 8446, sections 4 and 5.1).
struct RecordGate {
    /// Which hello the peer sends in the clear.
    enum Expected: UInt8 {
        case clientHello = 1
        case serverHello = 2
    }

    private let expected: Expected
    private var record: [UInt8] = []
    private var passed = 0

    private static let headerSize = 5
    private static let handshakeHeaderSize = 4
    private static let handshake: UInt8 = 22
    private static let applicationData: UInt8 = 23

    init(expecting expected: Expected) { self.expected = expected }

    /// Whether part of a record is held.
    var isMidRecord: Bool { !record.isEmpty }

    /// Takes bytes off the front of `bytes`, up to the end of one record; nil when they were not
    /// enough. Throws at the first byte that cannot belong to an acceptable record.
    mutating func takeRecord(
        from bytes: inout ArraySlice<UInt8>
    ) throws(TransportError) -> [UInt8]? {
        while let byte = bytes.first {
            record.append(byte)
            bytes.removeFirst()
            try judge()
            if record.count >= Self.headerSize, record.count == Self.headerSize + bodyLength {
                defer { record.removeAll(keepingCapacity: true) }
                passed += 1
                return record
            }
        }
        return nil
    }

    private var bodyLength: Int { Int(record[3]) << 8 | Int(record[4]) }

    /// Judges the byte that was added last.
    private func judge() throws(TransportError) {
        switch record.count {
        case 1:
            guard passed < TransportLimits.unprovenRecords else {
                throw .notAHandshake("more than \(TransportLimits.unprovenRecords) records")
            }
            // The first record is a hello in the clear; only after it are there encrypted ones.
            let isData = record[0] == Self.applicationData && passed > 0
            guard record[0] == Self.handshake || isData else {
                throw .notAHandshake(
                    record[0] == UInt8(ascii: "L")
                        ? "it speaks without TLS (--insecure)"
                        : "record type \(record[0])")
            }
        case 2:
            guard record[1] == 3 else { throw .notAHandshake("record version \(record[1])") }
        case 3:
            guard record[2] <= 3 else { throw .notAHandshake("record version 3.\(record[2])") }
        case Self.headerSize:
            let longest = TransportLimits.unprovenRecord - Self.headerSize
            let shortest = record[0] == Self.handshake ? Self.handshakeHeaderSize : 1
            guard (shortest...longest).contains(bodyLength) else {
                throw .notAHandshake("a record of \(bodyLength) bytes")
            }
        case Self.headerSize + 1 where record[0] == Self.handshake:
            guard record[5] == expected.rawValue else {
                throw .notAHandshake("handshake message \(record[5])")
            }
        case Self.headerSize + Self.handshakeHeaderSize where record[0] == Self.handshake:
            let length = Int(record[6]) << 16 | Int(record[7]) << 8 | Int(record[8])
            guard length == bodyLength - Self.handshakeHeaderSize else {
                throw .notAHandshake("a hello of \(length) bytes in a record of \(bodyLength)")
            }
        default: break
        }
    }
}

import Testing

@testable import Transport

@Suite struct RecordGateTests {
    /// A ClientHello record whose message has `body` bytes.
    static func hello(body: Int = 200, kind: UInt8 = 1) -> [UInt8] {
        let length = body + 4
        return [
            22, 3, 1, UInt8(length >> 8), UInt8(length & 255), kind, 0, UInt8(body >> 8),
            UInt8(body & 255),
        ]
            + [UInt8](repeating: 9, count: body)
    }

    static func data(_ count: Int) -> [UInt8] {
        [23, 3, 3, UInt8(count >> 8), UInt8(count & 255)] + [UInt8](repeating: 5, count: count)
    }

    @Test func wholeRecordsPassOneByOne() throws {
        var gate = RecordGate(expecting: .clientHello)
        let records = [Self.hello(), Self.data(60), Self.hello(body: 1_015), Self.data(1_019)]
        var bytes = records.flatMap { $0 }[...]
        for record in records { #expect(try gate.takeRecord(from: &bytes) == record) }
        #expect(bytes.isEmpty)
        #expect(try gate.takeRecord(from: &bytes) == nil)
    }

    @Test func drippedBytesGiveTheSameRecords() throws {
        var gate = RecordGate(expecting: .clientHello)
        var seen: [[UInt8]] = []
        for byte in Self.hello() + Self.data(1) {
            var one = [byte][...]
            if let record = try gate.takeRecord(from: &one) { seen.append(record) }
        }
        #expect(seen == [Self.hello(), Self.data(1)])
        #expect(!gate.isMidRecord)
    }

    @Test(
        arguments: [
            ([0x4c], "it speaks without TLS (--insecure)"), ([0x47, 0x45], "record type 71"),
            ([21, 3, 3], "record type 21"), ([23, 3, 3], "record type 23"),
            ([20], "record type 20"),
            ([22, 2], "record version 2"), ([22, 3, 4], "record version 3.4"),
            ([22, 3, 1, 4, 0], "a record of 1024 bytes"),
            ([22, 3, 1, 0xff, 0xff], "a record of 65535 bytes"),
            ([22, 3, 1, 0, 3], "a record of 3 bytes"),
            ([22, 3, 1, 0, 100, 2], "handshake message 2"),
            // The eleven bytes that make OpenSSL reserve tens of kilobytes.
            (
                [22, 3, 1, 0, 6, 1, 0xff, 0xff, 0xff, 0, 0],
                "a hello of 16777215 bytes in a record of 6"
            ),
        ] as [([UInt8], String)])
    func refusesAtTheFirstBadByte(bytes: [UInt8], reason: String) {
        var gate = RecordGate(expecting: .clientHello)
        var rest = bytes[...]
        #expect(throws: TransportError.notAHandshake(reason)) { try gate.takeRecord(from: &rest) }
    }

    @Test func recordsAreCounted() throws {
        var gate = RecordGate(expecting: .serverHello)
        var bytes = Self.hello(kind: 2)[...]
        #expect(try gate.takeRecord(from: &bytes) != nil)
        for _ in 1..<TransportLimits.unprovenRecords {
            var record = Self.data(1)[...]
            #expect(try gate.takeRecord(from: &record) != nil)
        }
        var last = Self.data(1)[...]
        #expect(throws: TransportError.notAHandshake("more than 8 records")) {
            try gate.takeRecord(from: &last)
        }
    }
}

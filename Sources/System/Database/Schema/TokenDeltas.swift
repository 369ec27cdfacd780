package import Goodput

/// The token times of one request in few bytes: of each event two varints, the ns since the event
/// before it (the first one: since `scheduled_ns`) and the number of its tokens.
///
/// A varint is a number in groups of 7 bits, the lowest first, one a byte, with the eighth bit set
/// in all but the last (LEB128). A difference below 0, which no sound stream has, is its 64-bit
/// two's complement in 10 bytes, as protobuf has an int64.
package enum TokenDeltas {
    /// The bytes of `events`. O(events).
    package static func encoded(_ events: [TokenEvent], since scheduled: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(events.count * 5)
        var before = scheduled
        for event in events {
            append(UInt64(bitPattern: event.time &- before), to: &bytes)
            append(UInt64(event.count), to: &bytes)
            before = event.time
        }
        return bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

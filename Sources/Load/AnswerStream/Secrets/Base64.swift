/// Base64 of either alphabet (RFC 4648, sections 4 and 5).
enum Base64 {
    static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// The bytes of a whole text, with or without its padding; nil where it is none.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var decoded: [UInt8] = []
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.prefix(while: { $0 != UInt8(ascii: "=") }) {
            guard let value = value(byte) else { return nil }
            held = held << 6 | value
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            decoded.append(UInt8(truncatingIfNeeded: held >> bits))
        }
        return decoded
    }
}

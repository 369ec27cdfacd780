import JSON
import Testing

@Suite struct StringBytesTests {
    /// Every byte value at every offset, between bytes that a borrow could spoil.
    @Test(
        arguments: [0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0xFF]
            as [UInt8])
    func theFirstSpecialByteOfAWord(_ filler: UInt8) {
        func isSpecial(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x5C || byte < 0x20 }
        for offset in 0..<8 {
            for value in UInt8.min...UInt8.max {
                var bytes = [UInt8](repeating: filler, count: 8)
                bytes[offset] = value
                let word = bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
                let found = StringBytes.special(word)
                let first = found == 0 ? nil : found.trailingZeroBitCount >> 3
                #expect(first == bytes.firstIndex(where: isSpecial))
                for count in 0...8 {
                    let isPlain = (bytes + bytes).withUnsafeBufferPointer {
                        StringBytes.isPlain($0.baseAddress!, count)
                    }
                    #expect(isPlain == !bytes.prefix(count).contains(where: isSpecial))
                }
            }
        }
    }
}

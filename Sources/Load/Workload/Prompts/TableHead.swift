/// A table's first line, which shows what parts its fields.
enum TableHead {
    static let comma = UInt8(ascii: ",")
    static let tab = UInt8(ascii: "\t")
    /// Longest line that is waited for, in bytes.
    private static let longest = 1 << 20

    /// Whether `bytes` hold a line that is not blank, or more than anybody waits for.
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.count > longest || line(of: bytes).endIndex < bytes.endIndex
    }

    /// The byte that parts the fields of the first line: the one of comma, semicolon and tab that
    /// it has most of outside quotes; a comma where it has none.
    static func separator(of bytes: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in line(of: bytes) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let others = [UInt8(ascii: ";"), tab].filter { counts[$0, default: 0] > 0 }
        let most = others.max { counts[$0, default: 0] < counts[$1, default: 0] }
        guard let most, counts[most, default: 0] > counts[comma, default: 0] else { return comma }
        return most
    }

    /// The separator in words; nil for a comma, which nobody asks about.
    static func name(of separator: UInt8) -> String? {
        switch separator {
        case comma: nil
        case tab: "tabs"
        default: "semicolons"
        }
    }

    /// The first line that is not blank, without its end.
    private static func line(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        return bytes.drop(while: space.contains).prefix { $0 != UInt8(ascii: "\n") }
    }
}

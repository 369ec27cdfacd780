import TokenLog

extension ErrorExcerpt {
    /// Shortest run that counts as an echo of the prompt, in bytes.
    static let echoBytes = 12

    /// `detail` with every run of at least `echoBytes` bytes that also stands in `prompt`
    /// replaced by `***`: some servers quote the prompt in their errors. Text between two such runs
    /// that is shorter than one goes with them.
    ///
    /// - Parameter prompt: the prompt as it was sent, inside JSON: what a server quotes may have
    ///   its escapes or the characters that they stand for.
    /// - Complexity: O(prompt + detail), beside echoes; errors are rare, prompts may be megabytes.
    package static func redacting(_ detail: String, echoOf prompt: UnsafeRawBufferPointer) -> String
    {
        let bytes = Array(detail.utf8)
        guard bytes.count >= echoBytes, prompt.count >= echoBytes else {
            return clean(detail, limit: RequestError.detailLimit)
        }
        var echo = Array(repeating: false, count: bytes.count)
        let windows = Windows(bytes)
        windows.mark(&echo, where: prompt)
        if prompt.contains(UInt8(ascii: "\\")) {
            unescaped(prompt).withUnsafeBytes { windows.mark(&echo, where: $0) }
        }
        closeGaps(in: &echo)
        var kept: [UInt8] = []
        for (offset, byte) in bytes.enumerated() {
            if !echo[offset] {
                kept.append(byte)
            } else if offset == 0 || !echo[offset - 1] {
                kept.append(contentsOf: "***".utf8)
            }
        }
        return clean(String(decoding: kept, as: UTF8.self), limit: RequestError.detailLimit)
    }

    private static func closeGaps(in echo: inout [Bool]) {
        var last: Int?
        for offset in echo.indices where echo[offset] {
            if let last, offset - last - 1 < echoBytes {
                for between in last..<offset { echo[between] = true }
            }
            last = offset
        }
    }

    /// The characters that JSON's escapes stand for, control characters as the spaces that
    /// ``clean(_:limit:)`` makes of them; what is no escape stays.
    private static func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        var offset = 0
        while offset < text.count {
            guard text[offset] == UInt8(ascii: "\\"), offset + 1 < text.count else {
                plain.append(text[offset])
                offset += 1
                continue
            }
            let letter = text[offset + 1]
            offset += 2
            switch letter {
            case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
                UInt8(ascii: "t"):
                plain.append(0x20)
            case UInt8(ascii: "u"):
                let digits = text[offset..<min(offset + 4, text.count)]
                let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                // Half of a pair is no character of its own: the run simply ends here.
                let scalar = unit.flatMap(Unicode.Scalar.init) ?? " "
                plain.append(contentsOf: String(scalar.value < 0x20 ? " " : scalar).utf8)
                offset += digits.count
            default: plain.append(letter)
            }
        }
        return plain
    }

    /// The offsets of a short text by their first eight bytes.
    private struct Windows {
        private static let keyBytes = 8
        private let bytes: [UInt8]
        private var offsets: [UInt64: [Int]] = [:]
        /// Whether some offset has a key of this hash: nearly all of a prompt is told apart by it.
        private var isTaken = Array(repeating: false, count: 4_096)

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            bytes.withUnsafeBytes { text in
                for offset in 0...(text.count - ErrorExcerpt.echoBytes) {
                    let key = Self.key(text, offset)
                    offsets[key, default: []].append(offset)
                    isTaken[Self.slot(key)] = true
                }
            }
        }

        private static func key(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
            text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }

        private static func slot(_ key: UInt64) -> Int {
            Int((key &* 0x9E37_79B9_7F4A_7C15) >> 52)
        }

        /// Marks every run of the text that stands in `prompt` too.
        func mark(_ echo: inout [Bool], where prompt: UnsafeRawBufferPointer) {
            guard prompt.count >= ErrorExcerpt.echoBytes else { return }
            for begin in 0...(prompt.count - ErrorExcerpt.echoBytes) {
                let key = Self.key(prompt, begin)
                guard isTaken[Self.slot(key)], let found = offsets[key] else { continue }
                for offset in found {
                    // Within a run that began a byte before, and is marked to its end.
                    if begin > 0, offset > 0, prompt[begin - 1] == bytes[offset - 1] { continue }
                    var length = Self.keyBytes
                    while offset + length < bytes.count, begin + length < prompt.count,
                        prompt[begin + length] == bytes[offset + length]
                    {
                        length += 1
                    }
                    guard length >= ErrorExcerpt.echoBytes else { continue }
                    for index in offset..<offset + length { echo[index] = true }
                    // A prompt that repeats itself would be followed again and again.
                    if !echo.contains(false) { return }
                }
            }
        }
    }
}

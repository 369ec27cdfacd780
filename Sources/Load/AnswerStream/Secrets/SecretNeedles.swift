/// Secrets, ready to be looked for.
final class SecretNeedles: Sendable {
    private struct Needle {
        /// In lower case, as far as ASCII goes.
        var bytes: [UInt8]
        /// Whether it is found inside longer words, too.
        var isAnywhere: Bool
    }

    private let needles: [Needle]
    /// Runs of ``SecretFilter/partBytes`` bytes of credentials that are longer than one and a half
    /// of these.
    private let parts: Set<UInt64>

    init(_ secrets: [SecretValue]) {
        var parts: Set<UInt64> = []
        var needles: [Needle] = []
        for secret in Set(secrets) {
            let bytes = secret.bytes.map(Self.lower)
            needles.append(
                Needle(bytes: bytes, isAnywhere: bytes.count >= SecretValue.shortestAnywhere))
            let size = SecretFilter.partBytes
            guard secret.isCredential, bytes.count >= size + size / 2 else { continue }
            for begin in 0...(bytes.count - size) { parts.insert(Self.part(bytes, begin)) }
        }
        self.needles = needles
        self.parts = parts
    }

    /// Marks the bytes of the text that `view` is of, where a secret stands in the view.
    func mark(_ isSecret: inout [Bool], in view: DecodedView) {
        let bytes = view.bytes.map(Self.lower)
        for needle in needles { mark(&isSecret, needle, bytes, view) }
        guard !parts.isEmpty, bytes.count >= SecretFilter.partBytes else { return }
        for begin in 0...(bytes.count - SecretFilter.partBytes)
        where parts.contains(Self.part(bytes, begin)) {
            view.mark(&isSecret, begin..<(begin + SecretFilter.partBytes))
        }
    }

    private func mark(
        _ isSecret: inout [Bool], _ needle: Needle, _ bytes: [UInt8], _ view: DecodedView
    ) {
        let count = needle.bytes.count
        guard bytes.count >= count else { return }
        for begin in 0...(bytes.count - count) where bytes[begin] == needle.bytes[0] {
            let end = begin + count
            guard bytes[begin..<end].elementsEqual(needle.bytes) else { continue }
            let isWord =
                !(begin > 0 && Self.isOfWord(bytes[begin - 1]))
                && !(end < bytes.count && Self.isOfWord(bytes[end]))
            if needle.isAnywhere || isWord { view.mark(&isSecret, begin..<end) }
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    private static func part(_ bytes: [UInt8], _ begin: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: begin, as: UInt64.self) }
    }
}

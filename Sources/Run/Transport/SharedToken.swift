/// The secret that a run's coordinator and agents share: 32 random bytes.
///
/// Whoever holds it is trusted as coordinator. It is never a key itself: `KeySchedule` derives
/// those. It does not print.
package struct SharedToken: Hashable, Sendable {
    let bytes: [UInt8]

    /// Bytes of a token.
    package static let byteCount = 32

    init(bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount, "a token has 32 bytes")
        self.bytes = bytes
    }

    /// A new token from the system's generator (getrandom on Linux).
    package static func generate() -> SharedToken {
        var generator = SystemRandomNumberGenerator()
        return SharedToken(
            bytes: (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// The token of its written form: 64 hexadecimal digits, and white space at the end.
    package init(parsing text: some Sequence<UInt8>) throws(TokenError) {
        var digits = Array(text)
        while let last = digits.last, last == 0x0a || last == 0x0d || last == 0x20 || last == 0x09 {
            digits.removeLast()
        }
        guard digits.count == 2 * Self.byteCount else { throw .wrongLength(digits.count) }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1])
            else {
                throw .notHexadecimal
            }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    /// The written form: 64 hexadecimal digits. For files and pipes, never for logs.
    package var secretText: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}

extension SharedToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a token was not accepted or not written; the sentences name the file.
package enum TokenError: Error, Hashable, Sendable, CustomStringConvertible {
    case wrongLength(Int)
    case notHexadecimal
    case unusable(SecretFileError)
    case exists(path: String)
    case unwritable(path: String, words: String)
    indirect case malformed(path: String, TokenError)

    package var description: String {
        switch self {
        case .wrongLength(let count):
            "a token has 64 hexadecimal digits, not \(count) characters; make one with legato token"
        case .notHexadecimal:
            "a token has hexadecimal digits only; make one with legato token"
        case .unusable(let error): error.description
        case .exists(let path):
            "the token file \(path) exists already; remove it or name another"
        case .unwritable(let path, let words):
            "cannot write the token file \(path): \(words)"
        case .malformed(let path, let error):
            "the token file \(path) holds no token: \(error)"
        }
    }
}

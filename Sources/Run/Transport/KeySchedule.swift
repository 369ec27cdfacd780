import COpenSSL
import Wire

/// The keys that are derived from a token, and what they prove.
///
/// HKDF-SHA256 (RFC 5869) with one info string a purpose, so that no key says anything about
/// another or about the token (RFC 9257, section 4: one external PSK must not be used in two
/// roles).
struct KeySchedule {
    private let extracted: [UInt8]

    init(_ token: SharedToken) {
        extracted = Self.extract(salt: Array("legato transport 1".utf8), input: token.bytes)
    }

    /// Zeros that stand for the proof in a preface where there is no token.
    static let noProof = [UInt8](repeating: 0, count: 32)

    /// The external pre-shared key of TLS.
    var tlsKey: [UInt8] { expand("tls 1.3 external psk") }

    /// HMAC(role key, exporter || role): only a holder of the token can make it, for this TLS
    /// session alone and for one role, so a session sent back to its sender proves nothing.
    func proof(of role: Role, exporter: [UInt8]) -> [UInt8] {
        let name = Self.name(of: role)
        return Self.hmac(key: expand("role \(name)"), exporter + Array(name.utf8))
    }

    private func expand(_ info: String) -> [UInt8] {
        Self.expand(extracted, info: Array(info.utf8), count: 32)
    }

    private static func name(of role: Role) -> String {
        switch role {
        case .agent: "agent"
        case .coordinator: "coordinator"
        }
    }

    // MARK: HKDF-SHA256

    static func extract(salt: [UInt8], input: [UInt8]) -> [UInt8] { hmac(key: salt, input) }

    /// At most 255 blocks of 32 bytes.
    static func expand(_ key: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        precondition(count <= 255 * 32, "HKDF-SHA256 gives at most 8160 bytes")
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = hmac(key: key, block + info + [counter])
            output += block
            counter &+= 1
        }
        return Array(output.prefix(count))
    }

    /// HMAC-SHA256, 32 bytes.
    static func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let result = HMAC(
            EVP_sha256(), key, CInt(key.count), message, message.count, &digest, nil)
        precondition(result != nil, "OpenSSL has no HMAC-SHA256")
        return digest
    }

    /// Equality in a time that does not depend on where the bytes differ.
    static func isEqual(_ a: some Collection<UInt8>, _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(Array(a), b, b.count) == 0
    }
}

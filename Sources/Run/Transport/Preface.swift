import Wire

/// The first bytes of each side, inside TLS where there is TLS: which role it has, and the proof.
///
/// | bytes | field |
/// | --- | --- |
/// | 0-3 | magic, `LGTP` |
/// | 4 | role: 1 agent, 2 coordinator |
/// | 5-36 | ``KeySchedule/proof(of:exporter:)``, zeros without a token |
enum Preface {
    static let byteCount = 37
    private static let magic = Array("LGTP".utf8)

    static func encoded(_ role: Role, proof: [UInt8]) -> [UInt8] { magic + [code(role)] + proof }

    /// Checks the peer's preface against the only one that it may send.
    ///
    /// - Parameter expected: the proof that the other role makes in this session.
    static func check(
        _ bytes: some Collection<UInt8>, from role: Role, expected: [UInt8]
    ) throws(TransportError) {
        let bytes = Array(bytes)
        precondition(bytes.count == byteCount, "a preface has \(byteCount) bytes")
        guard bytes.starts(with: magic) else {
            throw .roleNotProved("its first bytes are not those of legato")
        }
        guard bytes[4] == code(role) else {
            throw .roleNotProved("it is no \(role)")
        }
        guard KeySchedule.isEqual(bytes[5...], expected) else {
            throw .roleNotProved("its proof is wrong")
        }
    }

    /// Whether `bytes`, the beginning of what a peer sent in the clear, can be a preface; the error
    /// says what it is instead.
    static func checkBeginning(_ bytes: some Collection<UInt8>) throws(TransportError) {
        if zip(bytes, magic).allSatisfy({ $0 == $1 }) { return }
        throw .notAHandshake(
            bytes.first == 22
                ? "it speaks TLS, and this side is --insecure"
                : "its first bytes are not those of legato")
    }

    private static func code(_ role: Role) -> UInt8 {
        switch role {
        case .agent: 1
        case .coordinator: 2
        }
    }
}

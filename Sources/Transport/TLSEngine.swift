import COpenSSL

/// One TLS connection over memory: bytes of the network in and out, plain bytes in and out.
///
/// Makes no decision but TLS's own, and never asks for an alert to be sent: after an error what
/// ``takeOutput()`` would give is to be thrown away with the engine.
final class TLSEngine {
    enum Side {
        case connecting
        case accepting
    }

    private let context: TLSContext
    private let ssl: OpaquePointer
    // Owned by `ssl`.
    private let input: OpaquePointer
    private let output: OpaquePointer
    private(set) var isEstablished = false

    /// The largest plaintext of a record (RFC 8446, section 5.1).
    private static let recordSize = 16_384
    /// RFC 8446, section 7.5: labels without registration begin with EXPERIMENTAL.
    private static let exporterLabel = "EXPERIMENTAL legato role"

    init(context: TLSContext, side: Side) {
        self.context = context
        ssl = context.makeSSL()
        input = BIO_new(BIO_s_mem())
        output = BIO_new(BIO_s_mem())
        SSL_set_bio(ssl, input, output)
        switch side {
        case .connecting:
            SSL_set_connect_state(ssl)
            // Nobody is trusted by certificate: a server that answers with one fails here already.
            SSL_set_verify(ssl, SSL_VERIFY_PEER, nil)
        case .accepting: SSL_set_accept_state(ssl)
        }
    }

    deinit { SSL_free(ssl) }

    /// Adds bytes of the network; ``advanceHandshake()`` or ``read()`` work on them.
    func add(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        let count = BIO_write(input, bytes.baseAddress, CInt(bytes.count))
        precondition(count == CInt(bytes.count), "a memory BIO takes all that it is given")
    }

    /// Goes on with the handshake as far as the bytes reach; true when it is complete.
    ///
    /// Throws when it failed, or when it completed without the pre-shared key.
    func advanceHandshake() throws(TransportError) -> Bool {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        guard result == 1 else {
            let error = SSL_get_error(ssl, result)
            guard error == SSL_ERROR_WANT_READ else { throw .tls(Self.reason()) }
            return false
        }
        // Set when a key was accepted from the other side; a certificate would have left it unset.
        guard SSL_session_reused(ssl) == 1 else { throw .pskNotUsed }
        isEstablished = true
        return true
    }

    /// The plaintext of the next record; nil when the bytes do not hold a whole one.
    func read() throws(TransportError) -> [UInt8]? {
        ERR_clear_error()
        var result: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.recordSize) { buffer, count in
            result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        }
        if result == 1 { return bytes }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return nil
        case SSL_ERROR_ZERO_RETURN: throw .peerClosed(midFrame: false)
        default: throw .tls(Self.reason())
        }
    }

    /// Encrypts `bytes`; ``takeOutput()`` has the records.
    func write(_ bytes: [UInt8]) throws(TransportError) {
        ERR_clear_error()
        var count = 0
        guard SSL_write_ex(ssl, bytes, bytes.count, &count) == 1 else { throw .tls(Self.reason()) }
        precondition(count == bytes.count, "a memory BIO takes all that it is given")
    }

    /// The bytes for the network, each once.
    func takeOutput() -> [UInt8] {
        let pending = legato_bio_pending(output)
        guard pending > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = max(0, Int(BIO_read(output, buffer.baseAddress, CInt(pending))))
        }
    }

    /// 32 bytes that only the two ends of this session know (RFC 8446, section 7.5).
    func exporter() -> [UInt8] {
        precondition(isEstablished, "a session has an exporter once it is established")
        var secret = [UInt8](repeating: 0, count: 32)
        let result = SSL_export_keying_material(
            ssl, &secret, secret.count, Self.exporterLabel, Self.exporterLabel.utf8.count, nil, 0, 0
        )
        precondition(result == 1, "OpenSSL has no exporter for an established session")
        return secret
    }

    private static func reason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "unexpected bytes"
    }
}

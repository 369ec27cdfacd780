import COpenSSL
import TLSStream

/// OpenSSL's settings for one token: TLS 1.3 with an external pre-shared key and an (EC)DHE
/// exchange, and nothing else.
///
/// No certificates, tickets, early data, resumption or compatibility records; one suite, whose hash
/// the key is bound to. Confined to a loop, like the connections made from it.
final class TLSContext {
    private let context: OpaquePointer
    /// The external key in the shape that OpenSSL wants: a session that can only be resumed.
    private let session: OpaquePointer

    /// Where a record is decrypted: what it holds is handed on before another one is read.
    let plaintext = UnsafeMutableRawBufferPointer.allocate(
        byteCount: TLSSession.recordBytes, alignment: 16)

    /// The one identity that is offered and accepted: it says nothing about the token.
    private static let identity = StaticBytes("legato")

    init(tlsKey: [UInt8]) {
        context = SSL_CTX_new(TLS_method())
        session = SSL_SESSION_new()
        precondition(
            legato_ssl_require_tls13(context) == 1
                && SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") == 1
                && legato_ssl_set_groups(context, "X25519:P-256") == 1
                && SSL_CTX_set_num_tickets(context, 0) == 1
                && SSL_CTX_set_max_early_data(context, 0) == 1,
            "OpenSSL refused TLS 1.3 with AES-128-GCM and X25519")
        legato_ssl_set_no_tickets_and_no_compatibility_records(context)
        legato_ssl_keep_no_sessions(context)
        setKey(tlsKey)
        SSL_CTX_set_psk_use_session_callback(context) { ssl, hash, identity, length, session in
            session!.pointee = nil
            // After a HelloRetryRequest the hash is fixed; another than the key's cannot be used.
            if let hash, EVP_MD_get_size(hash) != EVP_MD_get_size(EVP_sha256()) { return 1 }
            identity!.pointee = TLSContext.identity.base
            length!.pointee = TLSContext.identity.count
            session!.pointee = TLSContext.share(of: ssl)
            return 1
        }
        SSL_CTX_set_psk_find_session_callback(context) { ssl, identity, length, session in
            let isOurs = TLSContext.identity.equals(identity, length)
            session!.pointee = isOurs ? TLSContext.share(of: ssl) : nil
            return 1
        }
    }

    deinit {
        SSL_SESSION_free(session)
        SSL_CTX_free(context)
        plaintext.deallocate()
    }

    private func setKey(_ key: [UInt8]) {
        let probe = SSL_new(context)
        defer { SSL_free(probe) }
        // RFC 8446, B.4: TLS_AES_128_GCM_SHA256 is {0x13, 0x01}.
        let suite = SSL_CIPHER_find(probe, [0x13, 0x01])
        precondition(
            SSL_SESSION_set1_master_key(session, key, key.count) == 1
                && SSL_SESSION_set_cipher(session, suite) == 1
                && SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1,
            "OpenSSL refused the pre-shared key")
    }

    /// A new connection's state, which finds this context's key in its callbacks.
    func makeSession(_ side: TLSSession.Side) -> TLSSession {
        let ssl: OpaquePointer = SSL_new(context)
        // Index 0 is reserved by OpenSSL for the application (SSL_set_app_data).
        SSL_set_ex_data(ssl, 0, UnsafeMutableRawPointer(session))
        // Nobody is trusted by certificate: a server that answers with one fails here already.
        if side == .connecting { SSL_set_verify(ssl, SSL_VERIFY_PEER, nil) }
        return TLSSession(adopting: ssl, of: self, side: side)
    }

    /// The key, with the reference that a callback gives away.
    private static func share(of ssl: OpaquePointer?) -> OpaquePointer? {
        // Sound: set in `makeSession`; the TLS session keeps the context, and with it the key.
        let session = OpaquePointer(SSL_get_ex_data(ssl, 0))
        SSL_SESSION_up_ref(session)
        return session
    }
}

/// Bytes that live as long as the process, for a C library that keeps a pointer to them.
private struct StaticBytes: Sendable {
    // Sound: a static string is constant and never freed.
    nonisolated(unsafe) let base: UnsafePointer<UInt8>
    let count: Int

    init(_ text: StaticString) {
        base = text.utf8Start
        count = text.utf8CodeUnitCount
    }

    func equals(_ other: UnsafePointer<UInt8>?, _ otherCount: Int) -> Bool {
        guard let other, otherCount == count else { return false }
        return UnsafeBufferPointer(start: base, count: count)
            .elementsEqual(UnsafeBufferPointer(start: other, count: count))
    }
}

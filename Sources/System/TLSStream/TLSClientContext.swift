import COpenSSL

/// Whose certificates a client takes.
package struct TLSTrust: Hashable, Sendable {
    /// A PEM file of authorities that are trusted beside the system's; nil for those alone.
    package var authoritiesFile: String?
    /// Whether certificates are verified at all.
    package var verifies = true

    /// The system's authorities, and certificates are verified.
    package init() {}
}

/// Why no context can be made.
package struct TLSTrustError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence that names the file, what is wrong with it and what to do.
    package var description: String
}

/// OpenSSL's settings for clients of servers that show a certificate: TLS 1.2 and 1.3, HTTP/1.1.
///
/// No resumption, no renegotiation. Confined to a thread, like the sessions made from it.
package final class TLSClientContext {
    package let trust: TLSTrust
    private let context: OpaquePointer

    /// The list of protocols that is offered (RFC 7301): a length and a name each.
    private static let protocols: [UInt8] = [8] + Array("http/1.1".utf8)

    /// - Throws: ``TLSTrustError`` where ``TLSTrust/authoritiesFile`` cannot be read or holds no
    ///   certificate.
    package init(_ trust: TLSTrust) throws(TLSTrustError) {
        self.trust = trust
        context = SSL_CTX_new(TLS_client_method())
        precondition(
            legato_ssl_require_tls12(context) == 1
                && SSL_CTX_set_alpn_protos(
                    context, Self.protocols, UInt32(Self.protocols.count)) == 0,
            "OpenSSL refused TLS 1.2 with the protocol http/1.1")
        legato_ssl_forbid_renegotiation(context)
        legato_ssl_keep_no_sessions(context)
        legato_ssl_release_buffers(context)
        guard trust.verifies else {
            SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
            return
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        // A system without a store trusts nobody, which the failed verification then tells.
        _ = SSL_CTX_set_default_verify_paths(context)
        if let file = trust.authoritiesFile {
            ERR_clear_error()
            guard SSL_CTX_load_verify_file(context, file) == 1 else {
                ERR_clear_error()
                throw TLSTrustError(
                    description: "the authorities' file \(file) cannot be read or holds no "
                        + "certificate; give the PEM file of who signed the server's certificate")
            }
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A session with the server `host`, a name or a numeric address without brackets, whose
    /// certificate must be for it.
    ///
    /// A name is told to the server (SNI); an address is not (RFC 6066, section 3).
    package func makeSession(host: String) -> TLSSession {
        let ssl: OpaquePointer = SSL_new(context)
        // X509_VERIFY_PARAM_set1_ip_asc takes numeric addresses alone.
        let isAddress = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1
        if !isAddress {
            // A name's final dot belongs to the resolver.
            let name = host.hasSuffix(".") ? String(host.dropLast()) : host
            SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            precondition(
                SSL_set1_host(ssl, name) == 1 && legato_ssl_name_server(ssl, name) == 1,
                "OpenSSL refused the host's name")
        }
        return TLSSession(adopting: ssl, of: self, side: .connecting)
    }
}

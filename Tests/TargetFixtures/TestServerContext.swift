import COpenSSL
package import TLSStream

/// TLS as a server with a certificate speaks it.
package final class TestServerContext {
    private let context: OpaquePointer

    /// A demand of a server that this benchmark does not meet.
    package enum Demand: Hashable, Sendable {
        case none
        /// A client that speaks HTTP/2.
        case http2
        /// A client with a certificate of its own.
        case clientCertificate
    }

    /// - Parameter speaksTLS12: TLS 1.2 and nothing newer.
    package init(
        _ certificate: TestCertificate, speaksTLS12: Bool = false, demand: Demand = .none
    ) {
        context = SSL_CTX_new(TLS_server_method())
        precondition(
            SSL_CTX_use_certificate(context, certificate.certificate) == 1
                && SSL_CTX_use_PrivateKey(context, certificate.key) == 1,
            "OpenSSL refused the test's certificate")
        if speaksTLS12 {
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        }
        if demand == .clientCertificate {
            SSL_CTX_set_verify(
                context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        guard demand != .http2 else {
            SSL_CTX_set_alpn_select_cb(
                context, { _, _, _, _, _, _ in SSL_TLSEXT_ERR_ALERT_FATAL }, nil)
            return
        }
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, chosenLength, offered, offeredLength, _ in
                let http: [UInt8] = [8] + Array("http/1.1".utf8)
                let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
                guard list.elementsEqual(http) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                chosen!.pointee = offered! + 1
                chosenLength!.pointee = 8
                return SSL_TLSEXT_ERR_OK
            }, nil)
    }

    deinit { SSL_CTX_free(context) }

    package func makeSession() -> TLSSession {
        TLSSession(adopting: SSL_new(context), of: self, side: .accepting)
    }
}

extension TLSSession {
    /// The name that the client asked for (SNI).
    package var askedName: String? {
        withSSL { SSL_get_servername($0, TLSEXT_NAMETYPE_host_name) }.map { String(cString: $0) }
    }

    /// Whether the client offered a protocol that was taken.
    package var hasProtocol: Bool {
        withSSL { ssl in
            var name: UnsafePointer<UInt8>?
            var length: UInt32 = 0
            SSL_get0_alpn_selected(ssl, &name, &length)
            return length > 0
        }
    }

    /// Changes the keys, and asks the other side to do so, too (RFC 8446, section 4.6.3).
    package func updateKeys() {
        let result = withSSL { SSL_key_update($0, SSL_KEY_UPDATE_REQUESTED) }
        precondition(result == 1, "OpenSSL updates no keys")
    }
}

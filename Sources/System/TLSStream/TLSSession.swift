import COpenSSL

/// One TLS connection over memory: bytes of the network in and out, plain bytes in and out.
///
/// Does no input or output of its own. Where a step fails the session is of no more use but for
/// ``takeOutput()``, which may hold the alert that tells the peer why.
package final class TLSSession {
    package enum Side: Hashable, Sendable {
        case connecting
        case accepting
    }

    /// The result of ``read(into:)``.
    package enum Reading: Hashable, Sendable {
        /// The count of plain bytes that were read.
        case bytes(Int)
        /// There is no whole record.
        case needsInput
        /// The peer ended its direction in order (close_notify): nothing more will come.
        case ended
    }

    /// The largest plaintext of a record, in bytes (RFC 8446, section 5.1).
    package static let recordBytes = 16_384

    /// Whether the handshake is complete on this side.
    package private(set) var isEstablished = false

    private let ssl: OpaquePointer
    // Owned by `ssl`.
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// The object that `ssl` refers to without keeping it.
    private let context: AnyObject

    /// A session over `ssl`, which it frees.
    ///
    /// - Parameter context: kept as long as the session.
    package init(adopting ssl: OpaquePointer, of context: AnyObject, side: Side) {
        self.ssl = ssl
        self.context = context
        input = BIO_new(BIO_s_mem())
        output = BIO_new(BIO_s_mem())
        SSL_set_bio(ssl, input, output)
        switch side {
        case .connecting: SSL_set_connect_state(ssl)
        case .accepting: SSL_set_accept_state(ssl)
        }
    }

    deinit { SSL_free(ssl) }

    /// Lends OpenSSL's state, for what a kind of context alone knows how to ask.
    package func withSSL<Result>(_ body: (OpaquePointer) -> Result) -> Result { body(ssl) }

    /// Adds bytes of the network; ``advanceHandshake()`` or ``read(into:)`` work on them.
    package func add(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        let count = BIO_write(input, bytes.baseAddress, CInt(bytes.count))
        precondition(count == CInt(bytes.count), "a memory BIO takes all that it is given")
    }

    /// Goes on with the handshake as far as the bytes reach; true when it is complete.
    package func advanceHandshake() throws(TLSFault) -> Bool {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        guard result == 1 else {
            let error = SSL_get_error(ssl, result)
            guard error == SSL_ERROR_WANT_READ else { throw fault() }
            return false
        }
        isEstablished = true
        return true
    }

    /// Reads plain bytes of at most one record into `buffer`.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSFault) -> Reading {
        legato_forget_errors()
        var count = 0
        let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        if result == 1 { return .bytes(count) }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: throw fault()
        }
    }

    /// Whether a further ``read(into:)`` could find anything: it costs less than the reading.
    package var holdsInput: Bool { legato_bio_pending(input) > 0 || SSL_has_pending(ssl) == 1 }

    /// Whether ``takeOutput()`` has any bytes.
    package var holdsOutput: Bool { legato_bio_pending(output) > 0 }

    /// Encrypts `bytes`; ``takeOutput()`` has the records. Only once the handshake is complete.
    package func write(_ bytes: ArraySlice<UInt8>) throws(TLSFault) {
        guard bytes.withUnsafeBytes(encrypt) else { throw fault() }
    }

    /// The same for bytes that the caller keeps.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(TLSFault) {
        guard encrypt(bytes) else { throw fault() }
    }

    private func encrypt(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty else { return true }
        legato_forget_errors()
        var count = 0
        guard SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count) == 1 else { return false }
        precondition(count == bytes.count, "a memory BIO takes all that it is given")
        return true
    }

    /// Tells the peer that nothing more will come (close_notify); ``takeOutput()`` has the alert.
    package func close() {
        guard isEstablished else { return }
        ERR_clear_error()
        // 0 says that the peer's own close_notify has not come, which nobody waits for.
        _ = SSL_shutdown(ssl)
    }

    /// The bytes for the network, each once.
    package func takeOutput() -> [UInt8] {
        let pending = legato_bio_pending(output)
        guard pending > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = max(0, Int(BIO_read(output, buffer.baseAddress, CInt(pending))))
        }
    }

    /// Hands the bytes for the network to `body`, each once; they are valid during the call only. A
    /// short record's take no memory but the stack's.
    package func sendOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        let pending = legato_bio_pending(output)
        guard pending > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: pending, alignment: 1) { buffer in
            let count = BIO_read(output, buffer.baseAddress, CInt(pending))
            body(UnsafeRawBufferPointer(start: buffer.baseAddress, count: max(0, Int(count))))
        }
    }

    /// The version as OpenSSL names it, such as "TLSv1.3".
    package var version: String { String(cString: SSL_get_version(ssl)) }

    /// The cipher suite's name; empty before one is agreed on.
    package var cipher: String {
        guard let cipher = SSL_get_current_cipher(ssl) else { return "" }
        return String(cString: SSL_CIPHER_get_name(cipher))
    }

    // MARK: Faults

    private func fault() -> TLSFault {
        let code = ERR_get_error()
        ERR_clear_error()
        // An alert of the peer has its number above this (SSL_AD_REASON_OFFSET).
        let reason = legato_err_reason(code)
        let words = ERR_reason_error_string(code).map { String(cString: $0) } ?? "unexpected bytes"
        if reason == SSL_R_CERTIFICATE_VERIFY_FAILED {
            return .certificate(CertificateFault(SSL_get_verify_result(ssl), else: words))
        }
        return reason >= SSL_AD_REASON_OFFSET ? .alert(Self.alertName(words)) : .failed(words)
    }

    /// "tlsv1 alert unknown ca" and "sslv3 alert handshake failure" without their beginning.
    private static func alertName(_ words: String) -> String {
        guard let range = words.firstRange(of: " alert ") else { return words }
        return String(words[range.upperBound...])
    }
}

extension CertificateFault {
    /// - Parameters:
    ///   - result: the result of the verification, X509_V_...
    ///   - words: where `result` says that all is well: a context refused for a reason of its own.
    fileprivate init(_ result: Int, else words: String) {
        let code = CInt(truncatingIfNeeded: result)
        self.words =
            code == X509_V_OK ? words : String(cString: X509_verify_cert_error_string(result))
        kind =
            switch code {
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongName
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
                .selfSigned
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
                X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                .untrusted
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
            default: .other
            }
    }
}

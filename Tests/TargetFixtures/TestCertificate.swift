import COpenSSL

/// A certificate and its key, made for one test.
///
/// Unchecked Sendable: nothing of it changes once it is made, and OpenSSL counts references by
/// atomics.
package final class TestCertificate: @unchecked Sendable {
    package let certificate: OpaquePointer
    package let key: OpaquePointer

    /// The names in a certificate for this host's loopback.
    package static let loopback = "DNS:localhost,IP:127.0.0.1,IP:::1"

    /// - Parameters:
    ///   - subject: the common name.
    ///   - names: alternative names as OpenSSL's configuration writes them; nil for an authority.
    ///   - issuer: the certificate that signs it; nil for itself.
    ///   - validity: seconds from now.
    package init(
        subject: String, names: String?, issuer: TestCertificate? = nil,
        validity: Range<Int> = -3_600..<86_400
    ) {
        let generator = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil)
        var key: OpaquePointer?
        precondition(
            EVP_PKEY_keygen_init(generator) == 1 && EVP_PKEY_keygen(generator, &key) == 1,
            "OpenSSL makes no key")
        EVP_PKEY_CTX_free(generator)
        self.key = key!
        let certificate: OpaquePointer = X509_new()
        self.certificate = certificate
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1..<1 << 40))
        X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound)
        X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound)
        X509_set_pubkey(certificate, key)
        let name = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(
            name, "CN", Self.ascii, Array(subject.utf8), CInt(subject.utf8.count), -1, 0)
        let signer = issuer ?? self
        X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate))
        if let names {
            add(NID_subject_alt_name, names)
        } else {
            add(NID_basic_constraints, "critical,CA:TRUE")
        }
        precondition(X509_sign(certificate, signer.key, nil) > 0, "OpenSSL signs no certificate")
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// MBSTRING_ASC.
    private static let ascii: CInt = 0x1001

    private func add(_ kind: CInt, _ value: String) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, certificate, certificate, nil, nil, 0)
        let found = X509V3_EXT_conf_nid(nil, &context, kind, value)
        precondition(found != nil, "\(value) is no extension")
        X509_add_ext(certificate, found, -1)
        X509_EXTENSION_free(found)
    }

    /// The certificate as PEM, for a file of authorities.
    package var pem: [UInt8] {
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        PEM_write_bio_X509(memory, certificate)
        return [UInt8](unsafeUninitializedCapacity: legato_bio_pending(memory)) { buffer, count in
            count = max(0, Int(BIO_read(memory, buffer.baseAddress, CInt(buffer.count))))
        }
    }
}

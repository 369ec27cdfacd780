/// Why TLS failed.
package enum TLSFault: Error, Hashable, Sendable {
    /// The peer's certificate is not accepted.
    case certificate(CertificateFault)
    /// The peer sent a fatal alert; the words are its name ("unknown ca").
    case alert(String)
    /// Anything else, in OpenSSL's words: bytes that are not TLS, no common version, a record that
    /// was changed on its way.
    case failed(String)

    /// OpenSSL's words alone.
    package var words: String {
        switch self {
        case .certificate(let fault): fault.words
        case .alert(let words), .failed(let words): words
        }
    }
}

/// A fault of a certificate.
package struct CertificateFault: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Signed by nobody that is trusted here.
        case untrusted
        /// Signed by itself, and not trusted here.
        case selfSigned
        case expired
        case notYetValid
        /// For another name or address than the one that was asked for.
        case wrongName
        case other
    }

    package var kind: Kind
    /// OpenSSL's sentence.
    package var words: String
}

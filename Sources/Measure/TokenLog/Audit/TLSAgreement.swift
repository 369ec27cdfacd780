/// The TLS version and the cipher suite that an agent and a server agreed on.
package struct TLSAgreement: Hashable, Sendable {
    /// As OpenSSL names it, such as `TLSv1.3`.
    package var version: String
    /// The suite's name in OpenSSL.
    package var cipher: String
    /// Whether the server's certificate was verified.
    package var isVerified: Bool

    package init(version: String, cipher: String, isVerified: Bool) {
        self.version = version
        self.cipher = cipher
        self.isVerified = isVerified
    }
}

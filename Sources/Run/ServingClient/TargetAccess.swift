package import TLSStream

/// Access to the servers: the fields that they want to see, and the certificates that they may
/// show.
package struct TargetAccess: Hashable, Sendable {
    /// Header fields of every request and probe, the API key's among them: secret.
    package var fields: RequestFields
    package var trust: TLSTrust

    package init(fields: RequestFields = RequestFields(), trust: TLSTrust = TLSTrust()) {
        self.fields = fields
        self.trust = trust
    }
}

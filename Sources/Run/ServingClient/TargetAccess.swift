package import TLSStream

/// What it takes to speak to the servers: what they want to see, and which certificates they may
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

/// Names whose values open something: of header fields, cookies and members of a URL's query.
package enum CredentialName {
    /// Whether a value of that name, in any case of its letters, is a credential.
    package static func isOne(_ name: some StringProtocol) -> Bool {
        let lower = name.lowercased()
        return words.contains { lower.contains($0) }
            || endings.contains { lower.hasSuffix($0) }
    }

    private static let words = [
        "auth", "key", "token", "secret", "pass", "cookie", "credential", "signature", "session",
    ]
    /// Words that stand within too many others.
    private static let endings = ["sig", "code"]
}

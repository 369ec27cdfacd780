/// The part of a URL behind its question mark, looked at for secrets alone.
package enum URLQuery {
    /// `text` with `mask` for the values of query members whose names are those of credentials.
    package static func withoutSecrets(_ text: String, mask: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let members = text[mark...].dropFirst().split(
            separator: "&", omittingEmptySubsequences: false)
        let shown = members.map { member -> String in
            guard let equals = member.firstIndex(of: "="),
                CredentialName.isOne(member[..<equals])
            else { return String(member) }
            return "\(member[...equals])\(mask)"
        }
        return text[...mark] + shown.joined(separator: "&")
    }
}

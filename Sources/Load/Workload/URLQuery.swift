/// The part of a URL behind its question mark, looked at for secrets alone.
package enum URLQuery {
    /// `text` with `mask` for the values of query members whose names look like those of secrets.
    package static func withoutSecrets(_ text: String, mask: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let members = text[mark...].dropFirst().split(
            separator: "&", omittingEmptySubsequences: false)
        let shown = members.map { member -> String in
            guard let equals = member.firstIndex(of: "=") else { return String(member) }
            let name = member[..<equals].lowercased()
            let isSecret = ["key", "token", "secret", "sig", "code", "pass"].contains {
                name.contains($0)
            }
            return isSecret ? "\(member[...equals])\(mask)" : String(member)
        }
        return text[...mark] + shown.joined(separator: "&")
    }
}

internal import PlainText

/// Text that must not appear in a manifest, a report or a log.
enum Secrets {
    static let mask = "***"

    /// `text` with the user part of a URL, if it is one, and the values of its query that look like
    /// secrets masked.
    static func maskURL(_ text: String) -> String {
        let plain = userPart(text).map { text.replacingCharacters($0, with: mask) } ?? text
        return URLQuery.withoutSecrets(plain, mask: mask)
    }

    /// Whether `text` is a URL with a user part.
    static func hasUserPart(_ url: String) -> Bool { userPart(url) != nil }

    /// The user part of RFC 3986, section 3.2.1, without its "@".
    private static func userPart(_ text: String) -> Range<String.Index>? {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return nil }
        return authority.startIndex..<at
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}

/// The user part of a URL (RFC 3986, section 3.2.1): who asks, and often a password.
package enum URLUserPart {
    /// Its place in `text` without the "@"; nil where there is none.
    package static func range(in text: String) -> Range<String.Index>? {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return nil }
        return authority.startIndex..<at
    }

    /// `text` with `mask` for the user part.
    package static func masked(_ text: String, mask: String) -> String {
        guard let part = range(in: text) else { return text }
        return text[..<part.lowerBound] + mask + text[part.upperBound...]
    }
}

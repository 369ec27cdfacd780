internal import PlainText

/// Text that must not appear in a manifest, a report or a log.
enum Secrets {
    static let mask = "***"

    /// `text` with the user part of a URL, if it is one, and the values of its query that look like
    /// secrets masked.
    static func maskURL(_ text: String) -> String {
        URLQuery.withoutSecrets(URLUserPart.masked(text, mask: mask), mask: mask)
    }

    /// Whether `text` is a URL with a user part.
    static func hasUserPart(_ url: String) -> Bool { URLUserPart.range(in: url) != nil }
}

package import HTTP
import PlainText

/// One value that must not be shown.
///
/// No secrets are: values under ``shortest`` bytes; of fields that are not credentials by their
/// name also values under ``shortestOrdinary`` bytes, values without a letter (dates, versions,
/// numbers), media types, and the few words of `commonWords`; and whatever stands in a field of
/// `openFields`, or whose name ends in `-version`. Values under `shortestAnywhere` bytes are
/// taken out where they stand as a word, others anywhere.
package struct SecretValue: Hashable, Sendable {
    package static let shortest = 4
    package static let shortestOrdinary = 6
    static let shortestAnywhere = 8

    package let bytes: [UInt8]
    /// Whether its name says that it opens something: parts of it are secret too.
    package let isCredential: Bool

    /// Nil for what is no secret.
    package init?(_ text: some StringProtocol, isCredential: Bool) {
        let bytes = Array(text.utf8)
        guard bytes.count >= (isCredential ? Self.shortest : Self.shortestOrdinary) else {
            return nil
        }
        if !isCredential, Self.isOrdinary(String(text).lowercased()) { return nil }
        self.bytes = bytes
        self.isCredential = isCredential
    }

    /// The secrets of one field of a request.
    package static func secrets(of field: HTTPField) -> [SecretValue] {
        let name = field.name.lowercased()
        guard !openFields.contains(name), !name.hasSuffix("-version") else { return [] }
        let isCredential = CredentialName.isOne(name)
        var found = [SecretValue(field.value, isCredential: isCredential)]
        if name.hasSuffix("authorization"), let blank = field.value.firstIndex(of: " ") {
            // The scheme is none: it would stand for every word "Bearer".
            let credentials = field.value[blank...].drop { $0 == " " }
            found = [SecretValue(credentials, isCredential: true)]
            if field.value[..<blank].lowercased() == "basic",
                let pair = Base64.decode(Array(credentials.utf8))
            {
                found += userParts(String(decoding: pair, as: UTF8.self))
            }
        } else if name == "cookie" {
            found = field.value.split(separator: ";").map { part in
                let value = part.split(separator: "=", maxSplits: 1).last ?? part
                return SecretValue(value.drop { $0 == " " }, isCredential: true)
            }
        }
        return found.compactMap { $0 }
    }

    /// The secrets of a URL: what stands before an `@`, and values of a query that are credentials
    /// by their name.
    package static func secrets(ofURL url: String) -> [SecretValue] {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var found: [SecretValue?] = []
        if let at = rest[..<end].lastIndex(of: "@") { found += userParts(String(rest[..<at])) }
        let query = rest.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        for part in query.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, CredentialName.isOne(sides[0]) else { continue }
            found.append(SecretValue(sides[1], isCredential: true))
        }
        return found.compactMap { $0 }
    }

    /// `user:password`, whole and each.
    private static func userParts(_ text: String) -> [SecretValue?] {
        let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return [SecretValue(text, isCredential: true)]
            + sides.map { SecretValue($0, isCredential: true) }
    }

    /// Fields whose values say nothing that is not known.
    private static let openFields: Set<String> = [
        "accept", "accept-encoding", "accept-language", "cache-control", "connection",
        "content-encoding", "content-language", "content-type", "expect", "host", "keep-alive",
        "origin", "pragma", "prefer", "priority", "referer", "te", "traceparent", "upgrade",
        "user-agent", "via",
    ]
    private static let commonWords: Set<String> = [
        "always", "chunked", "client", "default", "disabled", "enabled", "identity", "keep-alive",
        "legato", "no-cache", "no-store", "public", "request", "server", "stream", "streaming",
    ]

    private static func isOrdinary(_ value: String) -> Bool {
        if commonWords.contains(value) { return true }
        if !value.unicodeScalars.contains(where: { $0.properties.isAlphabetic }) { return true }
        let types = ["application/", "audio/", "image/", "multipart/", "text/"]
        return types.contains { value.hasPrefix($0) }
    }
}

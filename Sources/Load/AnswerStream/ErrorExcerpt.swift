import JSON
import PlainText
import TokenLog

/// Makes one short sentence of what a server says went wrong.
package enum ErrorExcerpt {
    /// Longest message taken over from a server, in bytes.
    static let messageLimit = 160

    /// The sentence of an error body or error event: type, code and the beginning of the message.
    ///
    /// Knows `{"error": {...}}`, `{"error": "..."}`, `{"detail": "..."}`, `{"detail": [...]}`
    /// (whose `input` member, an echo of the request, is left out), `{"message": ...}`, plain text
    /// and HTML. Secrets are taken out before it is cut.
    ///
    /// - Parameter status: the answer's, which is said already: words that repeat it go without.
    static func words(
        _ body: UnsafeRawBufferPointer, of status: UInt16? = nil,
        hiding secrets: SecretFilter = .none
    ) -> String {
        var words = said(body, of: status)[...]
        while let status, words.hasPrefix("\(status)") {
            let rest = words.dropFirst("\(status)".count)
            guard rest.isEmpty || rest.first == ":" || rest.first == " " else { break }
            words = rest.drop { $0 == ":" || $0 == " " }
        }
        return clean(secrets.redact(String(words)), limit: messageLimit)
    }

    /// Type, code and message as the body has them, whole.
    private static func said(_ body: UnsafeRawBufferPointer, of status: UInt16?) -> String {
        guard let value = try? JSONValue(parsing: body) else {
            // Not JSON: the words below are all that can be said of it.
            return plain(body)
        }
        if let error = value["error"] {
            if let text = error.string { return text }
            let type = error["type"]?.string
            let code = error["code"].flatMap { $0.string ?? $0.int64.map(String.init) }
            let own = code == status.map { "\($0)" } ? nil : code
            return joined([type, own, error["message"]?.string ?? error["msg"]?.string])
        }
        if let detail = value["detail"] {
            if let text = detail.string { return text }
            let first = detail.array?.first
            let path = first?["loc"]?.array?.compactMap {
                $0.string ?? $0.int64.map(String.init)
            }
            return joined([
                first?["type"]?.string, path?.joined(separator: "."), first?["msg"]?.string,
            ])
        }
        return joined([value["type"]?.string, value["message"]?.string])
    }

    private static func joined(_ parts: [String?]) -> String {
        parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
    }

    private static func plain(_ body: UnsafeRawBufferPointer) -> String {
        let text = String(decoding: body.prefix(SecretFilter.textBytes), as: UTF8.self)
        let begin = text.drop { $0.isWhitespace }
        guard begin.first != "<" else { return "an HTML page" }
        return String(begin.prefix { !$0.isNewline })
    }

    /// `text` with a space for every character that could steer a terminal, cut to `limit` bytes of
    /// UTF-8 at a character.
    package static func clean(_ text: String, limit: Int) -> String {
        var cleaned = ""
        for scalar in text.unicodeScalars {
            let shown = scalar.steersText ? " " : Character(scalar)
            guard cleaned.utf8.count + shown.utf8.count <= limit else {
                while cleaned.utf8.count > limit - 3 { cleaned.removeLast() }
                return cleaned + "..."
            }
            cleaned.unicodeScalars.append(contentsOf: shown.unicodeScalars)
        }
        return cleaned
    }
}

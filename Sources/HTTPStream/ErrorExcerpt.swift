import JSON
import TokenLog

/// Makes one short sentence of what a server says went wrong.
package enum ErrorExcerpt {
    /// Longest message taken over from a server, in bytes.
    static let messageLimit = 160

    /// The sentence of an error body or error event: type, code and the beginning of the message.
    ///
    /// Knows `{"error": {...}}`, `{"error": "..."}`, `{"detail": "..."}`, `{"detail": [...]}` (whose
    /// `input` member, an echo of the request, is left out), `{"message": ...}`, plain text and
    /// HTML.
    static func words(_ body: UnsafeRawBufferPointer) -> String {
        guard let value = try? JSONValue(parsing: body) else {
            // Not JSON: the words below are all that can be said of it.
            return plain(body)
        }
        if let error = value["error"] {
            if let text = error.string { return clean(text, limit: messageLimit) }
            let type = error["type"]?.string
            let code = error["code"].flatMap { $0.string ?? $0.int64.map(String.init) }
            return joined([type, code, error["message"]?.string ?? error["msg"]?.string])
        }
        if let detail = value["detail"] {
            if let text = detail.string { return clean(text, limit: messageLimit) }
            let first = detail.array?.first
            let place = first?["loc"]?.array?.compactMap {
                $0.string ?? $0.int64.map(String.init)
            }
            return joined([
                first?["type"]?.string, place?.joined(separator: "."), first?["msg"]?.string,
            ])
        }
        return joined([value["type"]?.string, value["message"]?.string])
    }

    private static func joined(_ parts: [String?]) -> String {
        let words = parts.compactMap { $0 }.filter { !$0.isEmpty }
        return clean(words.joined(separator: ": "), limit: messageLimit)
    }

    private static func plain(_ body: UnsafeRawBufferPointer) -> String {
        let text = String(decoding: body.prefix(512), as: UTF8.self)
        let begin = text.drop { $0.isWhitespace }
        guard begin.first != "<" else { return "an HTML page" }
        return clean(String(begin.prefix { !$0.isNewline }), limit: messageLimit)
    }

    /// `text` without control characters, cut to `limit` bytes of UTF-8 at a character.
    package static func clean(_ text: String, limit: Int) -> String {
        var cleaned = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let shown = isControl ? " " : Character(scalar)
            guard cleaned.utf8.count + shown.utf8.count <= limit else {
                while cleaned.utf8.count > limit - 3 { cleaned.removeLast() }
                return cleaned + "..."
            }
            cleaned.unicodeScalars.append(contentsOf: shown.unicodeScalars)
        }
        return cleaned
    }

    /// `detail` with every run of at least ``echoBytes`` bytes that also stands in `prompt` replaced
    /// by `***`: some servers quote the prompt in their errors.
    ///
    /// - Complexity: O(detail * prompt); detail is at most 256 bytes, and errors are rare.
    package static func redacting(_ detail: String, echoOf prompt: UnsafeRawBufferPointer) -> String
    {
        let bytes = Array(detail.utf8)
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            var length = 0
            bytes.withUnsafeBytes { text in
                length = longestEcho(of: UnsafeRawBufferPointer(rebasing: text[index...]), prompt)
            }
            if length >= echoBytes {
                kept.append(contentsOf: "***".utf8)
                index += length
            } else {
                kept.append(bytes[index])
                index += 1
            }
        }
        return clean(String(decoding: kept, as: UTF8.self), limit: RequestError.detailLimit)
    }

    /// Shortest run that counts as an echo of the prompt, in bytes.
    static let echoBytes = 12

    private static func longestEcho(
        of text: UnsafeRawBufferPointer, _ prompt: UnsafeRawBufferPointer
    ) -> Int {
        guard text.count >= echoBytes, prompt.count >= echoBytes else { return 0 }
        var longest = 0
        for start in 0...(prompt.count - echoBytes) where prompt[start] == text[0] {
            var length = 1
            while length < text.count, start + length < prompt.count,
                prompt[start + length] == text[length]
            {
                length += 1
            }
            longest = max(longest, length)
        }
        return longest
    }
}

import Glibc
import JSON

/// Which strings of a delta are text, and which only tell what the text is.
///
/// Whatever a server streams as text was delivered, under whatever name: `thinking`,
/// `reasoning_details: [{"text": ...}]`, and tomorrow's. A string is text unless its name, or that
/// of something around it, says that it is not. A name is taken apart into its words
/// (`tool_call_id`, `mimeType`); it says so where its last word names a property (``properties``),
/// or where a word tells that the value is not for reading (``unreadable``). Numbers and flags are
/// never text.
extension EventScanner {
    /// Last words of names that hold properties of a text, or what was made of it.
    private static let properties: [StaticString] = [
        "role", "id", "ids", "type", "kind", "object", "format", "name", "index", "status",
        "state", "model", "provider", "author", "recipient", "channel", "phase", "language",
        "lang", "locale", "mime", "encoding", "url", "uri", "href", "tier", "version", "created",
        "timestamp", "time", "date", "at", "reason", "hash", "fingerprint", "metadata", "usage",
        "logprobs", "annotations", "citations", "sources", "results", "ratings",
        "severity", "offsets", "images",
    ]
    /// Words of names whose value is there for programs.
    private static let unreadable: [StaticString] = [
        "signature", "encrypted", "redacted", "data", "base64",
    ]

    /// Whether a string under the name would be text.
    static func holdsText(_ name: UnsafeRawBufferPointer) -> Bool {
        var begin = 0
        while begin < name.count {
            var end = begin + 1
            while end < name.count, !isBreak(name, at: end) { end += 1 }
            let word = UnsafeRawBufferPointer(rebasing: name[begin..<end])
            if unreadable.contains(where: { isSame(word, $0) }) { return false }
            if end < name.count, isSeparator(name[end]) { end += 1 }
            if end == name.count { return !properties.contains { isSame(word, $0) } }
            begin = end
        }
        return true
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// Whether a word ends in front of `offset`: at a separator, or at the capital in `mimeType`.
    private static func isBreak(_ name: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        func isCapital(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
        return isSeparator(name[offset])
            || isCapital(name[offset]) && !isCapital(name[offset - 1])
                && !isSeparator(name[offset - 1])
    }

    /// Whether a word of ASCII is `other`, but for capitals.
    private static func isSame(_ word: UnsafeRawBufferPointer, _ other: StaticString) -> Bool {
        word.count == other.utf8CodeUnitCount
            && strncasecmp(
                word.baseAddress!.assumingMemoryBound(to: CChar.self),
                UnsafeRawPointer(other.utf8Start).assumingMemoryBound(to: CChar.self), word.count)
                == 0
    }

    /// The texts in the value that is next, at any depth.
    ///
    /// - Parameter namesCount: whether `name` holds text, as the name of a tool does, which the
    ///   server's model chose.
    static func scanTexts(
        _ scanner: inout JSONScanner, depth: Int, namesCount: Bool
    ) throws(JSONError) -> FoundTexts {
        var found = FoundTexts()
        try scanTexts(&scanner, depth: depth, namesCount: namesCount, into: &found)
        return found
    }

    private static func scanTexts(
        _ scanner: inout JSONScanner, depth: Int, namesCount: Bool, into found: inout FoundTexts
    ) throws(JSONError) {
        guard depth <= JSONScanner.maximumDepth else { throw scanner.tooDeep }
        var isFirst = true
        switch scanner.peek() {
        case 0x22: found.add(try scanner.string(), in: scanner)
        case 0x5B:
            try scanner.expect(0x5B, "a list's opening bracket")
            while try scanner.nextElement(&isFirst) {
                try scanTexts(&scanner, depth: depth + 1, namesCount: namesCount, into: &found)
            }
        case 0x7B:
            try scanner.expect(0x7B, "an object's opening brace")
            while let key = try scanner.nextKey(&isFirst) {
                if scanner.holdsText(key) || namesCount && scanner.equals(key, "name") {
                    try scanTexts(&scanner, depth: depth + 1, namesCount: namesCount, into: &found)
                } else {
                    try scanner.skipValue(depth: depth + 1)
                }
            }
        default: try scanner.skipValue(depth: depth)
        }
    }
}

extension JSONScanner {
    /// Whether a string under the name would be text; one with an escape in it is not known.
    func holdsText(_ name: Text) -> Bool {
        name.hasEscapes
            || EventScanner.holdsText(UnsafeRawBufferPointer(rebasing: bytes[name.range]))
    }
}

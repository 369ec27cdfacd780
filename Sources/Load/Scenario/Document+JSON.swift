extension Document {
    /// The tree as JSON: pretty (two spaces, order as written) or canonical (keys sorted, no
    /// spaces). Unquoted `true`, `false`, `null` and JSON numbers stay what they are; all else is
    /// text.
    package func json(canonical: Bool = false) -> String {
        var text = ""
        write(to: &text, canonical: canonical, depth: 0)
        return text
    }

    /// The tree with every secret as `***`: the values of `headers` and the user parts of URLs.
    package func masked() -> Document {
        switch self {
        case .scalar(let text, let isPlain, let origin):
            return .scalar(Secrets.maskURL(text), isPlain: isPlain, origin)
        case .list(let items, let origin): return .list(items.map { $0.masked() }, origin)
        case .map(let entries, let origin):
            return .map(
                entries.map { entry in
                    var copy = entry
                    copy.value =
                        entry.key == "headers"
                        ? Self.maskedValues(entry.value) : entry.value.masked()
                    return copy
                }, origin)
        }
    }

    private static func maskedValues(_ headers: Document) -> Document {
        guard case .map(let entries, let origin) = headers else {
            return .scalar(Secrets.mask, isPlain: false, headers.origin)
        }
        return .map(
            entries.map { entry in
                var copy = entry
                copy.value = .scalar(Secrets.mask, isPlain: false, entry.value.origin)
                return copy
            }, origin)
    }

    private func write(to text: inout String, canonical: Bool, depth: Int) {
        let newline = canonical ? "" : "\n" + String(repeating: "  ", count: depth + 1)
        let end = canonical ? "" : "\n" + String(repeating: "  ", count: depth)
        switch self {
        case .scalar(let scalar, let isPlain, _):
            text += isPlain && Self.isBareJSON(scalar) ? scalar : quotedJSON(scalar)
        case .list(let items, _):
            if items.isEmpty { return text += "[]" }
            text += "["
            for (index, item) in items.enumerated() {
                text += (index == 0 ? "" : ",") + newline
                item.write(to: &text, canonical: canonical, depth: depth + 1)
            }
            text += end + "]"
        case .map(let entries, _):
            if entries.isEmpty { return text += "{}" }
            text += "{"
            let ordered = canonical ? entries.sorted { $0.key < $1.key } : entries
            for (index, entry) in ordered.enumerated() {
                text += (index == 0 ? "" : ",") + newline
                text += quotedJSON(entry.key) + (canonical ? ":" : ": ")
                entry.value.write(to: &text, canonical: canonical, depth: depth + 1)
            }
            text += end + "}"
        }
    }

    /// Whether the text is true, false, null or a number of RFC 8259, section 6.
    static func isBareJSON(_ text: String) -> Bool {
        if ["true", "false", "null"].contains(text) { return true }
        return text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }
}

/// `text` as a JSON string (RFC 8259, section 7).
func quotedJSON(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

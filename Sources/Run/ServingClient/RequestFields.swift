package import HTTP

/// Why a text is no header field of requests; never any of its value, which may be a secret.
package struct RequestFieldError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
}

/// Header fields that every request and probe carries beside the benchmark's own: the API key, and
/// what a gateway wants. Their values are secrets: no description and no error shows them.
package struct RequestFields: Hashable, Sendable {
    /// Longest text of all fields together, in bytes: a pipe takes that much without waiting.
    package static let textBytes = 32 << 10

    package private(set) var fields: [HTTPField] = []

    package init() {}

    /// Whether requests carry an `authorization`.
    package var haveAuthorization: Bool { fields.contains { $0.name == "authorization" } }

    /// Their names, in lower case: no secret.
    package var names: [String] { fields.map(\.name) }

    package var isEmpty: Bool { fields.isEmpty }

    /// Adds `NAME: VALUE`.
    ///
    /// - Throws: ``RequestFieldError`` for what is no field, for a name that is there already, and
    ///   for a name that the benchmark sets itself.
    package mutating func add(_ line: String) throws(RequestFieldError) {
        guard let colon = line.firstIndex(of: ":"), HTTPField.isName(String(line[..<colon])) else {
            throw RequestFieldError(
                description: "a header is not NAME: VALUE; write one such as \"x-team: search\"")
        }
        let name = line[..<colon].lowercased()
        guard !name.hasPrefix("#") else {
            throw RequestFieldError(
                description: "a header's name does not begin with `#`: in a file that is a comment")
        }
        let value = Self.trimmed(line[line.index(after: colon)...].utf8)
        guard value.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
            throw RequestFieldError(
                description: "the value of the header \"\(name.prefix(64))\" holds a control "
                    + "character; write it on one line")
        }
        guard !RequestBuilder.ownFields.contains(name) else {
            throw RequestFieldError(
                description: "the header \"\(name)\" may not be set: the benchmark sets it itself")
        }
        guard name != "host" || (!value.isEmpty && value.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        else {
            throw RequestFieldError(
                description: "the header \"host\" is empty or holds a blank or a character beyond "
                    + "ASCII; write a host's name, such as \"host: models.internal\"")
        }
        guard fields.first(named: name) == nil else {
            throw RequestFieldError(
                description: "the header \"\(name.prefix(64))\" is given twice; drop one")
        }
        fields.append(HTTPField(name: name, value: String(Substring(value))))
        guard text.utf8.count <= Self.textBytes else {
            throw RequestFieldError(
                description: "the headers are longer than \(Self.textBytes) bytes in all")
        }
    }

    /// Adds a bearer token; blanks and line ends around it are dropped.
    package mutating func add(apiKey: String) throws(RequestFieldError) {
        let key = Self.withoutMark(apiKey).utf8.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }
        guard !key.isEmpty, key.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw RequestFieldError(
                description: "the API key is empty or holds a blank, a line end or a character "
                    + "beyond ASCII; write the key alone, on one line")
        }
        guard !haveAuthorization else {
            throw RequestFieldError(
                description: "an API key and the header \"authorization\" exclude each other: "
                    + "drop one")
        }
        try add("authorization: Bearer \(String(decoding: Array(key.reversed()), as: UTF8.self))")
    }

    /// Adds the fields of a text with one `NAME: VALUE` a line, which may begin with a byte order
    /// mark and end its lines with CR LF; blank lines and those that begin with `#` are skipped.
    ///
    /// - Parameter file: The file's name, for errors.
    /// - Throws: ``RequestFieldError`` with file and line, and nothing of the line's value.
    package mutating func add(lines: String, of file: String) throws(RequestFieldError) {
        let rows = Self.withoutMark(lines).utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, row) in rows.enumerated() {
            let line = Self.trimmed(row.last == UInt8(ascii: "\r") ? row.dropLast() : row)
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            do throws(RequestFieldError) {
                try add(String(Substring(line)))
            } catch {
                throw RequestFieldError(description: "\(file):\(index + 1): \(error)")
            }
        }
    }

    /// Without the byte order mark that editors put before a text.
    private static func withoutMark(_ text: String) -> Substring {
        text.unicodeScalars.first == "\u{feff}"
            ? Substring(text.unicodeScalars.dropFirst()) : text[...]
    }

    /// Without blanks and tabs around.
    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    /// The fields as ``add(lines:of:)`` reads them: secret.
    package var text: String { fields.map { "\($0.name): \($0.value)\n" }.joined() }
}

extension RequestFields: CustomStringConvertible, CustomReflectable {
    /// The names alone.
    package var description: String {
        fields.isEmpty ? "no headers" : fields.map(\.name).joined(separator: ", ")
    }

    package var customMirror: Mirror { Mirror(self, children: ["names": fields.map(\.name)]) }
}

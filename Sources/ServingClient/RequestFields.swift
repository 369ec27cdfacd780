package import HTTPStream

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
    /// - Throws: ``RequestFieldError`` for what is no field, for a name that is there already, and for
    ///   a name that the benchmark sets itself.
    package mutating func add(_ line: String) throws(RequestFieldError) {
        guard let colon = line.firstIndex(of: ":"), HTTPField.isName(String(line[..<colon])) else {
            throw RequestFieldError(
                description: "a header is not NAME: VALUE; write one such as \"x-team: search\"")
        }
        let name = line[..<colon].lowercased()
        let bytes = line[line.index(after: colon)...].utf8
        let value = bytes.drop { $0 == 0x20 || $0 == 0x09 }
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
        let key = apiKey.utf8.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }
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

    /// Adds the fields of a text with one `NAME: VALUE` a line; blank lines are skipped.
    package mutating func add(lines: String) throws(RequestFieldError) {
        for line in lines.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace)
        {
            try add(String(line))
        }
    }

    /// The fields as ``add(lines:)`` reads them: secret.
    package var text: String { fields.map { "\($0.name): \($0.value)\n" }.joined() }
}

extension RequestFields: CustomStringConvertible, CustomReflectable {
    /// The names alone.
    package var description: String {
        fields.isEmpty ? "no headers" : fields.map(\.name).joined(separator: ", ")
    }

    package var customMirror: Mirror { Mirror(self, children: ["names": fields.map(\.name)]) }
}

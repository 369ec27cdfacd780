/// Text that came from elsewhere and is shown to a person, or becomes a name.
extension Unicode.Scalar {
    /// Whether it could steer a terminal or change how the text around it reads: C0 and C1 controls
    /// (escape sequences begin with them), separators of lines, and format characters, among them
    /// all that turn the direction of text (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069).
    package var steersText: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// `U+202E`: at least four digits.
    package var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension String {
    /// The text with a question mark for every character that ``Unicode/Scalar/steersText``, line
    /// ends included.
    package var harmless: String { replacingSteering { _ in "?" } }

    /// The same, with its line ends and tabs left as they are.
    package var harmlessLines: String {
        replacingSteering { $0 == "\n" || $0 == "\t" ? nil : "?" }
    }

    /// A JSON document with the characters that steer written as `\uXXXX`: the same values for
    /// every parser.
    package var harmlessJSON: String {
        replacingSteering { scalar in
            if scalar == "\n" || scalar == "\t" || scalar == "\r" { return nil }
            return UTF16.encode(scalar).map { units in
                units.map { unit in
                    let digits = String(unit, radix: 16)
                    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }.joined()
            } ?? "?"
        }
    }

    /// The defect that it has as a name, as the end of a sentence; nil for none.
    package var nameDefect: String? {
        if isEmpty { return "is empty" }
        guard let scalar = unicodeScalars.first(where: \.steersText) else { return nil }
        return
            "holds \(scalar.codePoint), a character that steers a terminal or turns text; "
            + "leave it out"
    }

    /// - Parameter replacement: The text in place of a scalar that steers; nil keeps the scalar.
    private func replacingSteering(_ replacement: (Unicode.Scalar) -> String?) -> String {
        // Nearly all text is plain, and stays what it is.
        guard unicodeScalars.contains(where: \.steersText) else { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.steersText, let replaced = replacement(scalar) {
                result.append(contentsOf: replaced.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}

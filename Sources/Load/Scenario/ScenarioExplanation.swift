/// The documentation of every field, made from the table that the parser reads.
package struct ScenarioExplanation: Hashable, Sendable, Codable {
    package struct Entry: Hashable, Sendable, Codable {
        package var name: String
        /// The kind of value that the field holds, with its unit.
        package var holds: String
        /// Nil: none, so that the field is needed or simply absent.
        package var fallback: String?
        package var meaning: String
        package var example: String

        private enum CodingKeys: String, CodingKey {
            case name, holds
            case fallback = "default"
            case meaning, example
        }
    }

    package struct Section: Hashable, Sendable, Codable {
        package var name: String
        package var meaning: String
        package var fields: [Entry]
    }

    package var sections: [Section]

    /// All sections and fields, in the order of the table.
    package init() {
        sections = SectionName.allCases.map { section in
            Section(
                name: section.rawValue, meaning: section.meaning,
                fields: ScenarioSchema.fields(section).map { field in
                    Entry(
                        name: field.key, holds: field.kind.words, fallback: field.fallback,
                        meaning: field.meaning, example: field.example)
                })
        }
    }

    /// As `legato check --explain --json` prints it.
    package func json() -> String { sortedJSON(self) }

    /// As `legato check --explain` prints it.
    package func text() -> String {
        var text = """
            A scenario is a YAML file. Quantities carry their unit: 4/s, 2 min, 500 ms, 80 %,
            512 tokens, 30 requests. Times may have several parts, 1m30s, or be hh:mm:ss, and
            m is a minute. Lengths and times may be laws:

                512 tokens    100..400 tokens    normal(mean 220, sd 40)
                lognormal(median 220, p90 900)   exponential(mean 8 s)
                and in parentheses also min and max: lognormal(median 220, p90 900, max 4000)

            Inside { braces } a law with a comma needs quotes.

            """
        for section in sections {
            text += "\n\(section.name)\n  \(section.meaning)\n\n"
            let width = (section.fields.map(\.name.count).max() ?? 0) + 2
            let margin = String(repeating: " ", count: width + 2)
            for field in section.fields {
                text += "  \(padded(field.name, width))\(field.meaning)\n"
                let fallback = field.fallback.map { "; default: \($0)" } ?? ""
                text += "\(margin)\(field.holds)\(fallback)\n"
                text += "\(margin)example  \(field.name): \(field.example)\n"
            }
        }
        return text
    }
}

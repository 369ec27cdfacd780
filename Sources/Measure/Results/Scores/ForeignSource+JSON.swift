package import ForeignResults
package import JSON

extension ForeignSource {
    /// The member `source`.
    package var json: JSONValue {
        [
            "tool": .string(tool.rawValue),
            "version": version.map(JSONValue.string) ?? .null,
            "label": label.map(JSONValue.string) ?? .null,
            "fidelity": .string(fidelity.name),
            "fidelity_words": .string(fidelity.sentence),
            "remarks": .array(
                remarks.map { ["name": .string($0.name), "words": .string($0.sentence)] }),
            "errors": .array(
                errors.map {
                    ["text": .string($0.text), "requests": .integer(Int64($0.count))]
                }),
        ]
    }
}

extension SummaryCheck {
    /// The member `summary_check`.
    package var json: JSONValue {
        func object(_ figure: Figure) -> JSONValue {
            [
                "name": .string(figure.name), "ours": .real(figure.ours),
                "printed": .real(figure.printed),
            ]
        }
        return [
            "agrees": .bool(differences.isEmpty), "compared": .integer(Int64(figures.count)),
            "differences": .array(differences.map(object)),
            "figures": .array(figures.map(object)),
        ]
    }
}

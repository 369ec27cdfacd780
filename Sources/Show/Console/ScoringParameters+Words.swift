package import Goodput
import PlainText

extension ScoringParameters {
    /// The parameters in a few words: a preset's name, or penalty and speed, or that the answer is
    /// taken whole.
    package var shortName: String {
        var plain = self
        plain.objectives = Objectives()
        if let preset = Preset.allCases.first(where: { $0.parameters == plain }) {
            return preset.rawValue
        }
        let kind = reads == .all ? penalty.kind : "answer, \(penalty.kind)"
        guard !takesAllAtOnce else { return "\(kind), whole" }
        return "\(kind) S=\(Figures.short(readingSpeed).trimmedZeros)"
    }
}

extension String {
    /// `5.00` as `5`.
    fileprivate var trimmedZeros: String {
        guard contains(".") else { return self }
        var text = self[...]
        while text.last == "0" { text = text.dropLast() }
        if text.last == "." { text = text.dropLast() }
        return String(text)
    }
}

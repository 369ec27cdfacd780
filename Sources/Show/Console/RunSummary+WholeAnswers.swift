import Goodput
import PlainText
package import Results
import RunRecord

extension RunSummary {
    /// The meaning of the figures of classes whose answers are taken whole, a sentence or two a
    /// reader.
    package var wholeAnswerSentences: [String] {
        let taken = zip(classes, classParameters).filter { part, each in
            each.parameters.takesAllAtOnce && part.totals.requests > 0
        }
        var readers: [ScoringParameters] = []
        for (_, each) in taken where !readers.contains(each.parameters) {
            readers.append(each.parameters)
        }
        return readers.map { reader in
            let names = taken.filter { $0.1.parameters == reader }.map(\.0.name)
            let whose =
                names.count == classes.count
                ? "Every answer is" : "Answers of \(names.joined(separator: ", ")) are"
            var cost = ""
            if case .fraction(let tau) = reader.penalty {
                cost = ", and \(Figures.span(tau * 1e9)) of it cost all its tokens"
            }
            return "\(whose) taken whole, by a tool or the next step: idle is all of a step's "
                + "wait, from scheduled to its last token\(cost). None is without idle time, so "
                + "that goodput, attainment and QoE count them as late."
        }
    }
}

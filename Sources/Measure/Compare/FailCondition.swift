import PlainText
package import Results

/// A condition that a comparison in a pipeline fails by, such as `smooth < -5 %`: a figure's
/// relative difference to the base.
package struct FailCondition: Hashable, Sendable {
    package enum Relation: String, Hashable, Sendable, CaseIterable {
        case below = "<"
        case above = ">"
    }

    /// As it was written.
    package let text: String
    package let figure: SummaryFigure
    package let relation: Relation
    /// A share of the base: −0.05 for -5 %.
    package let limit: Double

    /// How a comparison stands to the condition.
    package enum Outcome: Hashable, Sendable {
        case holds(relative: Double)
        /// The difference lies beyond the limit, and no difference is shown.
        case notShown(relative: Double)
        case doesNotHold
        /// Nobody can say: the figure is not there, or not compared.
        case unknown
    }

    /// A text that is no condition.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// - Throws: ``Problem``.
    package init(parsing text: String) throws(Problem) {
        func problem(_ what: String) -> Problem {
            Problem(description: "`\(text)` \(what); write for example 'smooth < -5 %'")
        }
        guard let place = text.firstIndex(where: { $0 == "<" || $0 == ">" }),
            let relation = Relation(rawValue: String(text[place]))
        else { throw problem("has no < and no >") }
        let name = text[..<place].trimmedBlanks
        do throws(UnknownFigure) {
            figure = try SummaryFigure(parsing: name)
        } catch {
            throw Problem(description: "`\(text)`: \(error)")
        }
        var number = text[text.index(after: place)...].trimmedBlanks
        guard number.last == "%" else {
            throw problem("ends without %: a difference is a share of the base")
        }
        number = number.dropLast().trimmedBlanks
        guard let value = Double(number), value.isFinite else {
            throw problem("has no number before its %")
        }
        self.text = text
        self.relation = relation
        limit = value / 100
    }

    /// How a system stands: ``Outcome/holds(relative:)`` only where the difference is beyond the
    /// limit and more than chance.
    package func outcome(_ rows: [ComparisonReport.Row]) -> Outcome {
        guard let row = rows.first(where: { $0.figure == figure }), let relative = row.relative
        else { return .unknown }
        let isBeyond = relation == .below ? relative < limit : relative > limit
        guard isBeyond else { return .doesNotHold }
        return row.judgement == .notShown
            ? .notShown(relative: relative) : .holds(relative: relative)
    }
}

extension Substring {
    /// Without blanks at its ends.
    fileprivate var trimmedBlanks: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

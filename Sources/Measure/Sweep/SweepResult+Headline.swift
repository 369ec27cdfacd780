import PlainText
import Results

extension SweepResult {
    /// The finding in one sentence, for a heading.
    package var headline: String {
        let peaks = curves.compactMap { curve -> (SweepResult.Curve, Double, Double)? in
            guard case .found(let load, let value, _)? = curve.peak else { return nil }
            return (curve, load, value)
        }
        if let best = peaks.max(by: { $0.2 < $1.2 }) {
            let name = best.0.settings.map(\.value).joined(separator: ", ")
            return "\(figure.words.capitalisedFirst) "
                + (figure.isBetterLow ? "is least" : "peaks") + " at \(words(of: best.1))"
                + (name.isEmpty ? "" : " with \(name)")
                + ": \(figure.text(figure.goodness(best.2)))"
        }
        if curves.contains(where: { $0.peak?.isFlat == true }) {
            return "\(figure.words.capitalisedFirst): no value of \(axisWords) shows a difference"
        }
        for curve in curves {
            if case .found(let load, _)? = curve.boundary {
                return "\(bound?.text ?? "The bound") holds up to \(words(of: load))"
            }
        }
        return "\(figure.words.capitalisedFirst) by load"
    }

    /// A load with its unit: `2.5/s`, `16 at once`, `engine.chunkBudget 512`.
    package func words(of load: Double) -> String { axis.words(of: load) }

    /// The axis over a column.
    package var axisHeading: String { axis.heading }

    /// The axis under a drawing.
    package var axisWords: String { axis.words }

    /// A load without its unit: `2.5`, `16`.
    package func number(_ load: Double) -> String { SweepAxis.number(load) }
}

extension SweepAxis {
    /// The axis over a column.
    package var heading: String {
        switch self {
        case .rate: "rate"
        case .concurrency: "at once"
        case .field(let path): path.split(separator: ".").last.map(String.init) ?? path
        }
    }

    /// The axis under a drawing.
    package var words: String {
        switch self {
        case .rate: "sessions a second"
        case .concurrency: "sessions at once"
        case .field(let path): path
        }
    }

    /// A load with its unit: `2.5/s`, `16 at once`, `engine.chunkBudget 512`.
    package func words(of load: Double) -> String {
        switch self {
        case .rate: Self.number(load) + "/s"
        case .concurrency: Self.number(load) + " at once"
        case .field(let path): "\(path) \(Self.number(load))"
        }
    }

    /// A load without its unit: `2.5`, `16`.
    package static func number(_ load: Double) -> String {
        load == load.rounded() && load < 1e6 ? Figures.fixed(load, 0) : load.description
    }
}

extension PeakSearch.Outcome {
    fileprivate var isFlat: Bool { if case .flat = self { true } else { false } }
}

extension String {
    /// With its first letter as at the begin of a sentence.
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

import Goodput
import PlainText

extension Gameability {
    /// The gains of a pace, of any delay, and of a hold of the first token, in two sentences.
    ///
    /// - Parameter showsGaps: Whether enough requests stand behind the 99th percentile of gaps.
    package func headline(showsGaps: Bool) -> String {
        "On this timeline \(pacing(showsGaps)); \(delaying).\(holding)"
    }

    /// The weight of idle time from which on dropping a request gains, one sentence a chosen speed.
    package var dropSentences: [String] {
        robustFor.filter { readingSpeeds.contains($0.readingSpeed) }.map { weight in
            let speed = "at \(Self.number(weight.readingSpeed)) tok/s"
            return weight.alpha.map {
                "No drop pays below alpha \(Figures.short($0)) \(speed), at the recorded interval."
            } ?? "No drop pays at any alpha \(speed), at the recorded interval."
        }
    }

    private func pacing(_ showsGaps: Bool) -> String {
        var gains: [String] = []
        if showsGaps, let recorded = gaps.recorded, let paced = gaps.paced,
            Double(paced) < recorded
        {
            gains.append("TBT p99 from \(Figures.span(recorded)) to \(Figures.span(paced))")
        }
        var rest = ""
        if classic.isBounded {
            let requests = Figures.count(requests, "request")
            if classic.paced > classic.recorded {
                gains.append(
                    "the classic count from \(classic.recorded) to \(classic.paced) of \(requests) "
                        + "(one theta, \(Figures.span(classic.theta)); \(classic.any) by any delay)"
                )
            } else {
                rest =
                    " and the classic count stays at \(classic.recorded) of \(requests) "
                    + "(\(classic.any) by any delay)"
            }
        }
        guard showsGaps || !gains.isEmpty else {
            return "too few requests stand behind TBT p99 to say what pacing alone would make of it"
                + rest
        }
        return gains.isEmpty
            ? "pacing alone would have gained nothing\(rest)"
            : "pacing alone would have taken \(gains.joined(separator: " and "))\(rest)"
    }

    private var delaying: String {
        guard let recorded = smooth.recorded, let any = smooth.any else {
            return "smooth goodput has no rate over an interval of 0"
        }
        let gain = any > recorded ? "\(Figures.rate(any - recorded)) tok/s" : "0"
        return "smooth goodput gains \(gain) by any delay"
    }

    private var holding: String {
        guard let hold = firstTokenHold, let recorded = hold.recorded, let rate = hold.rate,
            rate > recorded
        else { return "" }
        return " If deadlines counted from the first token, holding it \(Figures.span(hold.hold)) "
            + "would have raised smooth goodput from \(Figures.rate(recorded)) to "
            + "\(Figures.rate(rate)) tok/s."
    }

    /// `20`, `2.5`.
    private static func number(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

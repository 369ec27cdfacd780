import PlainText

extension Comparison {
    /// `A 1.31 times B's TTFT, +31 % (+24..+38 %)`, or
    /// `no difference shown: smooth goodput -0.4 % (-3.1..+2.3 %), same plan, paired`.
    ///
    /// - Parameters:
    ///   - figure: Its name in a sentence.
    ///   - names: Those of A and of the base.
    package func sentence(of figure: String, names: (a: String, b: String)) -> String {
        guard isShown else {
            return "no difference shown: \(figure) \(size), \(way)"
        }
        guard let relative else {
            return "\(names.a) differs from \(names.b) in \(figure), \(size)"
        }
        // Between figures of unlike sign there is no ratio.
        let verb =
            relative > -1 && base > 0
            ? "\(Figures.fixed(1 + relative, 2)) times \(names.b)'s \(figure)"
            : "against \(names.b)'s \(figure)"
        return "\(names.a) \(verb), \(size)"
    }

    /// A remark on an interval that holds less than people think; nil where several runs were made.
    package var remark: String? {
        switch pairing {
        case .paired, .independent:
            "one run each: what differs between runs is not in this interval; repeat both 3 times"
        case .seeds, .welch: nil
        }
    }

    /// Why a side without an interval is not compared.
    package static func refusal(
        of figure: String, _ reason: NoInterval, _ steady: SteadyState
    ) -> String {
        "not compared: " + SamplingText.reason(reason, of: figure, steady)
    }

    private var way: String {
        switch pairing {
        case .paired: "same plan, paired"
        case .independent: "other plans, independent"
        case .seeds: "\(runs.a) runs each, same seeds"
        case .welch: "\(runs.a) and \(runs.b) runs"
        }
    }

    /// `-0.4 % (-3.1..+2.3 %)`; without a base the difference itself.
    private var size: String {
        guard let relative, base != 0 else {
            return "\(Self.signed(difference, 2)) (\(Self.signed(low, 2))..\(Self.signed(high, 2)))"
        }
        let shares = [relative, low / base.magnitude, high / base.magnitude].map { $0 * 100 }
        let digits = shares.contains { $0.magnitude >= 9.95 } ? 0 : 1
        let texts = shares.map { Self.signed($0, digits) }
        return "\(texts[0]) % (\(texts[1])..\(texts[2]) %)"
    }

    private static func signed(_ value: Double, _ digits: Int) -> String {
        let text = Figures.fixed(value, digits)
        return text.hasPrefix("-") ? text : "+" + text
    }
}

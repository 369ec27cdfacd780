import PlainText

/// Figures as the page writes them: unbroken, with a true minus, at most four digits.
enum PageFigures {
    /// Tokens a second and other amounts: three digits, four from 1000 on.
    static func amount(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        return typeset(value == 0 ? "0" : Figures.short(value))
    }

    /// An amount that may be far below 1.
    static func small(_ value: Double) -> String {
        value < 0.1 ? typeset(Figures.fixed(value, value < 0.01 ? 4 : 3)) : amount(value)
    }

    /// A rate with two digits after the point, for the one figure that is quoted.
    static func exact(_ value: Double?) -> String {
        value.map { typeset(Figures.fixed($0, 2)) } ?? "-"
    }

    static func span(_ ns: Double?) -> String { typeset(Figures.span(ns)) }

    static func span(_ ns: Int64?) -> String { typeset(Figures.span(ns)) }

    /// A bound as a user would give it: `1 s`, `50 ms`.
    static func bound(_ ns: Int64) -> String {
        for (unit, name) in [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")]
        where ns > 0 && ns % Int64(unit) == 0 {
            return typeset("\(ns / Int64(unit)) \(name)")
        }
        return span(ns)
    }

    /// Whole from 10 % up but for what is nearly all, one digit after the point from 1 %, else two.
    static func percent(_ share: Double?) -> String {
        guard let share, share.isFinite else { return "-" }
        return typeset(Figures.roughPercent(share))
    }

    /// `m:ss` since the run's begin.
    static func clock(_ seconds: Double) -> String {
        let text = Figures.clock(seconds: Int64(seconds))
        return text.hasPrefix("0") ? String(text.dropFirst()) : text
    }

    /// A figure that was written for a terminal, unbroken and with a true minus.
    static func typeset(_ text: String) -> String {
        var text = text.replacing(" us", with: " µs").replacing(" ", with: "\u{A0}")
        if text.hasPrefix("-"), text.count > 1 { text = "\u{2212}" + text.dropFirst() }
        return text
    }
}

import TimeBase

extension TimeSpan {
    /// "2 min", "90 s", "1.5 s", "400 ms".
    var words: String {
        let milliseconds = ns / 1_000_000
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        if seconds == 0, rest > 0 { return "\(rest) ms" }
        guard rest == 0 else { return "\(self.seconds) s" }
        return seconds >= 120 && seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }

    /// Whole seconds, rounded down: of something that goes on.
    var wholeSeconds: String { TimeSpan.seconds(ns / 1_000_000_000).words }
}

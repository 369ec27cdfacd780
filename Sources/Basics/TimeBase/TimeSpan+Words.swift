extension TimeSpan {
    /// The span as people say it, digits below a millisecond dropped: "400 ms", "1.5 s", "90 s",
    /// "2 min", "4 min 30 s". Minutes begin at two, since limits are set as "60 s" and "90 s".
    package var words: String {
        let sign = ns <= -1_000_000 ? "-" : ""
        let milliseconds = ns.magnitude / 1_000_000
        if (1..<1_000).contains(milliseconds) { return "\(sign)\(milliseconds) ms" }
        let (minutes, rest) =
            milliseconds < 120_000
            ? (0, milliseconds) : milliseconds.quotientAndRemainder(dividingBy: 60_000)
        let seconds = rest % 1_000 == 0 ? "\(rest / 1_000)" : "\(Double(rest) / 1_000)"
        if minutes == 0 { return "\(sign)\(seconds) s" }
        return "\(sign)\(minutes) min" + (rest == 0 ? "" : " \(seconds) s")
    }

    /// The span's whole seconds as ``words``, the rest dropped, none below 0: of something that
    /// goes on, or is waited for.
    package var wholeSeconds: String { TimeSpan.seconds(max(0, ns) / 1_000_000_000).words }
}

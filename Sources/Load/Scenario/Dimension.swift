/// The quantity that a number with a unit measures.
package enum Dimension: Hashable, Sendable, CaseIterable {
    /// ns in a plan, seconds in a law.
    case span
    /// Arrivals per second.
    case rate
    /// Tokens per second, as a reader takes them in.
    case speed
    /// Per cent.
    case share
    case tokens
    case requests
    case bytes

    /// A unit as errors and documents write it, what else it is called, and how many base units
    /// (seconds, per second, per cent, tokens, requests, bytes) it is.
    struct Unit: Hashable, Sendable {
        var name: String
        var spellings: [String]
        var factor: Double

        init(_ name: String, _ factor: Double, _ spellings: [String] = []) {
            self.name = name
            self.factor = factor
            self.spellings = spellings
        }
    }

    var units: [Unit] {
        switch self {
        case .span: Self.spans
        case .rate:
            Self.frequencies(of: ["req", "reqs", "request", "requests", "session", "sessions"])
                + [Unit("rps", 1, ["qps", "Hz", "hz"])]
        case .speed: Self.frequencies(of: ["tok", "toks", "token", "tokens"]) + [Unit("tps", 1)]
        case .share: [Unit("%", 1, ["percent", "pct"])]
        case .tokens: [Unit("tokens", 1, ["token", "tok", "toks"])]
        case .requests: [Unit("requests", 1, ["request", "req", "reqs"])]
        case .bytes: Self.sizes
        }
    }

    /// The unit that `text` names: as it stands, else, for words and sizes, in any case of letters
    /// where that is one unit. Short signs of time are taken as they stand alone: M is no minute,
    /// and Ms no millisecond. Blanks around a slash or a `per` do not count: `req / s` is `req/s`.
    func unit(named text: String) -> Unit? {
        guard let wanted = Self.joined(text) else { return nil }
        if let exact = units.first(where: { $0.isCalled(wanted) { $0 } }) { return exact }
        let sign = wanted.split(separator: "/").last ?? ""
        guard !measuresTime || sign.count > 2 else { return nil }
        return unit(nearlyNamed: wanted)
    }

    /// The one unit that `text` names in some case of letters.
    func unit(nearlyNamed text: String) -> Unit? {
        guard let wanted = Self.joined(text) else { return nil }
        let alike = units.filter { $0.isCalled(wanted) { $0.lowercased() } }
        return alike.count == 1 ? alike[0] : nil
    }

    private static func joined(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace)
        let isJoined = words.count <= 1 || text.contains("/") || words.contains("per")
        return isJoined ? words.joined() : nil
    }

    private var measuresTime: Bool {
        switch self {
        case .span, .rate, .speed: true
        case .share, .tokens, .requests, .bytes: false
        }
    }

    /// Another dimension that has the unit `text`.
    static func owning(unit text: String) -> Dimension? {
        allCases.first { $0.unit(named: text) != nil }
    }

    /// Names of units for errors, the usual ones alone.
    var unitNames: [String] { units.map(\.name).filter { $0 != "rps" && $0 != "tps" } }

    /// An example that an error can show.
    var example: String {
        switch self {
        case .span: "500 ms"
        case .rate: "4/s"
        case .speed: "20/s"
        case .share: "80 %"
        case .tokens: "512 tokens"
        case .requests: "30 requests"
        case .bytes: "4 GiB"
        }
    }

    /// The dimension as a thing, for errors.
    var noun: String {
        switch self {
        case .span: "a time"
        case .rate: "a rate"
        case .speed: "a reading speed"
        case .share: "a share"
        case .tokens: "a number of tokens"
        case .requests: "a number of requests"
        case .bytes: "a size"
        }
    }

    private static let spans = [
        Unit("ns", 1e-9, ["nsec", "nsecs", "nanosecond", "nanoseconds"]),
        // Two signs look like a micro sign: U+00B5 and the Greek letter, U+03BC.
        Unit("us", 1e-6, ["\u{b5}s", "\u{3bc}s", "usec", "usecs", "microsecond", "microseconds"]),
        Unit("ms", 1e-3, ["msec", "msecs", "millisecond", "milliseconds"]),
        Unit("s", 1, ["sec", "secs", "second", "seconds"]),
        Unit("min", 60, ["m", "mins", "minute", "minutes"]),
        Unit("h", 3600, ["hr", "hrs", "hour", "hours"]),
        Unit("d", 86_400, ["day", "days"]),
    ]

    private static let sizes = [
        Unit("B", 1, ["byte", "bytes"]), Unit("kB", 1e3), Unit("MB", 1e6), Unit("GB", 1e9),
        Unit("TB", 1e12), Unit("KiB", 1_024, ["Ki"]), Unit("MiB", 1_048_576, ["Mi"]),
        Unit("GiB", 1_073_741_824, ["Gi"]), Unit("TiB", 1_099_511_627_776, ["Ti"]),
    ]

    /// `/s`, `/min` and `/h`, each also with what is counted before it and with `per`.
    private static func frequencies(of words: [String]) -> [Unit] {
        let times: [(name: String, factor: Double, others: [String])] = [
            ("s", 1, ["sec", "second"]), ("min", 1 / 60, ["m", "minute"]),
            ("h", 1 / 3600, ["hr", "hour"]),
        ]
        return times.map { time in
            let spellings = (words + [""]).flatMap { word in
                ([time.name] + time.others).flatMap { ["\(word)/\($0)", "\(word)per\($0)"] }
            }
            return Unit("/\(time.name)", time.factor, spellings)
        }
    }
}

extension Dimension.Unit {
    /// Whether `text` is the name or a spelling, both seen through `fold`.
    fileprivate func isCalled(_ text: String, by fold: (String) -> String) -> Bool {
        let wanted = fold(text)
        return fold(name) == wanted
            || spellings.contains { fold($0) == wanted }
    }
}

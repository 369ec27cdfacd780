/// What a number with a unit measures.
enum Dimension: Hashable, Sendable {
    /// ns in a plan, seconds in a law.
    case span
    /// Per second.
    case rate
    /// Per cent.
    case share
    case tokens
    case requests

    /// Units and how many base units (seconds, per second, per cent, tokens, requests) each is.
    var units: [(name: String, factor: Double)] {
        switch self {
        case .span:
            [
                ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60),
                ("h", 3600),
            ]
        case .rate: [("/s", 1), ("/min", 1 / 60), ("/h", 1 / 3600)]
        case .share: [("%", 1)]
        case .tokens: [("tokens", 1), ("token", 1)]
        case .requests: [("requests", 1), ("request", 1)]
        }
    }

    /// An example that an error can show.
    var example: String {
        switch self {
        case .span: "500 ms"
        case .rate: "4/s"
        case .share: "80 %"
        case .tokens: "512 tokens"
        case .requests: "30 requests"
        }
    }
}

/// Why a text is no quantity, as a sentence.
struct QuantityError: Error {
    var message: String
}

/// Numbers with units as users write them.
enum Quantity {
    /// The value in base units: "2 min" is 120, "4/s" is 4, "80 %" is 80.
    static func parse(_ text: String, _ dimension: Dimension) throws(QuantityError) -> Double {
        let (number, unit) = try split(text, example: dimension.example)
        let units = dimension.units
        guard !unit.isEmpty else {
            throw QuantityError(
                message: "`\(text)` has no unit; write for example `\(dimension.example)`")
        }
        guard let factor = units.first(where: { $0.name == unit })?.factor else {
            let names = units.map(\.name)
            let hint =
                nearestName(to: unit, among: names).map { "; did you mean `\($0)`?" }
                ?? "; write one of \(names.joined(separator: ", "))"
            throw QuantityError(message: "`\(text)` has the unknown unit `\(unit)`\(hint)")
        }
        return number * factor
    }

    /// A number without a unit.
    static func number(_ text: String) throws(QuantityError) -> Double {
        let (number, unit) = try split(text, example: "1")
        guard unit.isEmpty else {
            throw QuantityError(message: "`\(text)` needs no unit; write the number alone")
        }
        return number
    }

    /// "a..b" as its two ends; nil when there is no "..". A unit after the second end alone serves
    /// both.
    static func range(
        _ text: String, _ parse: (String) throws(QuantityError) -> Double
    ) throws(QuantityError) -> (low: Double, high: Double)? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        let first = trimmed(text[..<dots.lowerBound])
        let second = trimmed(text[dots.upperBound...])
        let high = try parse(second)
        let unit = second.drop { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        let isBare = first.allSatisfy { $0.isNumber || $0 == "." } && !first.isEmpty
        return (try parse(isBare ? first + unit : first), high)
    }

    private static func split(
        _ text: String, example: String
    ) throws(QuantityError) -> (number: Double, unit: String) {
        let whole = trimmed(text[...])
        let digits = whole.prefix { "0123456789.eE+-_".contains($0) }
        // "5e" of a unit that begins with e would not parse: there is none.
        guard let number = Double(digits.replacing("_", with: "")), number.isFinite else {
            throw QuantityError(message: "`\(text)` is no number; write for example `\(example)`")
        }
        return (number, trimmed(whole[digits.endIndex...]))
    }

    static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

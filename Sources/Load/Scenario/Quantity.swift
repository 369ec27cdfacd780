/// Why a text is no quantity, as a sentence.
package struct QuantityError: Error, Hashable, Sendable {
    package var message: String

    package init(message: String) { self.message = message }
}

/// Numbers with units as users write them, in scenarios and in options.
package enum Quantity {
    /// The longest span that is taken: ten years, in seconds.
    static let longestSpan = 315_576_000.0

    /// The value in base units: "2 min" is 120, "4/s" is 4, "80 %" is 80; times also as several
    /// parts ("1m30s", "2 min 30 s") and as "hh:mm:ss". Finite; it may be negative.
    ///
    /// - Throws: ``QuantityError`` where there is no number, no unit, or one of something else.
    package static func parse(
        _ text: String, _ dimension: Dimension
    ) throws(QuantityError) -> Double {
        let whole = trimmed(text[...])
        if dimension == .span, whole.contains(":") { return try clock(whole) }
        var pieces = Pieces(whole, dimension)
        let first = try pieces.next()
        var (value, last) = (first.value, first.unit)
        while dimension == .span, !pieces.isAtEnd {
            let piece = try pieces.next()
            guard piece.isUnsigned, piece.unit.factor < last.factor else {
                throw QuantityError(
                    message: "`\(whole)` does not go from the larger unit to the smaller; write it "
                        + "like `1h30m` or `2 min 30 s`")
            }
            value += first.value.sign == .minus ? -piece.value : piece.value
            last = piece.unit
        }
        guard pieces.isAtEnd, value.isFinite else {
            throw QuantityError(
                message: value.isFinite
                    ? "`\(whole)` is more than one quantity; write for example "
                        + "`\(dimension.example)`"
                    : "`\(whole)` is too large")
        }
        return value
    }

    /// A number without a unit; finite.
    package static func number(_ text: String) throws(QuantityError) -> Double {
        let whole = trimmed(text[...])
        guard let (number, rest) = leadingNumber(whole[...]) else {
            throw QuantityError(message: "`\(text)` is no number; write for example `1`")
        }
        guard rest.isEmpty else {
            throw QuantityError(message: "`\(text)` needs no unit; write the number alone")
        }
        return number
    }

    /// A span in ns, rounded, from 0 to ten years.
    package static func nanoseconds(_ text: String) throws(QuantityError) -> Int64 {
        let seconds = try parse(text, .span)
        guard seconds >= 0 else { throw QuantityError(message: "`\(text)` is negative") }
        guard seconds <= longestSpan else {
            throw QuantityError(message: "`\(text)` is longer than ten years")
        }
        return Int64((seconds * 1e9).rounded())
    }

    /// Whether `text` is a number without a unit.
    static func isNumber(_ text: String) -> Bool {
        leadingNumber(trimmed(text[...])[...])?.rest.isEmpty == true
    }

    /// Whether `text` begins with a number below 0.
    static func isNegative(_ text: String) -> Bool {
        leadingNumber(trimmed(text[...])[...]).map { $0.value < 0 } ?? false
    }

    /// The first of `dimensions` that `text` is a quantity of.
    static func dimension(of text: String, among dimensions: [Dimension]) -> Dimension? {
        dimensions.first { dimension in
            do {
                _ = try parse(text, dimension)
                return true
            } catch {
                return false  // the question is whether there is an error, not which
            }
        }
    }

    /// `text`, and where it is a number alone, or a range of two, with `unit` behind it: what an
    /// option takes that other tools have without a unit.
    package static func text(_ text: String, bareUnit unit: String) -> String {
        let whole = trimmed(text[...])
        let ends = whole.firstRange(of: "..").map {
            [whole[..<$0.lowerBound], whole[$0.upperBound...]]
        }
        let isBare = (ends ?? [whole[...]]).allSatisfy { isNumber(String($0)) }
        return isBare ? whole + unit : whole
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
        let unit = leadingNumber(second[...]).map { String($0.rest) } ?? ""
        // A time of several parts has no one unit that could serve the first end.
        let isOne = !unit.contains { $0.isNumber || $0 == ":" }
        return (try parse(isNumber(first) && isOne ? first + unit : first), high)
    }

    /// Without blanks of any kind at its ends: documents are copied with no-break spaces.
    static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// The decimal number that `text` begins with, and what follows; nil where it begins with none
    /// or with one beyond any finite value. Digits may be grouped by single underscores.
    static func leadingNumber(_ text: Substring) -> (value: Double, rest: Substring)? {
        var rest = text
        var digits = ""
        func take(_ isWanted: (Character) -> Bool) {
            while let next = rest.first, isWanted(next) {
                digits.append(next)
                rest.removeFirst()
            }
        }
        func takeDigits() {
            take { ("0"..."9").contains($0) }
            while rest.first == "_", digits.last != ".",
                rest.dropFirst().first.map({ ("0"..."9").contains($0) }) == true
            {
                rest.removeFirst()
                take { ("0"..."9").contains($0) }
            }
        }
        if let sign = rest.first, sign == "-" || sign == "+" {
            digits.append(sign)
            rest.removeFirst()
        }
        takeDigits()
        if rest.first == ".", !rest.hasPrefix("..") {
            digits.append(rest.removeFirst())
            takeDigits()
        }
        if let mark = rest.first, mark == "e" || mark == "E" {
            // An exponent has digits; an `e` without them begins a unit.
            let power = rest.dropFirst()
            let signed = power.first == "-" || power.first == "+" ? power.dropFirst() : power
            if let digit = signed.first, ("0"..."9").contains(digit) {
                digits.append("e")
                digits += power[..<signed.startIndex]
                rest = signed
                take { ("0"..."9").contains($0) }
            }
        }
        guard let value = Double(digits), value.isFinite else { return nil }
        return (value, rest)
    }

    /// "hh:mm:ss", with a fraction of a second where one is written.
    private static func clock(_ text: String) throws(QuantityError) -> Double {
        if let match = text.wholeMatch(of: /([0-9]{1,9}):([0-5][0-9]):([0-5][0-9](\.[0-9]+)?)/),
            let hours = Double(match.1), let minutes = Double(match.2),
            let seconds = Double(match.3)
        {
            return hours * 3600 + minutes * 60 + seconds
        }
        if text.wholeMatch(of: /[0-9]+:[0-9]{2}/) != nil {
            throw QuantityError(
                message: "`\(text)` may be hours or minutes; write hh:mm:ss, such as `00:01:30`")
        }
        throw QuantityError(
            message: "`\(text)` is no time of the form hh:mm:ss, such as `00:01:30`")
    }
}

/// The numbers of a quantity with their units, one after the other.
private struct Pieces {
    private let whole: String
    private let dimension: Dimension
    private var rest: Substring
    private var isFirst = true

    init(_ whole: String, _ dimension: Dimension) {
        self.whole = whole
        self.dimension = dimension
        rest = whole[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next number in base units, and its unit.
    mutating func next() throws(QuantityError) -> (
        value: Double, unit: Dimension.Unit, isUnsigned: Bool
    ) {
        let isUnsigned = rest.first != "-" && rest.first != "+"
        guard let (number, after) = Quantity.leadingNumber(rest) else {
            throw QuantityError(
                message: "`\(whole)` is no number; write for example `\(dimension.example)`")
        }
        let end = after.firstIndex { $0.isASCII && $0.isNumber } ?? after.endIndex
        let name = Quantity.trimmed(after[..<end])
        rest = after[end...]
        guard !name.isEmpty else {
            let lack = isFirst ? "no unit" : "no unit behind its last number"
            throw QuantityError(
                message: "`\(whole)` has \(lack); write for example `\(dimension.example)`")
        }
        isFirst = false
        guard let unit = dimension.unit(named: name) else { throw unknown(name) }
        return (number * unit.factor, unit, isUnsigned)
    }

    private func unknown(_ name: String) -> QuantityError {
        let names = dimension.unitNames
        let list = "write one of \(names.joined(separator: ", "))"
        if let meant = dimension.unit(nearlyNamed: name) {
            return QuantityError(
                message: "`\(whole)` has the unknown unit `\(name)`; units are written as they "
                    + "stand, `\(meant.name)`")
        }
        if let other = Dimension.owning(unit: name) {
            return QuantityError(
                message: "`\(whole)` is \(other.noun), and \(dimension.noun) is needed; "
                    + "write for example `\(dimension.example)`")
        }
        let spellings = dimension.units.flatMap { [$0.name] + $0.spellings }
        let nearest = nearestName(to: name, among: spellings).flatMap(dimension.unit(named:))
        let hint = nearest.map { "did you mean `\($0.name)`?" } ?? list
        return QuantityError(message: "`\(whole)` has the unknown unit `\(name)`; \(hint)")
    }
}

/// Numbers of traces, read exactly.
enum TraceNumber {
    /// Largest time of a trace, in seconds: about 100 years.
    static let spanLimit = 3_155_760_000.0

    /// A decimal number of units of 10^`digits` ns (9: seconds, 6: milliseconds) as ns; digits
    /// below a nanosecond are dropped, an exponent goes through a double. Nil for anything else,
    /// negative numbers and those beyond ``spanLimit``.
    static func nanoseconds(_ text: ArraySlice<UInt8>, _ digits: Int) -> Int64? {
        var value: Int64 = 0
        var fraction: Int?
        var seen = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                seen = true
                if let decimals = fraction {
                    if decimals >= digits { continue }
                    fraction = decimals + 1
                }
                let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, again) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
                if overflow || again { return nil }
                value = sum
            case UInt8(ascii: ".") where fraction == nil: fraction = 0
            case UInt8(ascii: "e"), UInt8(ascii: "E"): return exponent(text, digits)
            default: return nil
            }
        }
        guard seen else { return nil }
        for _ in (fraction ?? 0)..<digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = tens
        }
        return Double(value) <= spanLimit * 1e9 ? value : nil
    }

    private static func exponent(_ text: ArraySlice<UInt8>, _ digits: Int) -> Int64? {
        guard let number = Double(String(decoding: text, as: UTF8.self)), number >= 0 else {
            return nil
        }
        var ns = number
        for _ in 0..<digits { ns *= 10 }
        return ns <= spanLimit * 1e9 ? Int64(ns) : nil
    }

    /// A whole number with an exponent; nil for anything else.
    private static func exponential(_ text: ArraySlice<UInt8>) -> UInt32? {
        guard text.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }),
            let number = Double(String(decoding: text, as: UTF8.self)),
            number >= 0, number <= Double(TokenLength.limit)
        else { return nil }
        return UInt32(exactly: number)
    }

    /// Whether a decimal number has digits other than 0 behind its point.
    static func hasFraction(_ text: ArraySlice<UInt8>) -> Bool {
        guard let point = text.firstIndex(of: UInt8(ascii: ".")) else { return false }
        return text[(point + 1)...].contains {
            (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0)
        }
    }

    /// A count of tokens, perhaps 0; "12.0" and "1.2e1" count as 12, as data frames write it.
    static func tokens(_ text: ArraySlice<UInt8>) -> UInt32? {
        if text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return exponential(text) }
        var value: UInt32 = 0
        var seen = false
        var rest = text
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            seen = true
            value = value * 10 + UInt32(byte - UInt8(ascii: "0"))
            if value > TokenLength.limit { return nil }
            rest.removeFirst()
        }
        if seen, rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            while rest.first == UInt8(ascii: "0") { rest.removeFirst() }
        }
        return seen && rest.isEmpty ? value : nil
    }
}

/// Civil times of traces: `YYYY-MM-DD HH:MM:SS`, up to 9 fractional digits, and perhaps a zone.
enum CivilTime {
    /// Ns after 1970-01-01 00:00 of the text's own zone offset, or of no zone. Nil when the text is
    /// no civil time or its date does not exist.
    static func nanoseconds(_ text: ArraySlice<UInt8>) -> Int64? {
        var rest = text
        guard let year = number(&rest, 4), take(&rest, "-"), let month = number(&rest, 2),
            take(&rest, "-"), let day = number(&rest, 2), take(&rest, " ") || take(&rest, "T"),
            let hour = number(&rest, 2), take(&rest, ":"), let minute = number(&rest, 2),
            take(&rest, ":"), let second = number(&rest, 2)
        else { return nil }
        guard (2000...2099).contains(year), (1...12).contains(month), day >= 1,
            day <= daysIn(month, year), hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(&rest, ".") {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            fraction = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
            for _ in digits.count..<9 { fraction *= 10 }
            rest = rest[digits.endIndex...]
        }
        guard let offset = zone(&rest), rest.isEmpty else { return nil }
        let seconds =
            Int64(days(year, month, day)) * 86_400 + Int64(hour * 3_600 + minute * 60)
            + Int64(second) - offset
        return seconds * 1_000_000_000 + fraction
    }

    /// Days after 1970-01-01 in the Gregorian calendar, for years from 1970 on.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years that begin in March put the leap day at their end.
        let y = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * y + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
    }

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Seconds east of UTC: nothing, Z, or +HH:MM; nil for anything else.
    private static func zone(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        if rest.isEmpty || take(&rest, "Z") { return 0 }
        let sign: Int64
        if take(&rest, "+") { sign = 1 } else if take(&rest, "-") { sign = -1 } else { return nil }
        guard let hours = number(&rest, 2) else { return nil }
        _ = take(&rest, ":")
        guard let minutes = number(&rest, 2), hours < 24, minutes < 60 else { return nil }
        return sign * Int64(hours * 3_600 + minutes * 60)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            rest.removeFirst()
        }
        return value
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}

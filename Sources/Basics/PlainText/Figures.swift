import Glibc

/// Numbers as people read them: three significant digits, the unit beside them.
package enum Figures {
    /// `value` with `digits` digits after the point, ties away from zero.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e15 else { return value.description }
        var text = String(Int64(scaled))
        if text.count <= digits {
            text = String(repeating: "0", count: digits + 1 - text.count) + text
        }
        if digits > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -digits)) }
        return value < 0 && scaled > 0 ? "-" + text : text
    }

    /// `value` with three significant digits at least, and no digit after the point from 100 on.
    package static func short(_ value: Double) -> String {
        // Rounding may carry a figure into the next width: 9.995 is 10.0, not 9.99 or 10.00.
        switch value.magnitude {
        case ..<9.995: fixed(value, 2)
        case ..<99.95: fixed(value, 1)
        default: fixed(value, 0)
        }
    }

    /// A number that a user chose, of any size: ``short(_:)`` where that is read at a glance, else
    /// `1e+300`.
    package static func weight(_ value: Double) -> String {
        let isPlain = value == 0 || (0.01..<1e6).contains(value.magnitude)
        return isPlain ? short(value) : value.description
    }

    /// A span of `ns` nanoseconds, such as `61 us`, `21.4 ms`, `2.31 s`; a dash for nil.
    package static func span(_ ns: Double?) -> String {
        guard let ns, ns.isFinite else { return "-" }
        switch ns.magnitude {
        case 0: return "0 s"
        case ..<999.5: return "\(fixed(ns, 0)) ns"
        case ..<999_500: return "\(short(ns / 1e3)) us"
        case ..<999_500_000: return "\(short(ns / 1e6)) ms"
        case ..<6e11: return "\(short(ns / 1e9)) s"
        default: return "\(short(ns / 6e10)) min"
        }
    }

    /// A span of `ns` nanoseconds; a dash for nil.
    package static func span(_ ns: Int64?) -> String { span(ns.map(Double.init)) }

    /// A rate with one digit after the point; a dash for nil.
    package static func rate(_ value: Double?) -> String { value.map { fixed($0, 1) } ?? "-" }

    /// A figure and the interval around it, with the same digits: one after the point, and two
    /// where one would make the interval look far wider than it is. The ends are rounded outwards,
    /// so that what is printed holds what was computed.
    package static func interval(
        _ value: Double, _ low: Double, _ high: Double
    ) -> (value: String, interval: String) {
        let digits = high - low < 0.05 ? 2 : 1
        let scale = digits == 1 ? 10.0 : 100.0
        let ends = [(low * scale).rounded(.down), (high * scale).rounded(.up)].map {
            fixed($0 / scale, digits)
        }
        return (fixed(value, digits), "[\(ends[0]), \(ends[1])]")
    }

    /// A share as a percentage; a dash for nil.
    package static func percent(_ share: Double?) -> String {
        share.map { fixed($0 * 100, 1) + " %" } ?? "-"
    }

    /// A share as a percentage of two or three digits: whole from 10 % up but for what is nearly
    /// all, one digit after the point from 1 %, else two.
    package static func roughPercent(_ share: Double) -> String {
        let digits =
            switch share.magnitude {
            case 0, 0.0995..<0.995, 0.9995...: 0
            case ..<0.00995: 2
            default: 1
            }
        return fixed(share * 100, digits) + " %"
    }

    /// `mm:ss`, or `h:mm:ss` from an hour on.
    package static func clock(seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let whole = max(0, seconds)
        let tail = "\(two(whole / 60 % 60)):\(two(whole % 60))"
        return whole < 3600 ? tail : "\(whole / 3600):\(tail)"
    }

    /// `utc` seconds of Unix time as `2026-11-22T1204`.
    package static func minute(utc: Int64) -> String {
        var seconds = time_t(utc)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour))\(two(parts.tm_min))"
    }

    /// `utc` seconds of Unix time as `20261122-120450`.
    package static func second(utc: Int64) -> String {
        var seconds = time_t(utc)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))-"
            + "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
    }

    /// ns of Unix time as ISO 8601 in UTC: `2026-11-22T12:04:50.123456Z`.
    package static func instant(unixNs: Int64) -> String {
        let (second, rest) = (unixNs / 1_000_000_000, unixNs % 1_000_000_000)
        let day = minute(utc: second)
        let clock = Self.second(utc: second).suffix(2)
        let fraction = String(rest / 1_000 + 1_000_000).dropFirst()
        return "\(day.dropLast(2)):\(day.suffix(2)):\(clock).\(fraction)Z"
    }

    /// `1 request`, `2 requests`.
    ///
    /// - Parameter plural: The plural of a noun that takes more than an s.
    package static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
    }

    /// The values as bars of eight heights, the highest a full one; nothing below 0.
    package static func sparkline(_ values: [Double]) -> String {
        let bars = Array("▁▂▃▄▅▆▇█")
        let top = values.max() ?? 0
        return String(
            values.map { value in
                guard top > 0, value > 0 else { return bars[0] }
                return bars[min(7, Int(value / top * 7.999))]
            })
    }
}

/// Reads the Retry-After field (RFC 9110, section 10.2.3).
package enum RetryAfter {
    /// The delay in seconds: the number itself, or the date minus the response's own Date; nil for
    /// anything else. A date in the past is 0.
    package static func seconds(_ value: String, date: String?) -> UInt32? {
        let digits = value.utf8
        if !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return UInt32(value) ?? .max
        }
        guard let until = unixSeconds(value), let now = date.flatMap(unixSeconds) else {
            return nil
        }
        return UInt32(clamping: until - now)
    }

    /// Seconds since 1970 of `Sun, 22 Nov 2026 09:56:18 GMT` (RFC 9110, section 5.6.7).
    static func unixSeconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]),
            (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        let days = daysSince1970(year: year, month: Int64(month) + 1, day: day)
        return days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days of the proleptic Gregorian calendar, counted from years that begin in March so that the
    /// leap day is the last.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = (month + 9) % 12
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (marchMonth * 306 + 5) / 10 + day - 1 - 719_468
    }
}

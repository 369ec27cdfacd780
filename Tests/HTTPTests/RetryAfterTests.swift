import Testing

@testable import HTTP

@Suite struct RetryAfterTests {
    /// Seconds since 1970, as `date -u -d ... +%s` gives them: month ends, leap days, and centuries
    /// with and without one.
    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0 as Int64),
        ("Sun, 31 Jan 2027 23:59:59 GMT", 1_801_439_999),
        ("Mon, 01 Feb 2027 00:00:00 GMT", 1_801_440_000),
        ("Sun, 28 Feb 2027 23:59:59 GMT", 1_803_859_199),
        ("Mon, 01 Mar 2027 00:00:00 GMT", 1_803_859_200),
        ("Tue, 29 Feb 2028 12:00:00 GMT", 1_835_438_400),
        ("Wed, 01 Mar 2028 00:00:00 GMT", 1_835_481_600),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ("Fri, 31 Dec 2027 23:59:60 GMT", 1_830_297_600),
    ])
    func datesAreSecondsSince1970(date: String, seconds: Int64) {
        #expect(RetryAfter.unixSeconds(date) == seconds)
    }

    @Test(arguments: [
        ("Mon, 01 Mar 2027 00:00:05 GMT", "Sun, 28 Feb 2027 23:59:55 GMT", 10 as UInt32),
        ("Fri, 01 Jan 2027 00:01:00 GMT", "Thu, 31 Dec 2026 23:59:00 GMT", 120),
        ("Mon, 01 Feb 2027 00:00:00 GMT", "Sun, 31 Jan 2027 00:00:00 GMT", 86_400),
        ("Mon, 01 Feb 2027 00:00:00 GMT", "Mon, 01 Mar 2027 00:00:00 GMT", 0),
    ])
    func aDateCountsFromTheResponsesOwn(until: String, date: String, seconds: UInt32) {
        #expect(RetryAfter.seconds(until, date: date) == seconds)
    }

    @Test func whatIsNeitherANumberNorADateIsNothing() {
        let date = "Sun, 28 Feb 2027 23:59:55 GMT"
        #expect(RetryAfter.seconds("7", date: nil) == 7)
        #expect(RetryAfter.seconds("99999999999", date: nil) == .max)
        #expect(RetryAfter.seconds(date, date: nil) == nil)
        for value in ["", "-1", "soon", "Mon, 01 Mar 2027 24:00:05 GMT", "01 Mar 2027"] {
            #expect(RetryAfter.seconds(value, date: date) == nil, "\(value)")
        }
    }
}

import Testing
import TimeBase

@Suite struct TimeSpanWordsTests {
    @Test(
        arguments: [
            (0, "0 s"), (999_999, "0 s"), (-999_999, "0 s"), (1_000_000, "1 ms"),
            (400_900_000, "400 ms"), (999_999_999, "999 ms"), (1_000_000_000, "1 s"),
            (1_500_000_000, "1.5 s"), (1_001_000_000, "1.001 s"), (60_000_000_000, "60 s"),
            (90_000_000_000, "90 s"), (119_999_000_000, "119.999 s"), (120_000_000_000, "2 min"),
            (150_500_000_000, "2 min 30.5 s"), (270_000_000_000, "4 min 30 s"),
            (3_600_000_000_000, "60 min"), (-1_500_000_000, "-1.5 s"), (-400_000_000, "-400 ms"),
            (.min, "-153722867 min 16.854 s"),
        ] as [(Int64, String)])
    func aSpanAsPeopleSayIt(ns: Int64, words: String) {
        #expect(TimeSpan(ns: ns).words == words)
    }

    @Test(
        arguments: [
            (-5_000_000_000, "0 s"), (999_999_999, "0 s"), (1_999_999_999, "1 s"),
            (270_900_000_000, "4 min 30 s"),
        ] as [(Int64, String)])
    func aSpanThatGoesOnInWholeSeconds(ns: Int64, words: String) {
        #expect(TimeSpan(ns: ns).wholeSeconds == words)
    }
}

import Testing
import TimeBase

@Suite("Instants and spans")
struct InstantTests {
    @Test("A span between far instants keeps every nanosecond")
    func farSpan() {
        let a = LocalInstant(ns: 1_000_000_000_000_001)
        let b = LocalInstant(ns: 999_999_999_999_999)
        #expect(a - b == TimeSpan(ns: 2))
        #expect(b + (a - b) == a)
        #expect(a - TimeSpan.milliseconds(1) < a)
    }
}

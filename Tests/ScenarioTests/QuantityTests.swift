import Randomness
import Testing
import Workload

@testable import Scenario

@Suite struct QuantityTests {
    @Test(arguments: [
        ("4/s", Dimension.rate, 4), ("30 /min", .rate, 0.5), ("2 min", .span, 120),
        ("500ms", .span, 0.5), ("1.5 h", .span, 5_400), ("80 %", .share, 80),
        ("1_000 tokens", .tokens, 1_000), ("1 token", .tokens, 1), ("30 requests", .requests, 30),
        ("  7  us ", .span, 7e-6), ("1e3 ms", .span, 1),
    ])
    func `numbers carry their unit`(text: String, dimension: Dimension, value: Double) throws {
        #expect(abs(try Quantity.parse(text, dimension) / value - 1) < 1e-12)
    }

    @Test(arguments: [
        ("5m", Dimension.span, 300), ("1m30s", .span, 90), ("00:01:00", .span, 60),
        ("500us", .span, 5e-4), ("1e3/s", .rate, 1_000), ("1.5h", .span, 5_400),
        ("2 min 30 s", .span, 150), ("1h5m", .span, 3_900), ("100:00:00.5", .span, 360_000.5),
        ("90sec", .span, 90), ("5 Minutes", .span, 300), ("1hr", .span, 3_600),
        ("2d", .span, 172_800),
        ("5\u{a0}s", .span, 5), ("7 \u{3bc}s", .span, 7e-6), ("7 \u{b5}s", .span, 7e-6),
        ("1s500ms", .span, 1.5), ("1.5e-3s", .span, 1.5e-3), ("240/min", .rate, 4),
        ("4 req/s", .rate, 4), ("4 requests / second", .rate, 4), ("4 rps", .rate, 4),
        ("4 QPS", .rate, 4), ("4 per second", .rate, 4), ("3600/h", .rate, 1),
        ("20 tok/s", .speed, 20), ("20 tokens/s", .speed, 20), ("20/s", .speed, 20),
        ("80percent", .share, 80), ("1e3 tokens", .tokens, 1_000), ("4GiB", .bytes, 4_294_967_296),
        ("500 mb", .bytes, 5e8), ("4Gi", .bytes, 4_294_967_296), ("12 req", .requests, 12),
    ])
    func `quantities are understood as people write them`(
        text: String, dimension: Dimension, value: Double
    ) throws {
        #expect(abs(try Quantity.parse(text, dimension) / value - 1) < 1e-12)
    }

    @Test(arguments: [
        ("4", Dimension.rate), ("s", .span), ("", .span), ("4 /d", .rate), ("4 s", .rate),
        ("inf s", .span), ("1e999 s", .span), ("nan s", .span), ("4/s x", .rate), ("4 %%", .share),
        ("--4 s", .span), ("4..5 s", .span), ("1s1m", .span), ("1m1m", .span), ("1m-30s", .span),
        ("1m30", .span), ("1:30", .span), ("00:60:00", .span), ("0x10 s", .span), ("1_ s", .span),
        ("1e400 h", .span), ("5 m s", .span), ("80 % 20 %", .share), ("4/s 4/s", .rate),
        ("\u{0663} s", .span), ("1,5 s", .span), (":::", .span), ("1 h 30 min x", .span),
    ])
    func `what has no number or no unit is refused`(text: String, dimension: Dimension) {
        #expect(throws: QuantityError.self) { try Quantity.parse(text, dimension) }
    }

    @Test(arguments: [
        ("5", Dimension.span, "`5` has no unit; write for example `500 ms`"),
        ("4 s", .rate, "`4 s` is a time, and a rate is needed; write for example `4/s`"),
        ("4/s", .span, "`4/s` is a rate, and a time is needed; write for example `500 ms`"),
        ("20 %", .tokens, "`20 %` is a share, and a number of tokens is needed"),
        ("1m30", .span, "`1m30` has no unit behind its last number"),
        ("1:30", .span, "`1:30` may be hours or minutes; write hh:mm:ss, such as `00:01:30`"),
        ("5 minits", .span, "`5 minits` has the unknown unit `minits`; did you mean `min`?"),
        ("5 fortnights", .span, "unknown unit `fortnights`; write one of ns, us, ms, s, min, h, d"),
        ("30s1m", .span, "does not go from the larger unit to the smaller"),
        ("x", .span, "`x` is no number"),
        ("5M", .span, "`5M` has the unknown unit `M`; units are written as they stand, `min`"),
        ("5 MS", .span, "unknown unit `MS`; units are written as they stand, `ms`"),
        ("5S", .span, "units are written as they stand, `s`"),
        ("4/M", .rate, "units are written as they stand, `/min`"),
        ("4 req/S", .rate, "units are written as they stand, `/s`"),
    ])
    func `an error says what is wrong and what to write`(
        text: String, dimension: Dimension, words: String
    ) {
        let error = #expect(throws: QuantityError.self) { try Quantity.parse(text, dimension) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "none")")
    }

    @Test(
        arguments: [
            ("100..400 tokens", 100, 400), ("100 tokens..400 tokens", 100, 400),
            ("7..7 tokens", 7, 7), ("100..1e3 tokens", 100, 1_000),
        ] as [(String, Double, Double)])
    func `a range's unit may stand at its end alone`(
        text: String, low: Double, high: Double
    ) throws {
        #expect(
            try LawText.parse(text, .tokens).law == .uniform(low: low, high: high))
    }

    @Test func `a range of times of several parts has a unit at both ends`() throws {
        #expect(try LawText.parse("30s..1m30s", .span).law == .uniform(low: 30, high: 90))
        #expect(throws: QuantityError.self) { try LawText.parse("30..1m30s", .span) }
    }

    @Test(arguments: ["400..100 tokens", "..4 tokens", "4.. tokens", "1..2..3 tokens", "1..2"])
    func `an impossible range is refused`(text: String) {
        #expect(throws: QuantityError.self) { try LawText.parse(text, .tokens) }
    }

    @Test func `every unit and spelling of every dimension is read back`() throws {
        for dimension in Dimension.allCases {
            for unit in dimension.units {
                for name in [unit.name] + unit.spellings {
                    for text in ["3\(name)", "3 \(name)", " 3  \(name) "] {
                        let value = try Quantity.parse(text, dimension)
                        #expect(value == 3 * unit.factor, "\(text)")
                    }
                }
            }
            #expect(throws: Never.self) { try Quantity.parse(dimension.example, dimension) }
        }
    }

    @Test func `a time survives being written in parts, in a clock's form and in one unit`() throws
    {
        var random = RandomStream(seed: 25)
        for _ in 0..<1_000 {
            let ns = Int64.random(in: 0..<86_400_000_000_000, using: &random)
            let parts: [(Int64, String)] = [
                (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"),
                (1_000_000, "ms"), (1_000, "us"), (1, "ns"),
            ]
            var (rest, text) = (ns, "")
            for (size, unit) in parts where rest >= size {
                text += "\(rest / size)\(unit)" + (Bool.random(using: &random) ? " " : "")
                rest %= size
            }
            guard !text.isEmpty else { continue }
            #expect(try Quantity.nanoseconds(text) == ns, "\(text)")
            let seconds = ns / 1_000_000_000
            let clock =
                "\(seconds / 3_600):" + two(seconds / 60 % 60) + ":" + two(seconds % 60)
            #expect(try Quantity.nanoseconds(clock) == seconds * 1_000_000_000, "\(clock)")
            #expect(try Quantity.nanoseconds("\(ns)ns") == ns)
        }
    }

    private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    @Test func `nothing that is typed traps`() {
        var random = RandomStream(seed: 26)
        let letters = Array("0123456789.:eE+-_/% smhdunité\u{a0}\u{3bc}Xtoken")
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<14, using: &random)
            let text = String((0..<count).map { _ in letters.randomElement(using: &random)! })
            for dimension in Dimension.allCases {
                guard let value = try? Quantity.parse(text, dimension) else { continue }
                #expect(value.isFinite, "\(text)")
            }
            _ = try? Quantity.nanoseconds(text)
            _ = try? LawText.parse(text, .span)
            _ = Quantity.text(text, bareUnit: " s")
            _ = try? BoundText.parse([text])
        }
        for text in [String(repeating: "9", count: 400), "1e308 d", "99999999999 d", "-1 s"] {
            #expect(throws: QuantityError.self) { try Quantity.nanoseconds(text + " s") }
            #expect(throws: QuantityError.self) { try Quantity.nanoseconds(text) }
        }
    }

    @Test(arguments: [
        ("30", "30 s"), ("1.5", "1.5 s"), ("1e3", "1e3 s"), ("2 min", "2 min"), ("5m", "5m"),
        ("00:01:00", "00:01:00"), ("inf", "inf"), ("4..12", "4..12 s"), ("4 s..12", "4 s..12"),
        (" 7 ", "7 s"), ("", ""),
    ])
    func `an option's bare number gets the unit, and nothing else does`(
        text: String, read: String
    ) {
        #expect(Quantity.text(text, bareUnit: " s") == read)
    }
}

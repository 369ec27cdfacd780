import Randomness
import Testing

@testable import JSON

private func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
}

@Suite struct JSONTextTests {
    private static let values: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true ", true), ("false", false), ("-0", 0),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .real(9_223_372_036_854_775_808)), ("1.5e3", 1500.0),
        ("0.1", 0.1), (#""a\u00e9\n\"\\\/""#, "aé\n\"\\/"), (#""\ud83d\ude00""#, "😀"),
        ("[]", []), ("{}", .object([])), (#"[1, [2], {"a": null}]"#, [1, [2], ["a": nil]]),
        (#"{"a":1,"a":2}"#, ["a": 1, "a": 2]),
    ]

    @Test(arguments: values)
    func parses(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
    }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test(arguments: 2..<6)
    func anEscapedScalarHasFourHexadecimalDigits(place: Int) throws {
        var text = Array(#""\u00e9""#.utf8)
        text[place + 1] = UInt8(ascii: "g")
        #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: text) }
    }

    @Test func depthIsBounded() throws {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        _ = try parse(deep(JSONScanner.maximumDepth))
        #expect(throws: JSONSyntaxError.self) { _ = try parse(deep(JSONScanner.maximumDepth + 1)) }
        #expect(throws: JSONSyntaxError.self) {
            _ = try parse(String(repeating: "{\"a\":", count: 1_000_000))
        }
    }

    @Test(arguments: 0..<16)
    func writesWhatItReads(seed: UInt64) throws {
        var rng = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let value = Self.random(depth: 0, using: &rng)
            #expect(try JSONValue(parsing: value.serialized) == value)
        }
    }

    @Test func flippedAndCutTextsNeverTrap() {
        let text = Array(#"{"a":[1,-2.5e-3,"x\u00e9\\",null,true],"b":{"c":"d"}}"#.utf8)
        var refused = 0
        for index in text.indices {
            if (try? JSONValue(parsing: Array(text[..<index]))) == nil { refused += 1 }
            for bit in 0..<8 {
                var flipped = text
                flipped[index] ^= 1 << UInt8(bit)
                // Most flips are errors, some are other values: neither may trap.
                _ = try? JSONValue(parsing: flipped)
            }
        }
        #expect(refused == text.count)
    }

    private static func random(depth: Int, using rng: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &rng) {
        case 0: return .null
        case 1: return .bool(.random(using: &rng))
        case 2: return .integer(.random(in: .min ... .max, using: &rng))
        case 3: return .real(Double(Int.random(in: -999...999, using: &rng)) + 0.25)
        case 4, 5:
            let scalars = (0..<Int.random(in: 0..<9, using: &rng)).map { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &rng))!
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &rng)).map { _ in
                    random(depth: depth + 1, using: &rng)
                })
        default:
            return .object(
                (0..<Int.random(in: 0..<4, using: &rng)).map { number in
                    JSONMember("k\"\(number)", random(depth: depth + 1, using: &rng))
                })
        }
    }
}

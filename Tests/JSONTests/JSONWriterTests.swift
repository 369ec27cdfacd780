import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("0", .integer(0)),
        ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .real(9.223372036854775808e18)),
        ("1.5e3", .real(1500)), ("1E-2", .real(0.01)), ("[]", .array([])), ("{}", .object([:])),
        (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, .string("a\"\\/\u{8}\u{c}\n\r\té😀é")),
        (
            "[1,[2,{\"a\":null}]]",
            .array([.integer(1), .array([.integer(2), .object(["a": .null])])])
        ),
        (
            "{\"b\":1,\"a\":2,\"b\":3}",
            .object(["b": .integer(1), "a": .integer(2), "b": .integer(3)])
        ),
    ])
    func textsAreRead(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\" 1}", 1, 6), ("01", 1, 2), ("1.", 1, 3),
        ("-", 1, 2), ("1e", 1, 3), ("nul", 1, 1), ("\"a", 1, 3), ("\"\n\"", 1, 2),
        ("[1,\n 2,\n x]", 3, 2), ("1 1", 1, 3), ("\"\\x\"", 1, 2), ("\"\\ud800\"", 1, 2),
        ("\"\\u12g4\"", 1, 2), ("1e999", 1, 6), ("{1:2}", 1, 2), ("+1", 1, 1), ("'a'", 1, 1),
    ])
    func syntaxErrorsNameTheirLocation(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func nestingIsBounded() {
        let deep = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: deep) }
        #expect(error?.column == JSONScanner.maximumDepth + 1)
    }

    @Test func stringsMustBeUTF8() {
        #expect(throws: JSONSyntaxError.self) {
            try JSONValue(parsing: [UInt8(ascii: "\""), 0xff, UInt8(ascii: "\"")])
        }
    }

    static let sample = #"{"a":[1,-2.5,1e300,"q\"\\\u0001é😀"],"b":{"c":null,"d":true},"e":[]}"#

    /// Cut anywhere or with any byte flipped it is read or refused, and never more.
    @Test func noDamageTraps() {
        let bytes = Array(Self.sample.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONSyntaxError.self) {
                try JSONValue(parsing: Array(bytes[..<length]))
            }
        }
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                _ = try? JSONValue(parsing: damaged)  // either is right
            }
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let value = try JSONValue(parsing: Self.sample)
        var writer = JSONWriter()
        writer.value(value)
        #expect(try JSONValue(parsing: writer.bytes) == value)
        #expect(try JSONValue(parsing: value.indented) == value)
        #expect(value.indented.hasSuffix("}\n"))
    }

    @Test(arguments: [
        0.1, -0.0, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 9.0,
        1_000_015_700_421_317,
    ])
    func realsRoundTrip(value: Double) throws {
        var writer = JSONWriter()
        writer.real(value)
        let back = try JSONValue(parsing: writer.bytes).double
        #expect(back?.bitPattern == value.bitPattern)
    }

    @Test(arguments: [0, 7, -1, 1_000_000, .max, .min] as [Int64])
    func integersRoundTrip(value: Int64) throws {
        var writer = JSONWriter()
        writer.integer(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == String(value))
    }

    /// Every count of digits, and every group of four in either half of eight.
    @Test func aWriterThatForgetsBeginsAnew() {
        var writer = JSONWriter()
        writer.integer(1)
        writer.removeAll()
        writer.integer(2)
        #expect(writer.bytes == Array("2".utf8))
    }

    @Test func digitsAreThoseOfTheNumber() {
        var writer = JSONWriter()
        var expected: [String] = []
        func write(_ value: Int64) {
            withUnsafePointer(to: value) {
                writer.integers(UnsafeBufferPointer(start: $0, count: 1))
            }
            expected.append(String(value))
        }
        var power: Int64 = 1
        for _ in 0..<19 {
            for value in [power - 1, power, power + 1, -power] { write(value) }
            power = power.multipliedReportingOverflow(by: 10).partialValue
        }
        for four in 0..<Int64(10_000) {
            write(four)
            write(four * 10_000 + 7)
            write((four * 100_000_000 + four) * 10_000)
            write(-four * 100_000_000_000_000 - four)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected.joined(separator: ","))
    }

    /// Many integers at once are the elements that they would be one by one.
    @Test(arguments: [0, 1, 31, 32, 33, 100])
    func manyIntegersAreWrittenAtOnce(count: Int) {
        let values = (0..<count).map { Int64($0) * 123_456_789_012 - 5 }
        var at = JSONWriter()
        at.array { writer in
            writer.integer(7)
            values.withUnsafeBufferPointer { writer.integers($0) }
            writer.null()
        }
        var single = JSONWriter()
        single.array { writer in
            writer.integer(7)
            for value in values { writer.integer(value) }
            writer.null()
        }
        #expect(at.bytes == single.bytes)
    }
}

import Goodput
import Testing

@testable import Page

@Suite("Numbers of a page")
struct NumberStreamTests {
    /// Reads as the page's script does.
    static func read(_ bytes: [UInt8]) -> [Int] {
        var values: [Int] = []
        var (value, factor) = (0, 1)
        for byte in bytes {
            value += Int(byte & 127) * factor
            factor *= 128
            guard byte < 128 else { continue }
            values.append(value % 2 == 1 ? -(value + 1) / 2 : value / 2)
            (value, factor) = (0, 1)
        }
        return values
    }

    @Test("Whole numbers of either sign come back")
    func roundTrip() {
        let values = [0, 1, -1, 63, -64, 64, 127, 128, -8192, 1 << 40, -(1 << 51)]
        var stream = NumberStream()
        values.forEach { stream.add($0) }
        #expect(Self.read(stream.bytes) == values)
        #expect(stream.bytes.prefix(5).count == 5 && stream.bytes[3] < 128)
    }

    @Test("Base64 of every length", arguments: zip(["", "f", "fo", "foo", "foob"], 0...4))
    func base64(_ text: String, _ length: Int) {
        let known = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        #expect(Base64.text(Array(text.utf8)) == known[length])
    }

    @Test("Columns hold every token, where it came")
    func columns() throws {
        let interval = try ServingInterval(begin: 0, end: 16_000)
        let events =
            [TokenEvent(time: 15), TokenEvent(time: 25, count: 3)]
            + [TokenEvent(time: 16_000)]
        var stream = NumberStream()
        TokenColumns(interval: interval).write(events, to: &stream)
        let numbers = Self.read(stream.bytes)
        #expect(numbers.prefix(2) == [1, TokenColumns.count - 1])
        #expect(numbers.dropFirst(2).reduce(0, +) == 5)
        #expect(numbers[3] == 3 && numbers.last == 1)
        #expect(numbers.count == 2 + TokenColumns.count - 1)
        stream = NumberStream()
        TokenColumns(interval: interval).write([], to: &stream)
        #expect(Self.read(stream.bytes) == [0, 0])
    }
}

import JSON

/// A text with some of its escapes taken away, each byte with the place in the text that it comes
/// from.
struct DecodedView {
    private(set) var bytes: [UInt8]
    private var places: [Range<Int>]
    private var depth = 0

    /// Escapes within escapes that are followed.
    private static let deepest = 3
    /// Shortest run of digits that may hold a secret.
    private static let shortestRun = 6

    /// The text itself.
    init(_ text: [UInt8]) {
        bytes = text
        places = text.indices.map { $0..<($0 + 1) }
    }

    /// Decoded bytes, each with the places of the digits that it was made of.
    private init(_ bytes: [UInt8], places: [Range<Int>]) {
        self.bytes = bytes
        self.places = places
    }

    /// Marks where the bytes of `range` come from.
    func mark(_ isSecret: inout [Bool], _ range: Range<Int>) {
        for place in places[range.lowerBound].lowerBound..<places[range.upperBound - 1].upperBound {
            isSecret[place] = true
        }
    }

    /// Takes one layer of escapes away, of JSON, URLs and HTML alike; false where there is none.
    mutating func decode() -> Bool {
        guard depth < Self.deepest else { return false }
        depth += 1
        var plain: [UInt8] = []
        var origins: [Range<Int>] = []
        plain.reserveCapacity(bytes.count)
        origins.reserveCapacity(bytes.count)
        var place = 0
        var isChanged = false
        while place < bytes.count {
            if let (decoded, count) = escape(at: place) {
                let origin = places[place].lowerBound..<places[place + count - 1].upperBound
                for byte in decoded {
                    plain.append(byte)
                    origins.append(origin)
                }
                place += count
                isChanged = true
            } else {
                plain.append(bytes[place])
                origins.append(places[place])
                place += 1
            }
        }
        bytes = plain
        places = origins
        return isChanged
    }

    /// The bytes that an escape at `place` stands for, and its length; nil where there is none.
    private func escape(at place: Int) -> ([UInt8], count: Int)? {
        switch bytes[place] {
        case UInt8(ascii: "%"):
            return number(at: place + 1, digits: 2).map { ([UInt8(truncatingIfNeeded: $0)], 3) }
        case UInt8(ascii: "\\"): return backslash(at: place)
        case UInt8(ascii: "&"): return reference(at: place)
        default: return nil
        }
    }

    private func backslash(at place: Int) -> ([UInt8], count: Int)? {
        guard place + 1 < bytes.count else { return nil }
        switch bytes[place + 1] {
        case UInt8(ascii: "u"):
            guard let high = number(at: place + 2, digits: 4) else { return nil }
            if (0xD800..<0xDC00).contains(high), place + 11 < bytes.count,
                bytes[place + 6] == UInt8(ascii: "\\"), bytes[place + 7] == UInt8(ascii: "u"),
                let low = number(at: place + 8, digits: 4), (0xDC00..<0xE000).contains(low)
            {
                return (Self.utf8(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)), 12)
            }
            return (Self.utf8(high), 6)
        case UInt8(ascii: "x"):
            return number(at: place + 2, digits: 2).map { (Self.utf8($0), 4) }
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            return ([0x20], 2)
        case let byte: return ([byte], 2)
        }
    }

    private static let references: [(name: [UInt8], byte: UInt8)] = [
        (Array("amp;".utf8), UInt8(ascii: "&")), (Array("lt;".utf8), UInt8(ascii: "<")),
        (Array("gt;".utf8), UInt8(ascii: ">")), (Array("quot;".utf8), UInt8(ascii: "\"")),
        (Array("apos;".utf8), UInt8(ascii: "'")),
    ]

    private func reference(at place: Int) -> ([UInt8], count: Int)? {
        let rest = bytes[(place + 1)...]
        for (name, byte) in Self.references where rest.starts(with: name) {
            return ([byte], 1 + name.count)
        }
        guard rest.first == UInt8(ascii: "#"),
            let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let digits = rest[(place + 2)..<end]
        let isHex = digits.first == UInt8(ascii: "x") || digits.first == UInt8(ascii: "X")
        let text = String(decoding: isHex ? digits.dropFirst() : digits, as: UTF8.self)
        return UInt32(text, radix: isHex ? 16 : 10).map { (Self.utf8($0), end + 1 - place) }
    }

    private func number(at place: Int, digits: Int) -> UInt32? {
        guard place + digits <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[place..<(place + digits)] {
            guard let digit = JSONScanner.hexDigit(byte) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func utf8(_ scalar: UInt32) -> [UInt8] {
        Unicode.Scalar(scalar).map { Array(String($0).utf8) } ?? [0x20]
    }

    /// The bytes of runs of base64 or hexadecimal digits, from every place where one may begin.
    func encodedRuns() -> [DecodedView] {
        runs(of: Base64.value).flatMap { run in
            (0..<4).compactMap { group(run.dropFirst($0), bits: 6, Base64.value) }
        }
            + runs(of: JSONScanner.hexDigit).flatMap { run in
                (0..<2).compactMap { group(run.dropFirst($0), bits: 4, JSONScanner.hexDigit) }
            }
    }

    private func runs(of value: (UInt8) -> UInt32?) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var begin = 0
        for place in 0...bytes.count where place == bytes.count || value(bytes[place]) == nil {
            if place - begin >= Self.shortestRun { runs.append(begin..<place) }
            begin = place + 1
        }
        return runs
    }

    /// The bytes that digits of so many bits make, whole ones only.
    private func group(
        _ run: Range<Int>, bits: Int, _ value: (UInt8) -> UInt32?
    ) -> DecodedView? {
        guard run.count * bits >= 8 else { return nil }
        var decoded: [UInt8] = []
        var origins: [Range<Int>] = []
        var held: UInt32 = 0
        var count = 0
        var first = run.lowerBound
        for place in run {
            held = held << UInt32(bits) | (value(bytes[place]) ?? 0)
            count += bits
            guard count >= 8 else { continue }
            count -= 8
            decoded.append(UInt8(truncatingIfNeeded: held >> UInt32(count)))
            origins.append(places[first].lowerBound..<places[place].upperBound)
            // The digit that a byte ends in begins the next one, unless none of it is left.
            first = count == 0 ? place + 1 : place
        }
        return DecodedView(decoded, places: origins)
    }
}

import JSON

/// A cursor over a file of another tool, which knows the way to where it stands, so that each
/// problem names member, line and column.
///
/// It builds no tree: what a file of gigabytes costs beside its bytes is what its reader keeps.
/// Numbers that are none, as Python writes them (`NaN`, `Infinity`), are passed over where nothing
/// rests on them, and are a problem elsewhere.
struct ForeignCursor {
    private enum Step {
        case member(String)
        case element(Int)
    }

    private var scanner: JSONScanner
    private var steps: [Step] = []

    init(_ bytes: UnsafeRawBufferPointer) { scanner = JSONScanner(bytes) }

    /// Whether nothing but blanks is left.
    var isAtEnd: Bool {
        mutating get { scanner.peek() == nil }
    }

    /// The byte that is looked at next.
    var offset: Int { scanner.position }

    /// The first byte of the next value.
    mutating func peek() -> UInt8? { scanner.peek() }

    // MARK: Problems

    func problem(_ text: String, at offset: Int? = nil) -> ForeignProblem {
        ForeignProblem(offset: offset ?? scanner.position, member: member, text)
    }

    private var member: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .member(let name): text += (text.isEmpty ? "" : ".") + name
            case .element(let index): text += "[\(index)]"
            }
        }
    }

    private func reading<Value>(
        _ body: (inout JSONScanner) throws(JSONError) -> Value, _ scanner: inout JSONScanner
    ) throws(ForeignProblem) -> Value {
        do throws(JSONError) {
            return try body(&scanner)
        } catch {
            throw ForeignProblem(offset: error.offset, "is not JSON here: \(error.reason)")
        }
    }

    private mutating func read<Value>(
        _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws(ForeignProblem) -> Value {
        try reading(body, &scanner)
    }

    /// The kind of the next value, for problems.
    private mutating func kind() -> String {
        switch scanner.peek() {
        case UInt8(ascii: "{"): "an object"
        case UInt8(ascii: "["): "a list"
        case UInt8(ascii: "\""): "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "a truth value"
        case UInt8(ascii: "n"): "null"
        case UInt8(ascii: "N"): "NaN"
        case UInt8(ascii: "I"): "Infinity"
        case nil: "missing"
        default: "a number"
        }
    }

    private mutating func wrongKind(_ wanted: String) -> ForeignProblem {
        let kind = kind()
        return problem("is \(kind) where \(wanted) should stand")
    }

    // MARK: Objects and lists

    /// Visits the members of the object that is next; `body` consumes each value.
    mutating func object(
        _ body: (String, inout ForeignCursor) throws(ForeignProblem) -> Void
    ) throws(ForeignProblem) {
        guard scanner.peek() == UInt8(ascii: "{") else { throw wrongKind("an object") }
        try read { scanner throws(JSONError) in try scanner.open(depth: 1) }
        var isFirst = true
        while true {
            let key = try read { scanner throws(JSONError) in try scanner.nextKey(&isFirst) }
            guard let key else { return }
            steps.append(.member(scanner.decoded(key) ?? "?"))
            guard case .member(let name) = steps[steps.count - 1] else { return }
            try body(name, &self)
            steps.removeLast()
        }
    }

    /// Visits the elements of the list that is next; `body` consumes each one.
    mutating func list(
        _ body: (Int, inout ForeignCursor) throws(ForeignProblem) -> Void
    ) throws(ForeignProblem) {
        guard scanner.peek() == UInt8(ascii: "[") else { throw wrongKind("a list") }
        try read { scanner throws(JSONError) in try scanner.open(depth: 1) }
        var isFirst = true
        var index = 0
        while try read({ scanner throws(JSONError) in try scanner.nextElement(&isFirst) }) {
            steps.append(.element(index))
            try body(index, &self)
            steps.removeLast()
            index += 1
        }
    }

    // MARK: Values

    /// Passes over any value, numbers that are none included.
    mutating func skip(depth: Int = 1) throws(ForeignProblem) {
        guard depth <= JSONScanner.maximumDepth else {
            throw problem("is nested deeper than \(JSONScanner.maximumDepth)")
        }
        var isFirst = true
        switch scanner.peek() {
        case UInt8(ascii: "{"):
            try read { scanner throws(JSONError) in try scanner.open(depth: 1) }
            while try read({ scanner throws(JSONError) in try scanner.nextKey(&isFirst) }) != nil {
                try skip(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try read { scanner throws(JSONError) in try scanner.open(depth: 1) }
            while try read({ scanner throws(JSONError) in try scanner.nextElement(&isFirst) }) {
                try skip(depth: depth + 1)
            }
        default:
            guard try !skipNonNumber() else { return }
            try read { scanner throws(JSONError) in try scanner.skipValue(depth: 1) }
        }
    }

    /// Passes over `NaN`, `Infinity` or `-Infinity` if one is next.
    private mutating func skipNonNumber() throws(ForeignProblem) -> Bool {
        let words: [StaticString] = ["NaN", "Infinity", "-Infinity"]
        for word in words where isNext(word) {
            try read { scanner throws(JSONError) in try scanner.literal(word) }
            return true
        }
        return false
    }

    private mutating func isNext(_ word: StaticString) -> Bool {
        _ = scanner.peek()
        let begin = scanner.position
        guard begin + word.utf8CodeUnitCount <= scanner.bytes.count else { return false }
        return (0..<word.utf8CodeUnitCount).allSatisfy {
            scanner.bytes[begin + $0] == word.utf8Start[$0]
        }
    }

    /// Whether null is next, which is consumed then.
    mutating func skipNull() throws(ForeignProblem) -> Bool {
        try read { scanner throws(JSONError) in try scanner.skipNull() }
    }

    /// A number, finite; nil for null.
    mutating func number() throws(ForeignProblem) -> Double? {
        guard try !skipNull() else { return nil }
        let begin = scanner.position
        guard try !skipNonNumber() else {
            throw problem("is not a number (NaN or Infinity); it cannot be scored", at: begin)
        }
        guard let first = scanner.peek(), first == UInt8(ascii: "-") || first &- 0x30 < 10 else {
            throw wrongKind("a number")
        }
        let at = scanner.position
        let text = try read { scanner throws(JSONError) in try scanner.number() }
        let value = Double(String(decoding: scanner.bytes[text.range], as: UTF8.self))
        guard let value, value.isFinite else {
            throw problem("is too large for a double", at: at)
        }
        return value
    }

    /// A whole number within 64 bits; nil for null.
    mutating func integer() throws(ForeignProblem) -> Int64? {
        guard try !skipNull() else { return nil }
        _ = scanner.peek()
        let begin = scanner.position
        var ahead = scanner
        if let text = try? ahead.number(), text.isInteger,
            let value = Int64(String(decoding: scanner.bytes[text.range], as: UTF8.self))
        {
            scanner = ahead
            return value
        }
        // 20.0, as numpy's types come out, is whole, too.
        guard let number = try number() else { return nil }
        guard let value = Int64(exactly: number) else {
            throw problem("is no whole number within 64 bits", at: begin)
        }
        return value
    }

    /// A number of tokens; nil for null.
    mutating func tokens() throws(ForeignProblem) -> UInt32? {
        _ = scanner.peek()
        let begin = scanner.position
        guard let value = try integer() else { return nil }
        guard let count = UInt32(exactly: value), count <= Int32.max else {
            throw problem("is no number of tokens", at: begin)
        }
        return count
    }

    /// A string; nil for null.
    mutating func text() throws(ForeignProblem) -> String? {
        guard try !skipNull() else { return nil }
        guard scanner.peek() == UInt8(ascii: "\"") else { throw wrongKind("a string") }
        let begin = scanner.position
        let text = try read { scanner throws(JSONError) in try scanner.string() }
        guard let characters = scanner.decoded(text) else {
            throw problem("is not valid UTF-8, or holds half of a surrogate pair", at: begin)
        }
        return characters
    }

    /// A number where the next value is one, else nil; the value is consumed.
    mutating func numberIfAny() throws(ForeignProblem) -> Double? {
        guard let first = scanner.peek(), first == UInt8(ascii: "-") || first &- 0x30 < 10,
            !isNext("-Infinity")
        else {
            try skip()
            return nil
        }
        return try number()
    }

    /// A string where the next value is one, else nil; the value is consumed.
    mutating func textIfAny() throws(ForeignProblem) -> String? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try skip()
            return nil
        }
        return try text()
    }
}

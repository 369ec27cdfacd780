/// Cuts a text of many JSON objects, a list of them or one a line, into the objects: memory is one
/// object, whatever the text's size.
///
/// A line that is no object, or whose text breaks off within a string, is given as it is where
/// objects come one a line: it is one odd entry, and those after it are whole. Nothing traps; after
/// an error it must not be fed again. O(bytes).
struct JSONElements {
    /// Longest object, in bytes.
    static let elementLimit = 64 << 20

    /// One object's text and where it begins, from 1.
    struct Element {
        var bytes: [UInt8]
        var line: Int
        var column: Int
    }

    private enum Position: Equatable {
        case begin, beforeElement, inElement, afterElement, afterComma, end
    }

    /// Whether the objects are those of a list; nil before the first byte that says so.
    private(set) var isList: Bool?
    private var position = Position.begin
    private var element = Element(bytes: [], line: 1, column: 1)
    private var depth = 0
    private var isInString = false
    /// Whether the element is a line without an object.
    private var isOddLine = false
    private var isEscaped = false
    private var line = 1
    private var column = 1
    private var markBytes = 0

    /// Calls `body` with each object that `chunk` completes.
    mutating func feed(
        _ chunk: UnsafeRawBufferPointer, _ body: (Element) throws(TraceError) -> Void
    ) throws(TraceError) {
        var begin = 0
        for (offset, byte) in chunk.enumerated() {
            if position == .inElement {
                if follow(byte) {
                    try take(chunk[begin...offset])
                    try body(element)
                    element.bytes.removeAll(keepingCapacity: element.bytes.capacity < 1 << 20)
                    // The line's end has been taken with it.
                    position = byte == UInt8(ascii: "\n") ? .beforeElement : .afterElement
                }
            } else if try isBeginning(byte) {
                begin = offset
                position = .inElement
                element.line = line
                element.column = column
                isOddLine = byte != UInt8(ascii: "{")
                _ = follow(byte)
            }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        if position == .inElement { try take(chunk[begin...]) }
    }

    /// The text has ended.
    func finish() throws(TraceError) {
        switch position {
        case .inElement:
            throw TraceError(
                line: element.line, column: element.column,
                problem: isOddLine
                    ? "this line is no object" : "the object that begins here has no end")
        case .beforeElement where isList == true, .afterComma:
            throw error("the list has no end")
        case .afterElement where isList == true: throw error("the list has no end")
        case .begin, .beforeElement, .afterElement, .end: return
        }
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>) throws(TraceError) {
        guard element.bytes.count + bytes.count <= Self.elementLimit else {
            throw TraceError(
                line: element.line, column: element.column,
                problem: "the object is longer than \(Self.elementLimit) bytes")
        }
        element.bytes.append(contentsOf: bytes)
    }

    /// Follows strings and nesting; true at the object's last byte.
    private mutating func follow(_ byte: UInt8) -> Bool {
        if isList == false, byte == UInt8(ascii: "\n"), isOddLine || isInString {
            // A string of JSON holds no line end.
            (isInString, isEscaped, depth) = (false, false, 0)
            return true
        }
        if isOddLine { return false }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        return depth == 0
    }

    /// Whether an object begins with `byte`, which stands between objects.
    private mutating func isBeginning(_ byte: UInt8) throws(TraceError) -> Bool {
        if byte == UInt8(ascii: "\n"), position == .afterElement, isList == false {
            position = .beforeElement
        }
        if byte == 0x20 || (0x09...0x0D).contains(byte) { return false }
        switch (position, byte) {
        case (.begin, [0xEF, 0xBB, 0xBF][min(markBytes, 2)]) where markBytes < 3:
            markBytes += 1
        case (.begin, UInt8(ascii: "[")):
            isList = true
            position = .beforeElement
        case (.begin, UInt8(ascii: "{")):
            isList = false
            return true
        case (.beforeElement, UInt8(ascii: "{")), (.afterComma, UInt8(ascii: "{")):
            return true
        case (.beforeElement, _) where isList == false: return true
        case (.beforeElement, UInt8(ascii: "]")) where isList == true,
            (.afterElement, UInt8(ascii: "]")) where isList == true:
            position = .end
        case (.afterElement, UInt8(ascii: ",")) where isList == true: position = .afterComma
        case (.begin, _):
            throw error("this is neither a list of JSON objects nor an object a line")
        case (.end, _): throw error("something follows the end of the list")
        case (.afterElement, _):
            throw error(
                isList == true
                    ? "a comma or the list's end is missing here"
                    : "something follows the object on its line")
        default: throw error("an object should stand here")
        }
        return false
    }

    private func error(_ problem: String) -> TraceError {
        TraceError(line: line, column: column, problem: problem)
    }
}

import Glibc

/// The memory of the last head of one server: most of its heads are the same in all that decides
/// how an answer is read, and are then not taken apart again.
///
/// Confined to whoever drives the parsers that share it.
package final class HeadMemory {
    /// The lines of the head that `parsed` was made from, as sent.
    private var known: [UInt8] = []
    private var parsed: HTTPResponseHead?
    private var lines: [UInt8] = []

    package init() {}

    /// The head before where the block's deciding lines are the same as that head's, else what
    /// `parse` finds; the same in either case.
    func head(
        of block: HTTPHeadBlock, _ parse: (HTTPHeadBlock) throws(HTTPError) -> HTTPResponseHead
    ) throws(HTTPError) -> HTTPResponseHead {
        lines.removeAll(keepingCapacity: true)
        guard block.appendDecidingLines(to: &lines) else { return try parse(block) }
        if let parsed, lines == known { return parsed }
        let head = try parse(block)
        swap(&known, &lines)
        parsed = head
        return head
    }
}

extension HTTPHeadBlock {
    /// Appends the start line and the lines of all fields that an answer's head is made from, and
    /// perhaps others, as sent.
    ///
    /// - Returns: false for a block that has to be parsed: one that is malformed or folded, and one
    ///   with Retry-After, which may be relative to the Date.
    func appendDecidingLines(to lines: inout [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { block in
            guard let base = block.baseAddress else { return false }
            var begin = 0
            var fields = -1
            while begin < block.count {
                guard let newline = memchr(base + begin, 0x0A, block.count - begin) else {
                    return false
                }
                let next = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
                let hasReturn = next - begin >= 2 && base[next - 2] == 0x0D
                let line = UnsafeBufferPointer(
                    start: base + begin, count: next - begin - (hasReturn ? 2 : 1))
                begin = next
                if line.isEmpty { return true }
                fields += 1
                if fields > 0 {
                    guard fields <= limits.fields, let name = Self.nameLength(line) else {
                        return false
                    }
                    switch (name, line[0] | 0x20) {
                    case (11, UInt8(ascii: "r")): return false
                    // Connection; content type, length and encoding; transfer encoding.
                    case (10, UInt8(ascii: "c")), (12, UInt8(ascii: "c")),
                        (14, UInt8(ascii: "c")), (16, UInt8(ascii: "c")),
                        (17, UInt8(ascii: "t")):
                        break
                    default: continue
                    }
                }
                lines.append(contentsOf: line)
                lines.append(0x0A)
            }
            return false
        }
    }

    /// The length of the name of a well-formed field line that is not folded; nil for others.
    private static func nameLength(_ line: UnsafeBufferPointer<UInt8>) -> Int? {
        var colon = 0
        while colon < line.count, line[colon] != 0x3A {
            guard isTokenByte(line[colon]) else { return nil }
            colon += 1
        }
        guard colon > 0, colon < line.count else { return nil }
        for offset in (colon + 1)..<line.count {
            let byte = line[offset]
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { return nil }
        }
        return colon
    }
}

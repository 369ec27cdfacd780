/// Bytes of a file between the last one read and the first one that is still needed.
///
/// Grows with what has come, never with what a field says: by half of what it holds or by a piece.
struct ScanBuffer: Sendable {
    /// Room; the bytes held are those from ``begin`` to ``end``.
    private(set) var bytes: [UInt8] = []
    private(set) var begin = 0
    private(set) var end = 0
    /// Where the first byte held lies in the file.
    private(set) var offset = 0

    /// Bytes held.
    var count: Int { end - begin }

    /// Forgets the first `count` bytes held.
    mutating func pass(_ count: Int) {
        begin += count
        offset += count
    }

    /// Puts what `read` writes into `room` bytes behind those held; returns how many it wrote.
    ///
    /// - Complexity: O(what `read` does), amortized: bytes move only when as many were passed or
    ///   half as many have room made for them.
    mutating func fill<E>(
        room: Int, _ read: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) -> Int {
        makeRoom(room)
        let end = end
        let count = try bytes.withUnsafeMutableBufferPointer {
            bytes throws(E) in
            try read(
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: bytes[end..<(end + room)])))
        }
        precondition((0...room).contains(count), "no more is read than there is room")
        self.end += count
        return count
    }

    /// The result of `body` on the first `count` bytes held.
    func withFirst<Result, E>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> Result
    ) throws(E) -> Result {
        let range = begin..<(begin + count)
        return try bytes.withUnsafeBufferPointer { bytes throws(E) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
        }
    }

    private mutating func makeRoom(_ room: Int) {
        if begin == end {
            begin = 0
            end = 0
        }
        guard bytes.count - end < room else { return }
        let held = count
        if begin < held || bytes.count - held < room {
            var larger = [UInt8](repeating: 0, count: held + max(room + room / 4, held / 2))
            larger.replaceSubrange(..<held, with: bytes[begin..<end])
            bytes = larger
        } else {
            // Sound: both ranges lie within the array, and memmove lets them overlap.
            bytes.withUnsafeMutableBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[..<held])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[begin..<end]))
            }
        }
        begin = 0
        end = held
    }
}

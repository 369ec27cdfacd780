/// A file as a machine sees it: what was written can be read at once, and only what a sync has
/// covered survives a loss of power for certain.
package struct VirtualDisk: Sendable {
    /// The bytes that a read returns.
    package private(set) var content: [UInt8] = []
    /// How much of it survives everything.
    package private(set) var durableByteCount = 0

    package init() {}

    /// Writes at the end.
    package mutating func append(_ bytes: [UInt8]) { content += bytes }

    /// Makes the first `count` bytes durable: what was there when the sync began.
    package mutating func sync(through count: Int) {
        durableByteCount = max(durableByteCount, min(count, content.count))
    }

    /// Cuts the file and makes the rest durable, as recovery does.
    package mutating func recover(to count: Int) {
        content.removeLast(content.count - count)
        durableByteCount = count
    }

    /// The machine loses its power: of what no sync has covered a random part is there, and that
    /// may be damaged anywhere or be zeros.
    package mutating func losePower(using generator: inout some RandomNumberGenerator) {
        let kept = Int.random(in: durableByteCount...content.count, using: &generator)
        content.removeLast(content.count - kept)
        guard kept > durableByteCount else { return }
        let offset = Int.random(in: durableByteCount..<kept, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: content[offset] ^= UInt8.random(in: 1...255, using: &generator)
        case 1: for zeroed in offset..<kept { content[zeroed] = 0 }
        default: break
        }
    }
}

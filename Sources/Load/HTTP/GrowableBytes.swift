/// Bytes held over from one read to the next, at an address that views may point to until the
/// next change.
package struct GrowableBytes: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    package init() { storage = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { storage.deallocate() }

    package var isEmpty: Bool { count == 0 }

    /// Where the bytes begin, valid until the next call of a mutating method; nil before the first.
    package var start: UnsafePointer<UInt8>? {
        UnsafePointer(storage.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    /// A view of the bytes, valid until the next call of a mutating method.
    package var view: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<count])
    }

    /// Appends bytes; storage at least doubles, so that n bytes cost O(n).
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        if count + bytes.count > storage.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(count + bytes.count, 2 * storage.count, 512), alignment: 1)
            larger.copyMemory(from: view)
            storage.deallocate()
            storage = larger
        }
        UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    package mutating func append(byte: UInt8) {
        withUnsafeBytes(of: byte) { append($0) }
    }

    /// Forgets the bytes and keeps the storage.
    package mutating func removeAll() { count = 0 }
}

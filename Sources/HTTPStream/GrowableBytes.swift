/// Bytes held over from one read to the next, at an address that views may point to until the
/// next change.
struct GrowableBytes: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init() { storage = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { storage.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// Where the bytes begin, valid until the next call of a mutating method; nil before the first.
    var start: UnsafePointer<UInt8>? {
        UnsafePointer(storage.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    /// A view of the bytes, valid until the next call of a mutating method.
    var view: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<count])
    }

    /// Appends bytes; storage at least doubles, so that n bytes cost O(n).
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
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

    mutating func append(byte: UInt8) {
        withUnsafeBytes(of: byte) { append($0) }
    }

    /// Forgets the bytes and keeps the storage.
    mutating func removeAll() { count = 0 }
}

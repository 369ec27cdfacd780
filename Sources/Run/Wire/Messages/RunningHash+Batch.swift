package import Bytes

extension RunningHash {
    /// Adds a batch as it travelled: its number, its record count and its bytes, by their checksum.
    package mutating func add(_ batch: Batch) {
        add(batch.number)
        add(UInt64(batch.records))
        add(UInt64(batch.payload.count))
        add(UInt64(CRC32C.checksum(batch.payload)))
    }
}

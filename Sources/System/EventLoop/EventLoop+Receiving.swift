import CLibUV
package import TimeBase

extension EventLoop {
    /// Asks the kernel to stamp what `descriptor` receives.
    ///
    /// - Returns: false where it refuses: reads then carry no stamp.
    package static func stampReceives(of descriptor: Int32) -> Bool {
        legato_enable_receive_stamps(descriptor) == 0
    }

    /// Receives once without waiting, into the loop's read buffer; see ``received(_:)``. Loop's
    /// thread only.
    ///
    /// - Returns: the bytes received, 0 at the end of the stream, negative for `-errno`; and when
    ///   that was, with the kernel's stamp of the newest segment where it gave one.
    package func receive(_ descriptor: Int32) -> (count: Int, receipt: Receipt) {
        var stamp = legato_receive_stamp()
        let count = legato_receive_stamped(
            descriptor, readBuffer.baseAddress, readBuffer.count, &stamp)
        let read = LocalInstant(ns: stamp.read_ns)
        guard count > 0, stamp.seconds > 0 else { return (count, Receipt(read: read)) }
        let kernel = realtimeConversion(at: read).raw(
            ofRealtimeNs: stamp.seconds * 1_000_000_000 + stamp.nanoseconds)
        return (count, Receipt(read: read, kernel: kernel))
    }

    /// The first `count` bytes of the last read, valid until the loop's next one.
    package func received(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(readBuffer)[..<count])
    }
}

/// When a read was done, and what the kernel says of it.
package struct Receipt: Hashable, Sendable {
    /// Taken as the call returned, before anything else.
    package var read: LocalInstant
    /// The kernel's stamp of the last segment; nil where it gave none that can be converted.
    package var kernel: LocalInstant?
}

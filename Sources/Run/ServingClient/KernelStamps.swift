import EventLoop
import Glibc
import TimeBase

/// Receives with the kernel's receive stamps, and maps those from CLOCK_REALTIME to RAW.
///
/// One instance serves a client: a buffer, a control buffer, and a pair of clock readings that all
/// reads of one loop turn share.
final class KernelStamps {
    /// The result of one read.
    struct Read {
        /// Bytes received; 0 at the end of the stream, negative for `-errno`.
        var count: Int
        /// When the call returned.
        var now: LocalInstant
        /// The kernel's stamp of the newest segment on RAW, nil where it gave none or where it
        /// cannot be trusted.
        var stamp: LocalInstant?
    }

    /// Bytes that one read takes at most.
    static let readBytes = 64 << 10
    /// SO_TIMESTAMPNS and the control message's type: 35 on every Linux that Swift runs on; the
    /// header's macro is not imported.
    private static let timestampOption: Int32 = 35

    private let loop: EventLoop
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: readBytes, alignment: 64)
    private let control = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 16)
    private let vector = UnsafeMutablePointer<iovec>.allocate(capacity: 1)
    private let warmSocket: Int32

    init(loop: EventLoop) {
        self.loop = loop
        vector.initialize(to: iovec(iov_base: buffer.baseAddress, iov_len: buffer.count))
        // The kernel turns the facility on late: a socket that asks for stamps is held open, so
        // that the first connection's first answer is stamped too.
        warmSocket = socket(
            AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if warmSocket >= 0 { Self.ask(warmSocket) }
    }

    deinit {
        if warmSocket >= 0 { close(warmSocket) }
        buffer.deallocate()
        control.deallocate()
        vector.deallocate()
    }

    /// Asks the kernel to stamp what `descriptor` receives; without it reads carry no stamp.
    static func ask(_ descriptor: Int32) {
        var on: Int32 = 1
        // A kernel that refuses leaves the callback stamps, which are marked as such.
        _ = setsockopt(
            descriptor, SOL_SOCKET, timestampOption, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The first `count` bytes of the last read.
    func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
    }

    /// Reads once without waiting.
    func receive(_ descriptor: Int32) -> Read {
        var header = msghdr()
        header.msg_iov = vector
        header.msg_iovlen = 1
        header.msg_control = control.baseAddress
        header.msg_controllen = control.count
        let count = recvmsg(descriptor, &header, Int32(MSG_DONTWAIT))
        let problem = errno
        let now = RawClock.now()
        guard count > 0 else { return Read(count: count < 0 ? -Int(problem) : 0, now: now) }
        guard let realtimeNs = realtime(controlBytes: Int(header.msg_controllen)) else {
            return Read(count: count, now: now)
        }
        return Read(
            count: count, now: now,
            stamp: loop.realtimeConversion(at: now).raw(ofRealtimeNs: realtimeNs))
    }

    /// The stamp in the control messages, ns of CLOCK_REALTIME.
    private func realtime(controlBytes: Int) -> Int64? {
        var offset = 0
        let headerSize = MemoryLayout<cmsghdr>.size
        // Sound: the kernel wrote whole control messages into the first `controlBytes` bytes, each
        // aligned to 8; lengths are checked all the same.
        while offset + headerSize <= min(controlBytes, control.count) {
            let message = control.load(fromByteOffset: offset, as: cmsghdr.self)
            let length = Int(message.cmsg_len)
            guard length >= headerSize, offset + length <= control.count else { return nil }
            if message.cmsg_level == SOL_SOCKET && message.cmsg_type == Self.timestampOption
                && length >= headerSize + MemoryLayout<timespec>.size
            {
                let time = control.load(fromByteOffset: offset + headerSize, as: timespec.self)
                return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
            }
            offset += (length + 7) & ~7
        }
        return nil
    }
}

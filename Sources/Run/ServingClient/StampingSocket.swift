import EventLoop
import Glibc

/// A socket that asks for receive stamps and is held open: the kernel turns the facility on late,
/// and the first connection's first answer is to be stamped too.
final class StampingSocket {
    private let descriptor: Int32

    init() {
        descriptor = socket(
            AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // A kernel that refuses leaves the callback stamps, which are marked as such.
        if descriptor >= 0 { _ = EventLoop.stampReceives(of: descriptor) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

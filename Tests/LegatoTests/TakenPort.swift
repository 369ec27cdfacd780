import Glibc

/// A loopback port that this process listens on, so that nobody else can.
final class TakenPort {
    let port: UInt16
    private let socket: Int32

    /// Nil where the system gives no port.
    init?() {
        let opened = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard opened >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(opened, generic, length) == 0 && listen(opened, 1) == 0
                    && getsockname(opened, generic, &length) == 0
            }
        }
        guard result else {
            close(opened)
            return nil
        }
        socket = opened
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }
}

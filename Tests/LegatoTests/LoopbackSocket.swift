import Glibc

/// Plain sockets of the loopback that block: what relays and proxies of tests are made of.
enum LoopbackSocket {
    /// A socket that listens, and its port; nil where the system gives none.
    static func listening() -> (socket: Int32, port: UInt16)? {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard opened >= 0, with(port: 0, { bind(opened, $0, $1) == 0 }), listen(opened, 64) == 0
        else { return nil }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(opened, $0, &length) == 0
            }
        }
        return isNamed ? (opened, UInt16(bigEndian: address.sin_port)) : nil
    }

    /// A socket that is connected to a port; nil where nobody listens.
    static func connected(to port: UInt16) -> Int32? {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard with(port: port, { connect(opened, $0, $1) == 0 }) else {
            close(opened)
            return nil
        }
        return opened
    }

    /// The bytes that are there; none at the end.
    static func read(_ socket: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, Glibc.read(socket, buffer.baseAddress, buffer.count))
        }
    }

    /// Writes all of `bytes`; false where the other end is gone.
    static func write(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var left = bytes
        while !left.isEmpty {
            let count = left.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            left = left.dropFirst(count)
        }
        return true
    }

    private static func with(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

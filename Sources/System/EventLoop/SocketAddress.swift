package import CLibUV

/// An IPv4, IPv6 or Unix-domain socket address, as the kernel holds it.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The bytes of a sockaddr of the family's size.
    private let bytes: [UInt8]

    /// A numeric address: "127.0.0.1", "::1", "[::1]"; nil for anything else, names included.
    package init?(numeric host: String, port: UInt16) {
        var v4 = sockaddr_in()
        if uv_ip4_addr(host, CInt(port), &v4) == 0 {
            self.init(copying: &v4, size: MemoryLayout<sockaddr_in>.size)
            return
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        var v6 = sockaddr_in6()
        guard
            uv_ip6_addr(isBracketed ? String(host.dropFirst().dropLast()) : host, CInt(port), &v6)
                == 0
        else { return nil }
        self.init(copying: &v6, size: MemoryLayout<sockaddr_in6>.size)
    }

    /// A Unix-domain socket; nil when `path` is empty, holds a zero byte or is longer than the
    /// kernel's 107 bytes.
    package init?(unixPath path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let utf8 = Array(path.utf8)
        guard !utf8.isEmpty, !utf8.contains(0),
            utf8.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: utf8) }
        self.init(copying: &address, size: MemoryLayout<sockaddr_un>.size)
    }

    /// Copies a sockaddr of the system; nil for another family.
    init?(_ address: UnsafePointer<sockaddr>) {
        let size: Int
        switch CInt(address.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        case AF_UNIX: size = MemoryLayout<sockaddr_un>.size
        default: return nil
        }
        self.init(copying: address, size: size)
    }

    private init(copying address: UnsafeRawPointer, size: Int) {
        bytes = Array(UnsafeRawBufferPointer(start: address, count: size))
    }

    /// Lends the address to a system call.
    package func withSockaddr<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBytes {
            // Sound: an array's storage is aligned to 16, and holds a whole sockaddr of its family.
            try body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    package var family: Int32 { withSockaddr { address, _ in Int32(address.pointee.sa_family) } }

    /// The port; 0 for a Unix-domain socket.
    package var port: UInt16 {
        // Both internet families hold it after the family, in network order.
        family == AF_UNIX ? 0 : UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }

    /// The numeric host, or the path.
    package var host: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            withSockaddr { address, _ in
                // Sound: the family says which sockaddr the bytes are.
                let raw = UnsafeRawPointer(address)
                switch family {
                case AF_INET:
                    uv_ip4_name(
                        raw.assumingMemoryBound(to: sockaddr_in.self), text.baseAddress!, 128)
                case AF_INET6:
                    uv_ip6_name(
                        raw.assumingMemoryBound(to: sockaddr_in6.self), text.baseAddress!, 128)
                default:
                    // `init?(unixPath:)` left at least one zero byte at the end.
                    return String(decoding: bytes.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
                }
                return String(cString: text.baseAddress!)
            }
        }
    }

    /// Whether packets to it stay on this host: 127.0.0.0/8 (mapped into IPv6 too), ::1, a path.
    package var isLoopback: Bool {
        switch family {
        case AF_INET: return bytes[4] == 127
        case AF_INET6:
            let address = bytes[8..<24]
            let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127]
            let one = [UInt8](repeating: 0, count: 15) + [1]
            return address.elementsEqual(one) || address.starts(with: mapped)
        default: return true
        }
    }

    /// "127.0.0.1:80", "[::1]:80", or the path.
    package var description: String {
        switch family {
        case AF_INET: "\(host):\(port)"
        case AF_INET6: "[\(host)]:\(port)"
        default: host
        }
    }
}

import CLibUV

/// A listening TCP socket.
package final class TCPListener: LoopHandle {
    /// The address it is bound to, with the port that the kernel chose when 0 was asked for.
    package let localAddress: SocketAddress
    /// The port that it listens on.
    package var localPort: UInt16 { localAddress.port }

    private var onConnection: ((TCPConnection) -> Void)?
    private var onError: ((SystemError) -> Void)?

    /// Listens on `host`, a numeric address or a name (looked up now, blocking; its first address).
    ///
    /// `onConnection` owns each connection and closes it. `onError` hears of connections that could
    /// not be accepted (no descriptors left); listening goes on.
    /// Throws an error that names host and port, and says what to do when the port is taken.
    package init(
        loop: EventLoop, host: String, port: UInt16, backlog: Int32 = 511,
        onError: @escaping (SystemError) -> Void = { _ in },
        onConnection: @escaping (TCPConnection) -> Void
    ) throws(SystemError) {
        let wanted = HostPort(host: host, port: port)
        let addresses = try Resolver.resolveBlocking(loop: loop, host: host, port: port)
        let raw = try TCPConnection.allocateSocket(on: loop, attempted: "listen on \(wanted)")
        let tcp = raw.assumingMemoryBound(to: uv_tcp_t.self)
        let bound = addresses[0].withSockaddr { address, _ in uv_tcp_bind(tcp, address, 0) }
        // libuv tells a bind to a taken port at listen.
        let result =
            bound < 0
            ? bound
            : uv_listen(raw.assumingMemoryBound(to: uv_stream_t.self), backlog) { raw, status in
                TCPListener.from(raw!.pointee.data).incoming(status)
            }
        guard result == 0, let local = TCPConnection.address(of: tcp, uv_tcp_getsockname) else {
            uv_close(raw.assumingMemoryBound(to: uv_handle_t.self)) {
                UnsafeMutableRawPointer($0!).deallocate()
            }
            throw Self.refusal(result, wanted)
        }
        localAddress = local
        self.onConnection = onConnection
        self.onError = onError
        super.init(adopting: raw, on: loop)
    }

    private static func refusal(_ code: CInt, _ wanted: HostPort) -> SystemError {
        let remedy: String? =
            switch code {
            case UV_EADDRINUSE.rawValue:
                "stop the program that holds the port, or choose another one (0 picks a free one)"
            case UV_EACCES.rawValue: "choose a port above 1023"
            case UV_EADDRNOTAVAIL.rawValue: "give an address of this host, or 0.0.0.0 for all"
            default: nil
            }
        return SystemError(
            code: code < 0 ? code : UV_EINVAL.rawValue, attempted: "listen on \(wanted)",
            remedy: remedy)
    }

    private func incoming(_ status: CInt) {
        guard !isClosed else { return }
        do {
            try check(status, "accept a connection on \(localAddress)")
            onConnection?(try TCPConnection(accepting: self))
        } catch {
            onError?(error)
        }
    }

    override func willClose() {
        onConnection = nil
        onError = nil
    }
}

import CLibUV
import Glibc

/// A TCP connection, Nagle's algorithm off.
package final class TCPConnection: LoopHandle {
    /// The other side.
    package let remoteAddress: SocketAddress

    /// When the read that is being handed on was done; nil unless ``stampReceives()`` was called.
    @exclusivity(unchecked) package internal(set) var lastReceipt: Receipt?
    /// Polls a duplicate of the descriptor, which it owns, once ``stampReceives()`` was called.
    var stampedReader: Poller?

    // Set and called on the loop's thread alone, never while it is set.
    @exclusivity(unchecked) private var onBytes: ((UnsafeRawBufferPointer) -> Void)?
    private var onEnd: ((SystemError?) -> Void)?

    private init(
        adopting raw: UnsafeMutableRawPointer, on loop: EventLoop, remoteAddress: SocketAddress
    ) {
        self.remoteAddress = remoteAddress
        super.init(adopting: raw, on: loop)
    }

    // MARK: Beginning

    /// Connects to `address`; `completion` comes on a later turn with the connection or the reason.
    ///
    /// The returned connection serves only to give up: closing it completes with a cancelled error.
    /// There is no timeout but the kernel's (about two minutes).
    @discardableResult
    package static func connect(
        loop: EventLoop, to address: SocketAddress,
        completion: @escaping (Result<TCPConnection, SystemError>) -> Void
    ) -> TCPConnection? {
        let attempted = "connect to \(address)"
        let raw: UnsafeMutableRawPointer
        do {
            raw = try allocateSocket(on: loop, attempted: attempted)
        } catch {
            loop.next { completion(.failure(error)) }
            return nil
        }
        let connection = TCPConnection(adopting: raw, on: loop, remoteAddress: address)
        let request = Request.make(uv_connect_t.self, connection: connection) { status in
            if status == 0 {
                uv_tcp_nodelay(connection.tcp, 1)
                completion(.success(connection))
            } else {
                connection.close()
                completion(.failure(SystemError(code: status, attempted: attempted)))
            }
        }
        let result = address.withSockaddr { address, _ in
            uv_tcp_connect(request, connection.tcp, address) { request, status in
                Request.finish(request!, request!.pointee.data, status)
            }
        }
        if result < 0 {
            loop.next { Request.finish(request, request.pointee.data, result) }
        }
        return connection
    }

    /// Takes the next connection of a listener.
    convenience init(accepting listener: TCPListener) throws(SystemError) {
        let attempted = "accept a connection on \(listener.localAddress)"
        let raw = try Self.allocateSocket(on: listener.loop, attempted: attempted)
        let tcp = raw.assumingMemoryBound(to: uv_tcp_t.self)
        let result = uv_accept(
            listener.raw.assumingMemoryBound(to: uv_stream_t.self),
            raw.assumingMemoryBound(to: uv_stream_t.self))
        guard result == 0, let remote = Self.address(of: tcp, uv_tcp_getpeername) else {
            uv_close(raw.assumingMemoryBound(to: uv_handle_t.self)) {
                UnsafeMutableRawPointer($0!).deallocate()
            }
            // The peer can be gone already: then the kernel knows no name of it.
            throw SystemError(
                code: result < 0 ? result : UV_ENOTCONN.rawValue, attempted: attempted)
        }
        uv_tcp_nodelay(tcp, 1)
        self.init(adopting: raw, on: listener.loop, remoteAddress: remote)
    }

    static func allocateSocket(
        on loop: EventLoop, attempted: @autoclosure () -> String
    ) throws(SystemError) -> UnsafeMutableRawPointer {
        try allocate(UV_TCP, on: loop, attempted: attempted()) {
            uv_tcp_init(loop.uv, $0.assumingMemoryBound(to: uv_tcp_t.self))
        }
    }

    /// The address that `ask` (uv_tcp_getsockname, uv_tcp_getpeername) tells.
    static func address(
        of tcp: UnsafePointer<uv_tcp_t>,
        _ ask: (
            UnsafePointer<uv_tcp_t>?, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<CInt>?
        )
            -> CInt
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                var size = CInt(MemoryLayout<sockaddr_storage>.size)
                return ask(tcp, address, &size) == 0 ? SocketAddress(address) : nil
            }
        }
    }

    private var tcp: UnsafeMutablePointer<uv_tcp_t> { raw.assumingMemoryBound(to: uv_tcp_t.self) }
    private var stream: UnsafeMutablePointer<uv_stream_t> {
        raw.assumingMemoryBound(to: uv_stream_t.self)
    }

    /// This side.
    package var localAddress: SocketAddress? {
        isClosed ? nil : Self.address(of: tcp, uv_tcp_getsockname)
    }

    // MARK: Reading

    /// Hands on what arrives, valid during the call only, until `onEnd` says that nothing more
    /// will: nil at the peer's orderly end, else the error. The connection stays open for writing.
    package func startReading(
        onBytes: @escaping (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping (SystemError?) -> Void
    ) {
        preconditionOpen()
        self.onBytes = onBytes
        self.onEnd = onEnd
        if stampedReader != nil { return switchToStampedReading() }
        let result = uv_read_start(
            stream,
            { raw, _, buffer in
                // One buffer serves the loop: libuv reads and calls back before it asks again.
                let shared = TCPConnection.from(raw!.pointee.data).loop.readBuffer
                buffer!.pointee = uv_buf_init(
                    shared.baseAddress!.assumingMemoryBound(to: CChar.self),
                    UInt32(shared.count))
            },
            { raw, count, buffer in
                TCPConnection.from(raw!.pointee.data).received(count, buffer!.pointee.base)
            })
        if result < 0 && result != UV_EALREADY.rawValue {
            loop.next { [self] in ended(result) }
        }
    }

    /// Leaves what arrives in the kernel until ``startReading(onBytes:onEnd:)``; allowed at any
    /// time.
    package func stopReading() {
        guard !isClosed else { return }
        loop.preconditionCurrent()
        uv_read_stop(stream)
        stampedReader?.stop()
        onBytes = nil
        onEnd = nil
    }

    /// Whether bytes are handed on as they come.
    var isReading: Bool { onBytes != nil }

    func received(_ count: Int, _ base: UnsafeRawPointer?) {
        if count > 0 {
            onBytes?(UnsafeRawBufferPointer(start: base, count: count))
        } else if count < 0 {
            ended(CInt(count))
        }
    }

    private func ended(_ code: CInt) {
        let onEnd = onEnd
        stopReading()
        onEnd?(
            code == UV_EOF.rawValue
                ? nil : SystemError(code: code, attempted: "read from \(remoteAddress)"))
    }

    // MARK: Writing

    /// Bytes that the kernel has not taken yet.
    package var bytesQueued: Int { isClosed ? 0 : uv_stream_get_write_queue_size(stream) }

    /// Sends `bytes` after those before them. `completion` comes on a later turn, when the kernel
    /// has taken them all or with the reason why not (cancelled, when this side closed).
    ///
    /// Without a completion an error of writing is told by the end of reading only. Nothing bounds
    /// the queue but the caller, by ``bytesQueued``.
    package func write(_ bytes: [UInt8], completion: ((SystemError?) -> Void)? = nil) {
        bytes.withUnsafeBytes { write($0, completion: completion) }
    }

    /// The same for bytes that the caller keeps; they are copied when the kernel cannot take them.
    package func write(
        _ bytes: UnsafeRawBufferPointer, completion: ((SystemError?) -> Void)? = nil
    ) {
        loop.preconditionCurrent()
        if isClosed {
            if let completion {
                let error = SystemError(
                    code: UV_ECANCELED.rawValue, attempted: "write to \(remoteAddress)")
                loop.next { completion(error) }
            }
            return
        }
        var rest = bytes
        if completion == nil {
            guard !bytes.isEmpty else { return }
            // Without a completion nothing needs to outlive the call if the kernel takes it all.
            let taken = sendAtOnce(bytes)
            if taken == bytes.count { return }
            if taken > 0 { rest = UnsafeRawBufferPointer(rebasing: bytes[Int(taken)...]) }
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: rest.count, alignment: 1)
        copy.copyMemory(from: rest)
        let request = Request.make(uv_write_t.self, connection: self) { status in
            copy.deallocate()
            guard let completion else { return }
            completion(
                status < 0
                    ? SystemError(code: status, attempted: "write to \(self.remoteAddress)") : nil)
        }
        var buffer = Self.buffer(UnsafeRawBufferPointer(copy))
        let result = uv_write(request, stream, &buffer, 1) { request, status in
            Request.finish(request!, request!.pointee.data, status)
        }
        if result < 0 {
            loop.next { Request.finish(request, request.pointee.data, result) }
        }
    }

    /// The count of bytes that the kernel takes now; none behind bytes that wait. An error is left
    /// to the queued write to tell.
    ///
    /// Not uv_try_write: it takes the way of files, whose checks cost a tenth of a short message's
    /// sending.
    private func sendAtOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        var descriptor: CInt = -1
        guard uv_stream_get_write_queue_size(stream) == 0, uv_fileno(handle, &descriptor) == 0
        else { return 0 }
        return max(
            0,
            send(
                descriptor, bytes.baseAddress, bytes.count,
                Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)))
    }

    private static func buffer(_ bytes: UnsafeRawBufferPointer) -> uv_buf_t {
        // libuv's type is mutable for reads; a write does not touch the bytes.
        let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        return uv_buf_init(base?.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
    }

    /// Ends this side's direction after what is queued; reading goes on.
    package func shutdownWrite(completion: ((SystemError?) -> Void)? = nil) {
        preconditionOpen()
        let attempted = "end the writing to \(remoteAddress)"
        let request = Request.make(uv_shutdown_t.self, connection: self) { status in
            completion?(status < 0 ? SystemError(code: status, attempted: attempted) : nil)
        }
        let result = uv_shutdown(request, stream) { request, status in
            Request.finish(request!, request!.pointee.data, status)
        }
        if result < 0 {
            loop.next { Request.finish(request, request.pointee.data, result) }
        }
    }

    override func willClose() {
        onBytes = nil
        onEnd = nil
        if let stampedReader {
            stampedReader.close()
            Glibc.close(stampedReader.descriptor)
        }
    }

    /// The closure and the connection that a libuv request carries to its callback; keeps the
    /// connection until then.
    private final class Request {
        let connection: TCPConnection
        let body: (CInt) -> Void

        init(connection: TCPConnection, body: @escaping (CInt) -> Void) {
            self.connection = connection
            self.body = body
        }

        /// A request on the heap whose data pointer retains this.
        static func make<Raw>(
            _: Raw.Type, connection: TCPConnection, body: @escaping (CInt) -> Void
        ) -> UnsafeMutablePointer<Raw> {
            let raw = UnsafeMutablePointer<Raw>.allocate(capacity: 1)
            let data = Unmanaged.passRetained(Request(connection: connection, body: body))
            // Sound: every libuv request begins with the fields of uv_req_t.
            UnsafeMutableRawPointer(raw).assumingMemoryBound(to: uv_req_t.self).pointee.data =
                data.toOpaque()
            return raw
        }

        static func finish<Raw>(
            _ raw: UnsafeMutablePointer<Raw>, _ data: UnsafeMutableRawPointer?, _ status: CInt
        ) {
            let request = Unmanaged<Request>.fromOpaque(data!).takeRetainedValue()
            raw.deallocate()
            request.body(status)
        }
    }
}

import CLibUV

/// Names to addresses, through the system's resolver.
package enum Resolver {
    /// The result of a look-up: addresses in the resolver's order of preference, at least one.
    package typealias Answer = Result<[SocketAddress], SystemError>

    /// Looks up stream addresses on libuv's worker threads and answers on the loop's.
    ///
    /// Numeric hosts are answered without a look-up, also on a later turn.
    package static func resolve(
        loop: EventLoop, host: String, port: UInt16, completion: @escaping (Answer) -> Void
    ) {
        loop.preconditionCurrent()
        if let address = SocketAddress(numeric: host, port: port) {
            loop.next { completion(.success([address])) }
            return
        }
        let question = Question(host: host, port: port, completion: completion)
        let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(question).toOpaque()
        var hints = Self.hints
        let result = uv_getaddrinfo(
            loop.uv, request,
            { request, status, list in
                let question = Unmanaged<Question>.fromOpaque(request!.pointee.data)
                    .takeRetainedValue()
                request!.deallocate()
                question.completion(Resolver.answer(status, list, question.host, question.port))
            }, host, String(port), &hints)
        if result < 0 {
            Unmanaged<Question>.fromOpaque(request.pointee.data).release()
            request.deallocate()
            loop.next { completion(answer(result, nil, host, port)) }
        }
    }

    /// The same, blocking: for a program's start, before anything is measured.
    package static func resolveBlocking(
        loop: EventLoop, host: String, port: UInt16
    ) throws(SystemError) -> [SocketAddress] {
        loop.preconditionCurrent()
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        var request = uv_getaddrinfo_t()
        var hints = Self.hints
        let result = uv_getaddrinfo(loop.uv, &request, nil, host, String(port), &hints)
        return try answer(result, request.addrinfo, host, port).get()
    }

    private final class Question {
        let host: String
        let port: UInt16
        let completion: (Answer) -> Void

        init(host: String, port: UInt16, completion: @escaping (Answer) -> Void) {
            self.host = host
            self.port = port
            self.completion = completion
        }
    }

    private static var hints: addrinfo {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_protocol = CInt(IPPROTO_TCP)
        return hints
    }

    private static func answer(
        _ status: CInt, _ list: UnsafeMutablePointer<addrinfo>?, _ host: String, _ port: UInt16
    ) -> Answer {
        defer { uv_freeaddrinfo(list) }
        let attempted = "resolve \(HostPort(host: host, port: port))"
        let remedy = "check the name, or give a numeric address"
        guard status == 0 else {
            return .failure(SystemError(code: status, attempted: attempted, remedy: remedy))
        }
        let addresses = sequence(first: list, next: { $0?.pointee.ai_next })
            .prefix { $0 != nil }
            .compactMap { $0?.pointee.ai_addr.flatMap { SocketAddress($0) } }
        guard !addresses.isEmpty else {
            return .failure(
                SystemError(code: UV_EAI_NODATA.rawValue, attempted: attempted, remedy: remedy))
        }
        return .success(addresses)
    }
}

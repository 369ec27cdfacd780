import AnswerStream
import EventLoop
import TLSStream
import TimeBase
import TokenLog
import Workload

extension ServingClient {
    /// Resolves every target once and connects to it once, TLS included; all later connections use
    /// the address that answered.
    ///
    /// - Parameter completion: gets one entry a target: nil, or why it cannot be reached.
    package func open(_ completion: @escaping ([ConnectionError?]) -> Void) {
        var results: [ConnectionError?] = Array(repeating: nil, count: targets.count)
        var left = targets.count
        guard left > 0 else { return loop.next { completion([]) } }
        for index in targets.indices {
            open(target: index) { error in
                results[index] = error
                left -= 1
                if left == 0 { completion(results) }
            }
        }
    }

    /// Resolves one target and connects to it, as ``open(_:)`` does with all of them.
    func open(target index: Int, _ done: @escaping (ConnectionError?) -> Void) {
        find(targets[index]) { [self] answer in
            switch answer {
            case .failure(let error): done(.system(error))
            case .success(let found): tryAddresses(found[...], target: index, done)
            }
        }
    }

    private func find(_ target: Target, _ completion: @escaping (Resolver.Answer) -> Void) {
        switch target.address {
        case .network(let host, let port):
            Resolver.resolve(loop: loop, host: host, port: port, completion: completion)
        case .unixSocket(let path):
            guard let address = SocketAddress(unixPath: path) else {
                preconditionFailure("a target's path fits a socket's address")
            }
            loop.next { completion(.success([address])) }
        }
    }

    private func tryAddresses(
        _ found: ArraySlice<SocketAddress>, target: Int,
        _ done: @escaping (ConnectionError?) -> Void
    ) {
        guard !isClosed, let address = found.first else { return }
        addresses[target] = address
        openOne(target) { [self] error in
            // Where TLS failed a server was found: the next address would only hide why.
            if case .system = error, found.count > 1 {
                tryAddresses(found.dropFirst(), target: target, done)
            } else {
                done(error)
            }
        }
    }

    private func openOne(_ target: Int, _ done: @escaping (ConnectionError?) -> Void) {
        do throws(ConnectionError) {
            try connect(target).whenOpen = done
        } catch {
            loop.next { done(error) }
        }
    }

    /// The TLS of a new connection to `target`; nil where none is spoken.
    func channel(to target: Target) throws(ConnectionError) -> SecureChannel? {
        guard target.isTLS, case .network(let host, _) = target.address else { return nil }
        if tls == nil {
            tls = Result { () throws(TLSTrustError) in try TLSClientContext(configuration.trust) }
        }
        switch tls {
        case .success(let context): return SecureChannel(context.makeSession(host: host))
        case .failure(let error): throw .tls(error.description)
        case nil: preconditionFailure("the context was made above")
        }
    }

    /// Keeps connections ready to a target that speaks TLS, so that a request which is due does not
    /// wait for a handshake.
    func openSpare(_ target: Int) {
        guard targets[target].isTLS else { return }
        let spare = idle[target].count + opening[target].count
        // Spare ones leave room for those of other targets.
        let room = configuration.connectionLimit / 2 - connections.count
        let missing = min(configuration.spareTLSConnections - spare, room)
        for _ in 0..<max(0, missing) { reopen(target) }
    }

    /// Connections to one target that are opened at once, ahead of need: a server's queue holds as
    /// many.
    static let openedAtOnce = 32

    /// Opens connections ahead until `count` are idle, `openedAtOnce` at a time.
    ///
    /// - Parameter completion: gets how many are idle then, and the first reason why not all.
    package func prepareConnections(
        _ count: Int, target: Int, _ completion: @escaping (Int, ConnectionError?) -> Void
    ) {
        let wanted =
            switch configuration.connections {
            case .kept: count
            case .fresh: 0
            case .limited(let limit): min(count, Int(limit))
            }
        prepare(max(0, wanted - idle[target].count), target: target, completion)
    }

    /// Opens `missing` more, unless one cannot be opened.
    private func prepare(
        _ missing: Int, target: Int, _ completion: @escaping (Int, ConnectionError?) -> Void
    ) {
        guard missing > 0, !isClosed else {
            return loop.next { [self] in completion(idle[target].count, nil) }
        }
        let wave = min(missing, Self.openedAtOnce)
        var left = wave
        var firstError: ConnectionError?
        for _ in 0..<wave {
            openOne(target) { [self] error in
                if firstError == nil { firstError = error }
                left -= 1
                guard left == 0 else { return }
                guard firstError == nil else { return completion(idle[target].count, firstError) }
                prepare(missing - wave, target: target, completion)
            }
        }
    }

    /// Asks a target for the models that it lists under `path`.
    func listModels(
        _ path: String, target: Int,
        _ completion: @escaping (_ asked: AskedRequest, _ names: [String]) -> Void
    ) {
        get(path, target, patience: Exchange.probePatience) { [secrets] answer in
            let result = answer.result
            guard result.outcome == .completed else {
                return completion(AskedRequest(.get, path, result), [])
            }
            let list = ModelList(answer.document)
            let words = list.names.isEmpty ? list.defect : "lists \(list.words)"
            completion(
                AskedRequest(
                    .get, path, status: result.status, words: secrets.redact(words)), list.names)
        }
    }

    /// Asks a target for the document at `path`.
    ///
    /// - Parameters:
    ///   - patience: how long its whole answer is waited for.
    ///   - again: asks once more where the connection ended without an answer. A server may have
    ///     closed it after its last one, and asking twice changes nothing (RFC 9112, 9.3.1).
    func get(
        _ path: String, _ target: Int, patience: TimeSpan, again: Bool = true,
        _ completion: @escaping (ProbeAnswer) -> Void
    ) {
        start(
            Exchange(
                probing: path, host: host ?? targets[target].authority, headers: probeFields,
                secrets: secrets, patience: patience, at: RawClock.now()
            ) { [self] answer in
                let ended: [ErrorClass?] = [.closedEarly, .reset]
                let result = answer.result
                if again, result.status == 0, ended.contains(result.error?.kind) {
                    return get(path, target, patience: patience, again: false, completion)
                }
                completion(answer)
            }, target: target)
    }
}

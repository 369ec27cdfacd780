package import EventLoop
import Glibc
package import HTTPStream
import TLSStream
import TimeBase
package import TokenLog

/// Drives the HTTP streams of some servers and stamps every token.
///
/// Confined to the loop's thread: made, used and closed there. Nothing is ever retried. On the path
/// of a token nothing is allocated, awaited or locked.
package final class ServingClient {
    package let targets: [Target]
    package let configuration: ClientConfiguration
    /// Requests that were given to ``send(_:)`` and have not finished.
    package var inFlight: Int { exchanges.count }
    /// Connections, opening ones included.
    package var connectionCount: Int { connections.count }

    /// How its reads went so far.
    @exclusivity(unchecked)
    package private(set) var reads = ReadAudit()
    /// What was agreed on with each target that speaks TLS, by its first connection.
    package internal(set) var agreedTLS: [TLSFacts?]

    let loop: EventLoop
    let stamps: KernelStamps
    /// Where the records of one read are opened into; empty without targets that speak TLS.
    let opened: UnsafeMutableRawBufferPointer
    /// Nil until a target needs one.
    var tls: Result<TLSClientContext, TLSTrustError>?
    private unowned let sink: any StreamSink
    /// Fields of probes: the API key, and what else every request carries.
    let probeFields: String
    /// Taken out of whatever servers say.
    package let secrets: SecretFilter

    /// One a target.
    private let memories: [ServerMemory]
    /// One a target, nil until ``open(_:)`` has found it.
    var addresses: [SocketAddress?]
    private(set) var connections: [ClientConnection] = []
    var idle: [[ClientConnection]]
    /// Connections that are opening ahead of need, without anybody waiting for them.
    var opening: [[ClientConnection]]
    private var exchanges: [UInt32: ClientConnection] = [:]
    /// What one read gave; kept for their storage.
    @exclusivity(unchecked) private var tokensOfRead: [AnswerTokens] = []
    @exclusivity(unchecked) private var recordsOfRead = ReadRecords(capacity: 1_024)
    let limitTimer: LoopTimer
    var isClosed = false

    /// An idle connection that lived shorter than this and served nothing is not opened again.
    private static let reopenAge = TimeSpan.seconds(1)

    /// - Parameters:
    ///   - probeFields: further header fields of probes, such as the API key's.
    ///   - sink: gets all records; not retained, and must outlive the client.
    package init(
        loop: EventLoop, targets: [Target], configuration: ClientConfiguration = .init(),
        probeFields: [HTTPField] = [], sink: any StreamSink
    ) {
        self.loop = loop
        self.targets = targets
        self.configuration = configuration
        self.sink = sink
        secrets = SecretFilter(fields: probeFields, urls: targets.map(\.description))
        self.probeFields = probeFields.map { "\($0.name): \($0.value)\r\n" }.joined()
        stamps = KernelStamps(loop: loop)
        memories = targets.map { _ in ServerMemory() }
        addresses = Array(repeating: nil, count: targets.count)
        idle = Array(repeating: [], count: targets.count)
        opening = idle
        agreedTLS = Array(repeating: nil, count: targets.count)
        opened = .allocate(
            byteCount: targets.contains(where: \.isTLS) ? SecureChannel.openedBytes : 0,
            alignment: 64)
        limitTimer = LoopTimer(loop: loop)
        tokensOfRead.reserveCapacity(1_024)
    }

    deinit { opened.deallocate() }

    // MARK: Requests

    /// Sends a request now, on an idle connection of its target or on a new one.
    ///
    /// Its records reach the sink before this returns only where no connection can be made.
    package func send(_ request: PreparedRequest) {
        precondition(exchanges[request.id] == nil, "request \(request.id) is sent twice")
        let exchange = Exchange(
            request, memory: memories[request.target], secrets: secrets,
            at: RawClock.now())
        start(exchange, target: request.target)
    }

    /// Sends a request that is not part of the run; the sink hears nothing of it.
    ///
    /// - Parameter completion: called once, on a later turn, with how its answer ended.
    package func ask(
        _ request: PreparedRequest, _ completion: @escaping (AnswerResult) -> Void
    ) {
        let loop = loop
        let later = { (result: AnswerResult) in loop.next { completion(result) } }
        let exchange = Exchange(
            request, for: .question(later), memory: memories[request.target], secrets: secrets,
            at: RawClock.now())
        start(exchange, target: request.target)
    }

    /// Forgets how its reads went so far: questions before a run are no part of it.
    package func forgetReads() { reads = ReadAudit() }

    /// Ends a request on purpose: its connection is closed, its record says `outcome`.
    ///
    /// - Parameters:
    ///   - outcome: `abandoned` or `unfinished`.
    ///   - reason: one sentence for the record.
    /// - Returns: false when no such request is in flight.
    @discardableResult
    package func cancel(
        _ id: UInt32, outcome: Outcome, kind: ErrorClass = .runEnded, reason: String
    ) -> Bool {
        precondition(
            outcome == .abandoned || outcome == .unfinished,
            "a request is cancelled as abandoned or unfinished")
        guard let connection = exchanges[id], let exchange = connection.exchange else {
            return false
        }
        _ = exchange.stream.broken(kind, reason, outcome: outcome)
        finish(connection, exchange, leftOver: 0, at: RawClock.now())
        return true
    }

    /// Cancels every request in flight, in the order of their ids.
    package func cancelAll(outcome: Outcome, kind: ErrorClass = .runEnded, reason: String) {
        for id in exchanges.keys.sorted() {
            cancel(id, outcome: outcome, kind: kind, reason: reason)
        }
    }

    func start(_ exchange: Exchange, target: Int) {
        startLimits()
        while let connection = idle[target].popLast() ?? opening[target].popLast() {
            register(exchange, on: connection)
            if connection.begin(exchange) { return openSpare(target) }
            exchanges[exchange.id] = nil
            remove(connection)
        }
        do throws(ConnectionError) {
            let connection = try connect(target)
            register(exchange, on: connection)
            _ = connection.begin(exchange)
            openSpare(target)
        } catch {
            _ = exchange.stream.broken(
                error.isOpenFileLimit ? .local : .connect, error.description)
            deliver(exchange, at: RawClock.now())
        }
    }

    private func register(_ exchange: Exchange, on connection: ClientConnection) {
        guard case .request = exchange.purpose else { return }
        exchanges[exchange.id] = connection
    }

    /// Begins to connect to a target.
    func connect(_ target: Int) throws(ConnectionError) -> ClientConnection {
        guard connections.count < configuration.connectionLimit else {
            throw .system(
                SystemError(
                    code: -EMFILE, attempted: "open connection \(connections.count + 1)",
                    remedy: "raise the limit of open files (ulimit -n, or LimitNOFILE of the unit)")
            )
        }
        guard let address = addresses[target] else {
            throw .system(
                SystemError(
                    code: -EHOSTUNREACH, attempted: "connect to \(targets[target])",
                    remedy: "open the client before it sends"))
        }
        let channel = try channel(to: targets[target])
        let connection: ClientConnection
        do throws(SystemError) {
            connection = try ClientConnection(
                client: self, loop: loop, target: target, address: address, channel: channel)
        } catch { throw .system(error) }
        connection.place = connections.count
        connections.append(connection)
        startLimits()
        return connection
    }

    /// Closes a connection and forgets it.
    private func remove(_ connection: ClientConnection) {
        connection.end()
        let last = connections.removeLast()
        if last !== connection {
            last.place = connection.place
            connections[last.place] = last
        }
        idle[connection.target].removeAll { $0 === connection }
        opening[connection.target].removeAll { $0 === connection }
    }

    /// Replaces a connection that the server closed, ahead of need.
    func reopen(_ target: Int) {
        guard !isClosed else { return }
        // A request that finds none opens its own, and tells why it cannot.
        guard let connection = try? connect(target) else { return }
        opening[target].append(connection)
    }

    // MARK: What connections tell

    func opened(_ connection: ClientConnection) {
        opening[connection.target].removeAll { $0 === connection }
        idle[connection.target].append(connection)
        let told = connection.whenOpen
        connection.whenOpen = nil
        told?(nil)
    }

    func couldNotConnect(
        _ connection: ClientConnection, _ error: ConnectionError, kind: ErrorClass = .connect
    ) {
        if let exchange = connection.exchange {
            _ = exchange.stream.broken(kind, error.description)
            finish(connection, exchange, leftOver: 0, at: RawClock.now())
        } else {
            let told = connection.whenOpen
            connection.whenOpen = nil
            remove(connection)
            told?(error)
        }
    }

    func idleEnded(_ connection: ClientConnection) {
        let isWorthReopening =
            connection.hasServed || RawClock.now() - connection.opened > Self.reopenAge
        let target = connection.target
        remove(connection)
        if isWorthReopening { reopen(target) }
    }

    func sent(_ exchange: Exchange, at now: LocalInstant) {
        if case .request = exchange.purpose { sink.requestSent(exchange.id, at: now) }
    }

    /// A connection was read, and `count` bytes had waited.
    func noteRead(of count: Int) { reads.waiting.add(Int64(count)) }

    func received(
        _ connection: ClientConnection, _ exchange: Exchange, _ bytes: UnsafeRawBufferPointer,
        stamp found: LocalInstant?, at now: LocalInstant
    ) {
        let (stamp, isKernel) = exchange.stamps.next(found, now: now)
        if let kernel = found {
            reads.delay.add((now - kernel).ns)
            if !isKernel { reads.outOfOrder += 1 }
        } else {
            reads.unstamped += 1
        }
        var input = bytes
        tokensOfRead.removeAll(keepingCapacity: true)
        // Told by the call: looking into the stream from here would copy it.
        let (isFinished, events) = exchange.stream.read(&input, into: &tokensOfRead)
        let leftOver = input.count
        let isJoined = events > 1
        let source: StampSource =
            isKernel
            ? (isJoined ? .kernelJoined : .kernel) : (isJoined ? .callbackJoined : .callback)
        if !tokensOfRead.isEmpty {
            exchange.lastToken = stamp
            tell(exchange, stamp, source, seen: now)
            guard connection.exchange === exchange else { return }
        }
        if isFinished { finish(connection, exchange, leftOver: leftOver, at: stamp) }
    }

    /// Hands the tokens of one read to the sink, which may cancel the request meanwhile.
    private func tell(
        _ exchange: Exchange, _ stamp: LocalInstant, _ source: StampSource, seen: LocalInstant
    ) {
        guard case .request = exchange.purpose else { return }
        let first = TokenRecord(
            stamp: stamp, request: exchange.id, count: 0, kind: .content, source: source)
        if tokensOfRead.count == 1, var only = ReadRecords.single(tokensOfRead[0], like: first) {
            withUnsafePointer(to: &only) {
                sink.tokens(UnsafeBufferPointer(start: $0, count: 1), seen: seen)
            }
            return
        }
        recordsOfRead.fill(tokensOfRead, like: first)
        recordsOfRead.records.withUnsafeBufferPointer { sink.tokens($0, seen: seen) }
    }

    /// - Parameter isCut: nothing proves that the server ended the connection.
    func ended(
        _ connection: ClientConnection, _ exchange: Exchange, at now: LocalInstant, isCut: Bool
    ) {
        if isCut, exchange.stream.endsWithConnection {
            return broke(
                connection, exchange, .closedEarly,
                "the TLS connection was cut without a close_notify: the answer may be incomplete")
        }
        tokensOfRead.removeAll(keepingCapacity: true)
        while let event = exchange.stream.connectionEnded() {
            if case .tokens(let tokens) = event { tokensOfRead.append(tokens) }
        }
        if !tokensOfRead.isEmpty { tell(exchange, now, .callback, seen: now) }
        guard connection.exchange === exchange else { return }
        finish(connection, exchange, leftOver: 0, at: now)
    }

    func broke(
        _ connection: ClientConnection, _ exchange: Exchange, _ kind: ErrorClass, _ detail: String
    ) {
        _ = exchange.stream.broken(kind, detail)
        finish(connection, exchange, leftOver: 0, at: RawClock.now())
    }

    // MARK: Ends

    /// Frees the connection, then tells: the sink may send the next request on it at once.
    private func finish(
        _ connection: ClientConnection, _ exchange: Exchange, leftOver: Int, at now: LocalInstant
    ) {
        let keepAlive = exchange.stream.result?.keepAlive == true
        let isReusable = keepAlive && leftOver == 0 && exchange.sent != nil && !isClosed
        connection.release(reusable: isReusable)
        if isReusable {
            idle[connection.target].append(connection)
        } else {
            remove(connection)
            if exchange.stream.result?.outcome == .completed { reopen(connection.target) }
        }
        deliver(exchange, at: now)
    }

    private func deliver(_ exchange: Exchange, at now: LocalInstant) {
        guard let result = exchange.stream.result else {
            preconditionFailure("an exchange is delivered once its answer has a result")
        }
        if case .probe(let completion) = exchange.purpose {
            completion(result, exchange.stream.document)
            return
        }
        var outcome = result.outcome
        var error = result.error
        if let detail = error?.detail {
            error?.detail = exchange.bytes.withUnsafeBytes { bytes in
                ErrorExcerpt.redacting(
                    detail, echoOf: UnsafeRawBufferPointer(rebasing: bytes[exchange.prompt]))
            }
        }
        if result.choices > 1, outcome == .completed {
            outcome = .failed
            error = RequestError(
                kind: .malformed, status: result.status,
                detail: "the server made \(result.choices) answers of a request for one")
        }
        if case .question(let completion) = exchange.purpose {
            var result = result
            (result.outcome, result.error) = (outcome, error)
            completion(result)
            return
        }
        exchanges[exchange.id] = nil
        let record = FinishRecord(
            request: exchange.id, at: now, outcome: outcome, error: error,
            evidence: result.evidence, promptTokens: result.promptTokens,
            outputTokens: result.outputTokens)
        sink.requestFinished(
            record, retryAfter: result.retryAfterSeconds.map { .seconds(Int64($0)) })
    }

    // MARK: The end

    /// Closes all connections; what is in flight ends as unfinished, and probes are not answered.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        cancelAll(outcome: .unfinished, reason: "the client was closed")
        for connection in connections { connection.end() }
        connections.removeAll()
        for target in idle.indices {
            idle[target].removeAll()
            opening[target].removeAll()
        }
        limitTimer.close()
    }
}

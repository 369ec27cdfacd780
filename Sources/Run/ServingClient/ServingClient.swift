package import AnswerStream
import DequeModule
package import EventLoop
import Glibc
package import HTTP
import TLSStream
import TimeBase
package import TokenLog
import Workload

/// Drives the HTTP streams of some servers and stamps every token.
///
/// Confined to the loop's thread: made, used and closed there. Nothing is ever retried. On the path
/// of a token nothing is allocated, awaited or locked.
package final class ServingClient {
    package let targets: [Target]
    package let configuration: ClientConfiguration
    /// Requests that were given to ``send(_:)`` and have not finished.
    package var inFlight: Int { exchanges.count + queued.count }
    /// Connections, opening ones included.
    package var connectionCount: Int { connections.count }

    /// How its reads went so far.
    @exclusivity(unchecked)
    package private(set) var reads = ReadAudit()
    /// The TLS version and cipher suite of each target that speaks TLS, by its first connection.
    package internal(set) var agreedTLS: [TLSAgreement?]

    let loop: EventLoop
    private let stampingSocket = StampingSocket()
    /// Where the records of one read are opened into; empty without targets that speak TLS.
    let opened: UnsafeMutableRawBufferPointer
    /// Nil until a target needs one.
    var tls: Result<TLSClientContext, TLSTrustError>?
    unowned let sink: any StreamSink
    /// Fields of probes: the API key, and what else every request carries.
    let probeFields: String
    /// The host that requests name where that is not their target's.
    let host: String?
    /// Taken out of whatever servers say.
    package let secrets: SecretFilter

    /// One a target.
    let memories: [ServerMemory]
    /// One a target, nil until ``open(_:)`` has found it.
    var addresses: [SocketAddress?]
    private(set) var connections: [ClientConnection] = []
    var idle: [[ClientConnection]]
    /// Connections that are opening ahead of need, without anybody waiting for them.
    var opening: [[ClientConnection]]
    var exchanges: [UInt32: ClientConnection] = [:]
    /// Connections whose answer has ended and whose body has not, the oldest first.
    var lingering: [ClientConnection] = []
    let lingerTimer: LoopTimer
    /// Requests that wait for a connection.
    var queued: [UInt32: Exchange] = [:]
    /// Exchanges that wait for a connection to each target, in order; some may wait no more.
    var waiting: [Deque<Exchange>]
    /// Connections to each target.
    private(set) var connectionCounts: [Int]
    /// Tokens and records of one read; kept for their storage.
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
        host = probeFields.first(named: "host")
        self.probeFields = probeFields.filter { $0.name != "host" }
            .map { "\($0.name): \($0.value)\r\n" }.joined()
        secrets = SecretFilter(fields: probeFields, urls: targets.map(\.path))
        memories = targets.map { _ in
            ServerMemory(recognisesEvents: configuration.recognisesEvents)
        }
        addresses = Array(repeating: nil, count: targets.count)
        idle = Array(repeating: [], count: targets.count)
        opening = idle
        waiting = Array(repeating: [], count: targets.count)
        connectionCounts = Array(repeating: 0, count: targets.count)
        agreedTLS = Array(repeating: nil, count: targets.count)
        opened = .allocate(
            byteCount: targets.contains(where: \.isTLS) ? SecureChannel.openedBytes : 0,
            alignment: 64)
        limitTimer = LoopTimer(loop: loop)
        lingerTimer = LoopTimer(loop: loop)
        tokensOfRead.reserveCapacity(1_024)
    }

    deinit { opened.deallocate() }

    // MARK: Requests

    /// Sends a request now, on an idle connection of its target or on a new one.
    ///
    /// Its records reach the sink before this returns only where no connection can be made.
    package func send(_ request: PreparedRequest) {
        precondition(
            exchanges[request.id] == nil && queued[request.id] == nil,
            "request \(request.id) is sent twice")
        let exchange = Exchange(
            request, memory: memories[request.target], secrets: secrets,
            at: RawClock.now())
        start(exchange, target: request.target)
    }

    /// Sends a request that is not part of the run; the sink hears nothing of it.
    ///
    /// - Parameters:
    ///   - bounds: how long, and how far, its answer is read.
    ///   - completion: called once, on a later turn, with how its answer ended.
    func ask(
        _ request: PreparedRequest, _ bounds: QuestionBounds,
        _ completion: @escaping (QuestionAnswer) -> Void
    ) {
        let loop = loop
        let later = { (answer: QuestionAnswer) in loop.next { completion(answer) } }
        let exchange = Exchange(
            request, for: .question(bounds, later), memory: memories[request.target],
            secrets: secrets, at: RawClock.now())
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
        if let exchange = queued.removeValue(forKey: id) {
            exchange.isWaiting = false
            _ = exchange.stream.broken(kind, reason, outcome: outcome)
            deliver(exchange, at: RawClock.now())
            return true
        }
        guard let connection = exchanges[id], let exchange = connection.exchange else {
            return false
        }
        _ = exchange.stream.broken(kind, reason, outcome: outcome)
        finish(connection, exchange, leftOver: 0, at: RawClock.now())
        return true
    }

    /// Cancels every request in flight, in the order of their ids.
    package func cancelAll(outcome: Outcome, kind: ErrorClass = .runEnded, reason: String) {
        // Those that wait first: they would be sent on what the others free.
        for id in queued.keys.sorted() + exchanges.keys.sorted() {
            cancel(id, outcome: outcome, kind: kind, reason: reason)
        }
    }

    func start(_ exchange: Exchange, target: Int) {
        startLimits()
        if mustWait(target) {
            wait(exchange, target: target)
        } else {
            begin(exchange, target: target)
        }
    }

    /// Gives an exchange to a free connection, or to a new one.
    func begin(_ exchange: Exchange, target: Int) {
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
        if connections.count >= configuration.connectionLimit, let oldest = lingering.first {
            remove(oldest)
        }
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
        connection.position = connections.count
        connections.append(connection)
        connectionCounts[target] += 1
        startLimits()
        return connection
    }

    /// Closes a connection and forgets it.
    func remove(_ connection: ClientConnection) {
        connection.end()
        connectionCounts[connection.target] -= 1
        let last = connections.removeLast()
        if last !== connection {
            last.position = connection.position
            connections[last.position] = last
        }
        lingering.removeAll { $0 === connection }
        idle[connection.target].removeAll { $0 === connection }
        opening[connection.target].removeAll { $0 === connection }
    }

    /// Replaces a connection that the server closed, ahead of need.
    func reopen(_ target: Int) {
        guard !isClosed, configuration.reopens, hasRoom(target),
            configuration.connections != .fresh
        else { return }
        // A request that finds none opens its own, and tells why it cannot.
        guard let connection = try? connect(target) else { return }
        opening[target].append(connection)
    }

    // MARK: News from connections

    func opened(_ connection: ClientConnection) {
        opening[connection.target].removeAll { $0 === connection }
        idle[connection.target].append(connection)
        let told = connection.whenOpen
        connection.whenOpen = nil
        told?(nil)
        serveWaiting(connection.target)
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
            serveWaiting(connection.target)
        }
    }

    func idleEnded(_ connection: ClientConnection) {
        let isWorthReopening =
            connection.hasServed || RawClock.now() - connection.opened > Self.reopenAge
        let target = connection.target
        remove(connection)
        if isWorthReopening { reopen(target) }
    }

    /// An exchange has a connection that is open, and is written next.
    func begins(_ exchange: Exchange) {
        guard configuration.connections != .kept, case .request = exchange.purpose else { return }
        sink.requestWaited(exchange.id, RawClock.now() - exchange.handed)
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
        if exchange.keepsResponse { exchange.keep(bytes) }
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
            if isJoined {
                noteJoined(exchange, stamp, delayNs: found.map { (now - $0).ns })
            }
            exchange.lastToken = stamp
            tell(connection, exchange, stamp, source, seen: now)
            guard connection.exchange === exchange else { return }
        }
        if isFinished { finish(connection, exchange, leftOver: leftOver, at: stamp) }
    }

    /// A read brought several events, tokens among them.
    private func noteJoined(_ exchange: Exchange, _ stamp: LocalInstant, delayNs: Int64?) {
        let before = exchange.lastToken ?? exchange.sent ?? exchange.begun
        reads.lateJoins.add(
            delayNs: delayNs, sinceNs: (stamp - before).ns, isFirst: exchange.lastToken == nil)
    }

    /// Hands the tokens of one read to the sink, which may cancel the request meanwhile.
    private func tell(
        _ connection: ClientConnection, _ exchange: Exchange, _ stamp: LocalInstant,
        _ source: StampSource, seen: LocalInstant
    ) {
        guard case .request = exchange.purpose else {
            return follow(connection, exchange, stamp)
        }
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

    /// Counts what one read brought of a question's answer, and ends one that goes on far beyond
    /// what was asked for.
    private func follow(
        _ connection: ClientConnection, _ exchange: Exchange, _ stamp: LocalInstant
    ) {
        guard case .question(let bounds, _) = exchange.purpose else { return }
        exchange.follow.add(tokensOfRead, at: stamp)
        guard exchange.follow.tokens > bounds.tokens, exchange.stream.result == nil else { return }
        exchange.follow.wentOn = true
        _ = exchange.stream.broken(
            .runEnded, "the question was answered", outcome: .unfinished)
        finish(connection, exchange, leftOver: 0, at: stamp)
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
        if !tokensOfRead.isEmpty { tell(connection, exchange, now, .callback, seen: now) }
        guard connection.exchange === exchange else { return }
        finish(connection, exchange, leftOver: 0, at: now)
    }

    func broke(
        _ connection: ClientConnection, _ exchange: Exchange, _ kind: ErrorClass, _ detail: String
    ) {
        _ = exchange.stream.broken(kind, detail)
        // An answer that was complete ended with what came last, and not with the wait behind it.
        let isComplete = exchange.stream.result?.outcome == .completed
        finish(
            connection, exchange, leftOver: 0,
            at: isComplete ? exchange.stamps.newest : RawClock.now())
    }

    // MARK: The end

    /// Closes all connections; what is in flight ends as unfinished, and probes are not answered.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        cancelAll(outcome: .unfinished, reason: "the client was closed")
        for connection in connections { connection.end() }
        connections.removeAll()
        lingering.removeAll()
        waiting = Array(repeating: [], count: targets.count)
        for target in idle.indices {
            idle[target].removeAll()
            opening[target].removeAll()
        }
        limitTimer.close()
        lingerTimer.close()
    }
}

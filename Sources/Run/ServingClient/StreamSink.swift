package import TLSStream
package import TimeBase
package import TokenLog
package import Workload

/// Where a client's records go. Called on the loop's thread, never for another thread to wait on.
///
/// A request gets at most one ``requestWaited(_:_:)``, at most one ``requestSent(_:at:)``, then its
/// tokens in order, then exactly one ``requestFinished(_:retryAfter:)``.
package protocol StreamSink: AnyObject {
    /// The request is about to be written, and had waited for a connection that the run's own rule
    /// (``ConnectionRule``) did not give it before: no lateness of this client's.
    func requestWaited(_ id: UInt32, _ wait: TimeSpan)
    /// The request's last byte was handed to the kernel: the instant before the call that took it.
    func requestSent(_ id: UInt32, at instant: LocalInstant)
    /// One read brought these tokens: at least one record, all of one request and with one stamp,
    /// one for all that follow each other of a kind. The buffer is the client's and holds for the
    /// call; `seen` is the callback's reading.
    func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant)
    /// The answer to a request that asked to be told it, just before the request is finished.
    func answered(_ id: UInt32, _ text: String)
    /// The request has ended; `retryAfter` is what a 429 or 503 asked for, and nobody retries.
    func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?)
}

extension StreamSink {
    package func answered(_ id: UInt32, _ text: String) {}
    package func requestWaited(_ id: UInt32, _ wait: TimeSpan) {}
}

/// How long a request may take; beyond it it has failed with the time limit as its class.
package struct ClientTimeouts: Hashable, Sendable {
    /// From the first packet of a connection to its being open, TLS included.
    package var connect = TimeSpan.seconds(10)
    /// From the request's last byte to its first token.
    package var firstToken = TimeSpan.seconds(60)
    /// From a token to the next, or to the end of the stream. Comments do not count.
    package var betweenTokens = TimeSpan.seconds(30)
    /// From the request's last byte to the end of its answer; nil for no limit.
    package var total: TimeSpan?

    /// From an answer's last bytes to its end, once every choice has told its finish reason: what
    /// is still due then is a usage and `[DONE]`, which no server thinks about.
    static let afterFinishReason = TimeSpan.seconds(2)
    /// From `[DONE]` to the end of the body: a connection that is kept longer would serve nobody.
    static let afterDone = TimeSpan.seconds(1)
    /// The same while a request waits for a connection: the end of a body follows in microseconds,
    /// or does not.
    static let afterDoneInDemand = TimeSpan.milliseconds(20)

    package init() {}

    /// How often the limits are looked at: a tenth of the smallest, from 5 ms to 250 ms. A request
    /// fails at most this much later than its limit.
    var resolution: TimeSpan {
        let smallest = [connect, firstToken, betweenTokens, total ?? connect].min()!
        return max(.milliseconds(5), min(.milliseconds(250), TimeSpan(ns: smallest.ns / 10)))
    }
}

/// How a client behaves.
package struct ClientConfiguration: Hashable, Sendable {
    package var timeouts = ClientTimeouts()
    /// Most connections at once, over all targets; a request beyond it fails as local.
    package var connectionLimit = 65_536
    package var connections = ConnectionRule.kept
    /// Connections that are kept open ahead of need to each target that speaks TLS.
    package var spareTLSConnections = 8
    /// Whether a connection that the server has closed is opened again ahead of need.
    package var reopens = true
    /// Whose certificates are taken.
    package var trust = TLSTrust()
    /// Whether events of answers are recognised by the bytes of those before them. Without that
    /// all are scanned, and the records are the same: for a measurement of what it saves.
    package var recognisesEvents = true

    package init() {}
}

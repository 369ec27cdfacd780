import CReceiver
import Glibc

/// A source of streams on a thread of its own, written in C: the same bytes for every receiver.
struct StreamSource {
    /// When events are sent.
    enum Pace: Hashable, Sendable {
        /// As fast as they are taken, many a write.
        case asTaken
        /// One write an event, all streams at once every so many ns.
        case inStep(periodNs: Int64)
        /// One write an event, the streams' turns spread evenly over the period.
        case spread(periodNs: Int64)
    }

    let port: UInt16
    private let source: OpaquePointer
    private let bytes: ScriptBytes
    /// When each event was sent, stream after stream; empty where it sends as fast as it is taken.
    private let sent: UnsafeMutableBufferPointer<Int64>

    /// Begins to serve `stream` to `connections` clients.
    init(_ stream: SampleStream, connections: Int, pace: Pace) throws(BenchFailure) {
        bytes = ScriptBytes(stream)
        var script = bytes.script
        script.connections = UInt32(connections)
        script.events = UInt32(stream.events)
        switch pace {
        case .asTaken: sent = .allocate(capacity: 0)
        case .inStep(let periodNs), .spread(let periodNs):
            script.period_ns = periodNs
            sent = .allocate(capacity: connections * stream.events)
            sent.initialize(repeating: 0)
            script.sent_ns = sent.baseAddress
        }
        if case .spread = pace { script.spread = true }
        var port: UInt16 = 0
        guard let source = legato_source_start(&script, &port) else {
            let code = errno
            bytes.free()
            sent.deallocate()
            throw BenchFailure(
                benchmark: .client, problem: "no stream source: \(String(cString: strerror(code)))")
        }
        self.source = source
        self.port = port
    }

    /// Waits for the source's end; once.
    ///
    /// - Returns: the instant just before the send of each event, ns of CLOCK_MONOTONIC_RAW, stream
    ///   after stream; none where it sent as fast as it was taken.
    @discardableResult
    consuming func finish() throws(BenchFailure) -> [Int64] {
        let code = legato_source_finish(source)
        let instants = Array(sent)
        bytes.free()
        sent.deallocate()
        guard code == 0 else {
            throw BenchFailure(
                benchmark: .client,
                problem: "the stream source failed: \(String(cString: strerror(code)))")
        }
        return instants
    }
}

import CReceiver
import Glibc

/// A source of streams on a thread of its own, written in C: the same bytes for every receiver.
struct StreamSource {
    let port: UInt16
    private let source: OpaquePointer
    private let head: UnsafeMutableBufferPointer<UInt8>
    private let event: UnsafeMutableBufferPointer<UInt8>
    private let tail: UnsafeMutableBufferPointer<UInt8>

    /// Begins to serve `stream` to `connections` clients.
    ///
    /// - Parameter periodNs: from one event to the next; 0 sends as fast as it is taken.
    init(
        _ stream: SampleStream, connections: Int, periodNs: Int64
    ) throws(BenchFailure) {
        head = Self.copy(stream.head)
        event = Self.copy(stream.event)
        tail = Self.copy(stream.tail)
        var script = legato_script(
            head: Self.piece(head), event: Self.piece(event), tail: Self.piece(tail),
            connections: UInt32(connections), events: UInt32(stream.events), period_ns: periodNs)
        var port: UInt16 = 0
        guard let source = legato_source_start(&script, &port) else {
            let code = errno
            for piece in [head, event, tail] { piece.deallocate() }
            throw BenchFailure(
                benchmark: .client, problem: "no stream source: \(String(cString: strerror(code)))")
        }
        self.source = source
        self.port = port
    }

    /// Waits for the source's end; once.
    consuming func finish() throws(BenchFailure) {
        let code = legato_source_finish(source)
        for piece in [head, event, tail] { piece.deallocate() }
        guard code == 0 else {
            throw BenchFailure(
                benchmark: .client,
                problem: "the stream source failed: \(String(cString: strerror(code)))")
        }
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        return copy
    }

    private static func piece(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> legato_piece {
        // Sound: the copies are not empty and live until the source has finished.
        legato_piece(bytes: bytes.baseAddress!, size: bytes.count)
    }
}

import EventLoop
import Glibc
import HTTP
import TimeBase

/// A step of a scripted server when a request is complete.
enum ServerAct {
    /// Writes these bytes.
    case write(String)
    /// Writes these bytes one by one, each on a turn of its own.
    case drip(String)
    /// Writes these bytes over and over, until the client has gone.
    case endless(String)
    /// Keeps the loop, and the client on it, from doing anything for so many milliseconds.
    case hold(UInt32)
    /// Ends the connection in order.
    case close
}

/// A server on the test's own loop that answers request number n by script number n; the last
/// script serves all further ones.
final class ScriptedServer {
    private(set) var requests: [HTTPRequest] = []
    private(set) var accepted = 0
    /// Bytes of endless answers that the kernel took.
    private(set) var endlessBytes = 0
    private var listener: TCPListener?
    private var connections: [TCPConnection] = []
    private let loop: EventLoop
    private let script: (_ request: HTTPRequest, _ number: Int) -> [ServerAct]

    convenience init(
        loop: EventLoop, host: String = "127.0.0.1", scripts: [[ServerAct]]
    ) throws {
        try self.init(loop: loop, host: host, numbered: { scripts[min($1, scripts.count - 1)] })
    }

    /// A server that answers as `script` makes of the request.
    convenience init(
        loop: EventLoop, script: @escaping (HTTPRequest) -> [ServerAct]
    ) throws {
        try self.init(loop: loop, host: "127.0.0.1", numbered: { request, _ in script(request) })
    }

    private init(
        loop: EventLoop, host: String, numbered: @escaping (HTTPRequest, Int) -> [ServerAct]
    ) throws {
        self.loop = loop
        script = numbered
        listener = try TCPListener(loop: loop, host: host, port: 0) { [unowned self] in
            serve($0)
        }
    }

    var port: UInt16 { listener!.localPort }

    private func serve(_ connection: TCPConnection) {
        accepted += 1
        connections.append(connection)
        var parser = HTTPRequestParser()
        connection.startReading(
            onBytes: { [unowned self] bytes in
                var input = bytes
                while let event = try? parser.next(&input) {
                    if case .request(let request) = event { answer(request, on: connection) }
                }
            }, onEnd: { _ in connection.close() })
    }

    private func answer(_ request: HTTPRequest, on connection: TCPConnection) {
        let acts = script(request, requests.count)
        requests.append(request)
        perform(acts[...], on: connection)
    }

    private func perform(_ acts: ArraySlice<ServerAct>, on connection: TCPConnection) {
        guard let act = acts.first, !connection.isClosed else { return }
        switch act {
        case .write(let text):
            connection.write(Array(text.utf8))
            perform(acts.dropFirst(), on: connection)
        case .drip(let text):
            drip(Array(text.utf8)[...], on: connection) { [unowned self] in
                perform(acts.dropFirst(), on: connection)
            }
        case .hold(let milliseconds):
            usleep(milliseconds * 1_000)
            perform(acts.dropFirst(), on: connection)
        case .endless(let text): repeatForever(Array(text.utf8), on: connection)
        case .close:
            connection.close()
        }
    }

    private func repeatForever(_ bytes: [UInt8], on connection: TCPConnection) {
        connection.write(bytes) { [self] error in
            guard error == nil, !connection.isClosed else { return }
            endlessBytes += bytes.count
            repeatForever(bytes, on: connection)
        }
    }

    private func drip(
        _ bytes: ArraySlice<UInt8>, on connection: TCPConnection, _ done: @escaping () -> Void
    ) {
        guard let byte = bytes.first, !connection.isClosed else { return done() }
        connection.write([byte])
        loop.next { [self] in drip(bytes.dropFirst(), on: connection, done) }
    }

    func close() {
        listener?.close()
        for connection in connections { connection.close() }
    }
}

/// A response with an event stream: one chunk an event, `tokens` words, then finish and usage.
func eventStream(tokens: Int, connection: String = "keep-alive", ends: Bool = true) -> String {
    var text =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: \(connection)\r\n"
        + "transfer-encoding: chunked\r\n\r\n"
    func append(_ event: String) {
        let line = "data: \(event)\n\n"
        text += String(line.utf8.count, radix: 16) + "\r\n" + line + "\r\n"
    }
    append(#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#)
    for _ in 0..<tokens { append(#"{"choices":[{"index":0,"delta":{"content":"word "}}]}"#) }
    guard ends else { return text }
    append(#"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#)
    append(#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":\#(tokens)}}"#)
    append("[DONE]")
    return text + "0\r\n\r\n"
}

/// A server that answers every request with the same bytes and then cuts the connection with a
/// reset.
final class ResettingServer {
    let port: UInt16
    private(set) var accepted = 0
    private let loop: EventLoop
    private let descriptor: Int32
    private let poller: Poller
    private var pollers: [Int32: Poller] = [:]
    private let answer: [UInt8]
    private let pause: LoopTimer

    init(loop: EventLoop, answer: String = "") throws {
        self.loop = loop
        self.answer = Array(answer.utf8)
        pause = LoopTimer(loop: loop)
        let own = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = own
        let bound = SocketAddress(numeric: "127.0.0.1", port: 0)!.withSockaddr { address, size in
            bind(own, address, size)
        }
        precondition(bound == 0 && listen(own, 16) == 0, "no port for the test's server")
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(own, $0, &size)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        poller = try Poller(loop: loop, fd: descriptor)
        poller.start(readable: true, writable: false) { [unowned self] _ in accept() }
    }

    private func accept() {
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0, let poller = try? Poller(loop: loop, fd: connection) else { return }
        accepted += 1
        pollers[connection] = poller
        poller.start(readable: true, writable: false) { [unowned self] _ in reply(connection) }
    }

    private func reply(_ connection: Int32) {
        guard !answer.isEmpty else { return reset(connection) }
        pollers[connection]?.stop()
        _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
        // A reset would throw away what has not arrived.
        pause.start(after: .milliseconds(20)) { [unowned self] in reset(connection) }
    }

    private func reset(_ connection: Int32) {
        var immediately = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            connection, SOL_SOCKET, SO_LINGER, &immediately,
            socklen_t(MemoryLayout<linger>.size))
        pollers.removeValue(forKey: connection)?.close()
        Glibc.close(connection)
    }

    func close() {
        for (connection, poller) in pollers {
            poller.close()
            Glibc.close(connection)
        }
        pollers.removeAll()
        poller.close()
        pause.close()
        Glibc.close(descriptor)
    }
}

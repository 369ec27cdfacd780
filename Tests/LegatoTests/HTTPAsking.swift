import Foundation
import Glibc

/// An HTTP client of a few lines, which sends what it is told to.
enum HTTPAsking {
    struct Answer {
        var status: Int
        var head: String
        var body: String
    }

    /// Asks for `path`, and reads to the end; nil where nobody listens.
    ///
    /// - Parameter fields: Lines beside Host and Connection; a Host among them stands in its place.
    static func get(
        _ path: String, port: UInt16, _ fields: [String] = [], method: String = "GET"
    ) -> Answer? {
        guard let socket = LoopbackSocket.connected(to: port) else { return nil }
        defer { close(socket) }
        ask(path, socket, port: port, fields, method: method)
        // Both directions stay open until the server ends its own.
        var bytes: [UInt8] = []
        while case let part = LoopbackSocket.read(socket), !part.isEmpty { bytes += part }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.lowerBound])
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: head, body: String(text[end.upperBound...]))
    }

    /// Sends a request over a socket, and reads nothing.
    static func ask(
        _ path: String, _ socket: Int32, port: UInt16, _ fields: [String] = [],
        method: String = "GET"
    ) {
        let hasHost = fields.contains { $0.lowercased().hasPrefix("host:") }
        let lines = (hasHost ? [] : ["Host: 127.0.0.1:\(port)"]) + fields + ["Connection: close"]
        let text = "\(method) \(path) HTTP/1.1\r\n" + lines.map { "\($0)\r\n" }.joined() + "\r\n"
        _ = LoopbackSocket.write(Array(text.utf8)[...], to: socket)
    }
}

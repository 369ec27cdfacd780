import HTTP
import JSON

/// A server's answer, read again from the bytes of one response: for conversations whose later
/// turns are sent with the live answers. Not on any token's path.
package enum AnswerText {
    /// Most bytes of a response that are kept to be read again.
    package static let byteLimit = 16 << 20

    /// The answer's text, reasoning and tool calls aside; empty where none came, and as far as it
    /// came where the response broke off.
    ///
    /// - Parameter wire: The response from its first byte on. O(bytes).
    package static func text(ofResponse wire: [UInt8]) -> String {
        wire.withUnsafeBytes { bytes in
            var input = bytes
            var parser = HTTPResponseParser()
            var events = ServerSentEvents()
            var document: [UInt8] = []
            var text = ""
            // Bytes that are no HTTP, or too long an event, have ended the answer itself, too.
            while let event = try? parser.next(&input) {
                guard case .body(var body) = event else { continue }
                if document.count + body.count <= byteLimit { document += body }
                while let event = try? events.next(&body) { text += delta(event.data) }
            }
            return text.isEmpty ? message(document) : text
        }
    }

    /// The text that one event of a stream adds.
    private static func delta(_ data: UnsafeRawBufferPointer) -> String {
        guard let event = try? JSONValue(parsing: Array(data)) else { return "" }
        return content(event, "delta")
    }

    /// The text of an answer that was no stream.
    private static func message(_ document: [UInt8]) -> String {
        guard let answer = try? JSONValue(parsing: document) else { return "" }
        return content(answer, "message")
    }

    private static func content(_ value: JSONValue, _ member: String) -> String {
        guard let choice = value["choices"]?.array?.first else { return "" }
        return choice[member]?["content"]?.string ?? choice["text"]?.string ?? ""
    }
}

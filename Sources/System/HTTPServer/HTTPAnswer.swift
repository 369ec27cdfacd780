package import HTTP
package import JSON

/// An answer that is complete when it is given.
package struct HTTPAnswer: Hashable, Sendable {
    /// The type of a body.
    package enum MediaType: String, Hashable, Sendable {
        case json = "application/json"
        case text = "text/plain; charset=utf-8"
        case html = "text/html; charset=utf-8"
        case events = "text/event-stream; charset=utf-8"
        case prometheus = "text/plain; version=0.0.4; charset=utf-8"
        case openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }

    package var status: UInt16
    package var type: MediaType
    /// Further fields, beside content-type, content-length and connection.
    package var headers: [HTTPField]
    package var body: [UInt8]

    package init(
        status: UInt16, type: MediaType, headers: [HTTPField] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.type = type
        self.headers = headers
        self.body = body
    }

    /// An answer whose body is a JSON value.
    package init(status: UInt16, json: JSONValue, headers: [HTTPField] = []) {
        self.init(status: status, type: .json, headers: headers, body: json.serialized)
    }

    /// Appends the answer's bytes.
    func write(to bytes: inout [UInt8], keepAlive: Bool, omittingBody: Bool = false) {
        Self.writeHead(status, type, to: &bytes)
        Self.write(headers, to: &bytes)
        bytes.append(contentsOf: "content-length: \(body.count)\r\n".utf8)
        if !keepAlive { bytes.append(contentsOf: "connection: close\r\n".utf8) }
        bytes.append(contentsOf: "\r\n".utf8)
        if !omittingBody { bytes.append(contentsOf: body) }
    }

    /// Appends the status line and the fields that every answer has.
    static func writeHead(_ status: UInt16, _ type: MediaType, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "HTTP/1.1 \(status) \(reason(status))\r\n".utf8)
        bytes.append(contentsOf: "server: legato\r\ncontent-type: \(type.rawValue)\r\n".utf8)
    }

    static func write(_ fields: [HTTPField], to bytes: inout [UInt8]) {
        for field in fields {
            bytes.append(contentsOf: "\(field.name): \(field.value)\r\n".utf8)
        }
    }

    /// The reason phrase of a status (RFC 9110, section 15).
    private static func reason(_ status: UInt16) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 421: "Misdirected Request"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}

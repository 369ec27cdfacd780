/// How the length of a body is known (RFC 9112, section 6.3).
package enum HTTPFraming: Hashable, Sendable {
    /// No body at all.
    case none
    /// Content-Length, in bytes.
    case length(Int)
    /// Transfer-Encoding: chunked.
    case chunked
    /// A response whose body ends when the connection does.
    case untilClose
}

extension HTTPFraming {
    /// The framing that `fields` state; nil where they state none.
    ///
    /// - Throws: ``HTTPError/Kind/malformed`` for lengths that contradict each other or a transfer
    ///   coding, ``HTTPError/Kind/unsupported`` for a coding other than chunked.
    static func stated(by fields: [HTTPField]) throws(HTTPError) -> HTTPFraming? {
        let codings = fields.elements(named: "transfer-encoding")
        let lengths = fields.elements(named: "content-length")
        if !codings.isEmpty {
            guard codings == ["chunked"] else {
                throw HTTPError(.unsupported, "the transfer coding is not chunked alone")
            }
            guard lengths.isEmpty else {
                throw HTTPError(.malformed, "both Transfer-Encoding and Content-Length are given")
            }
            return .chunked
        }
        guard let first = lengths.first else {
            guard fields.first(named: "content-length") == nil else {
                throw HTTPError(.malformed, "Content-Length is empty")
            }
            return nil
        }
        guard lengths.allSatisfy({ $0 == first }) else {
            throw HTTPError(.malformed, "two Content-Length fields differ")
        }
        guard !first.isEmpty, first.utf8.count <= 18,
            first.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(first)
        else { throw HTTPError(.malformed, "Content-Length is not a number of at most 18 digits") }
        return .length(length)
    }
}

/// Why bytes are not an acceptable HTTP/1.1 message.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of rule that was broken.
    package enum Kind: UInt8, Hashable, Sendable {
        /// Not HTTP/1.1, or HTTP that may be read in two ways.
        case malformed
        /// The start line is longer than ``HTTPLimits/lineBytes``.
        case lineTooLong
        /// The header block or the trailers are longer than ``HTTPLimits/headBytes``.
        case headTooLarge
        /// The body is longer than ``HTTPLimits/bodyBytes``.
        case bodyTooLarge
        /// Correct, but a transfer coding, version or expectation that is not spoken here.
        case unsupported
    }

    package var kind: Kind
    /// One sentence without any of the message's body.
    package var detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    package var description: String { detail }

    /// The status with which a server answers a request that broke this rule.
    package var responseStatus: UInt16 {
        switch kind {
        case .malformed: 400
        case .lineTooLong: 414
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .unsupported: 501
        }
    }
}

/// How much of a message is accepted: nothing that a peer sends grows memory beyond these.
package struct HTTPLimits: Hashable, Sendable {
    /// Longest header block, start line included, and longest trailer section, in bytes.
    package var headBytes = 64 << 10
    /// Longest single line of the header block, in bytes.
    package var lineBytes = 16 << 10
    /// Most header fields.
    package var fields = 256
    /// Longest body that a request parser collects, in bytes.
    package var bodyBytes = 32 << 20
    /// Most interim (1xx) responses before the final one.
    package var interimResponses = 16

    package init() {}

    /// Most hexadecimal digits of a chunk size: 15 keep it within Int.
    package static let chunkSizeDigits = 15
    /// Longest chunk extension, in bytes.
    package static let chunkExtensionBytes = 4 << 10
}

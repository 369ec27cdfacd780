/// Why a text is no base URL of a server.
package struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence that names the text, what is wrong with it and what to write.
    package var description: String
}

/// The base URL of one server: `http://HOST[:PORT][/PREFIX]`, strictly read.
///
/// A `/v1` at the end of the prefix is dropped: both `http://h:8000` and `http://h:8000/v1` name
/// the same server.
package struct Target: Hashable, Sendable, CustomStringConvertible {
    /// A name or a numeric address, IPv6 without brackets.
    package let host: String
    package let port: UInt16
    /// What stands before `/v1/...`: empty, or `/...` without a slash at its end.
    package let prefix: String

    /// Reads a base URL.
    ///
    /// - Throws: ``TargetError`` for another scheme, user names (keys have their own option), queries,
    ///   fragments, bad ports and bytes that must be percent-encoded.
    package init(parsing text: String) throws(TargetError) {
        func refusal(_ reason: String) -> TargetError {
            // The part before an @ may be a secret.
            let shown = text.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            return TargetError(
                description: "target \"\(shown.prefix(200))\" \(reason); "
                    + "write http://HOST:PORT or http://HOST:PORT/PREFIX")
        }
        let lower = text.lowercased()
        guard !lower.hasPrefix("https://") else {
            throw refusal(
                "needs TLS, which the serving client does not speak yet: put a local"
                    + " forwarder in front of it")
        }
        guard lower.hasPrefix("http://") else { throw refusal("does not begin with http://") }
        let rest = text.dropFirst(7)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw refusal("holds a blank, a backslash or a character beyond ASCII")
        }
        guard !rest.contains("@") else {
            throw refusal("holds a user name; give keys by their own option")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw refusal("holds a query or a fragment")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        (host, port) = try Self.authority(rest[..<slash], refusal)
        var prefix = String(rest[slash...])
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if prefix.hasSuffix("/v1") { prefix.removeLast(3) }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        self.prefix = prefix
    }

    private static func authority(
        _ text: Substring, _ refusal: (String) -> TargetError
    ) throws(TargetError) -> (host: String, port: UInt16) {
        var host = text
        var port: UInt16 = 80
        let afterBracket = text.lastIndex(of: "]").map(text.index(after:)) ?? text.startIndex
        if let colon = text[afterBracket...].firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let number = UInt16(digits), number > 0
            else { throw refusal("has no port from 1 to 65535 behind its colon") }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.dropFirst().dropLast().contains(":") else {
                throw refusal("has brackets that hold no IPv6 address")
            }
            host = host.dropFirst().dropLast()
        } else {
            guard !host.contains("["), !host.contains("]") else {
                throw refusal("has a stray bracket")
            }
        }
        guard !host.isEmpty else { throw refusal("has no host") }
        return (String(host), port)
    }

    /// The Host field of requests to it.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The URL in its plain form.
    package var description: String { "http://\(authority)\(prefix)" }
}

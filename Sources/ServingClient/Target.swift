/// Why a text is no base URL of a server.
package struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence that names the text, what is wrong with it and what to write.
    package var description: String
}

/// The base URL of one server, strictly read: `http://HOST[:PORT][/PREFIX]`, the same with `https`,
/// or `unix:/PATH[:/PREFIX]` for a Unix-domain socket, as nginx writes it.
///
/// A `/v1` at the end of the prefix is dropped: both `http://h:8000` and `http://h:8000/v1` name
/// the same server.
package struct Target: Hashable, Sendable, CustomStringConvertible {
    /// Where a server listens.
    package enum Place: Hashable, Sendable {
        /// A name or a numeric address, IPv6 without brackets.
        case network(host: String, port: UInt16)
        /// An absolute path.
        case unixSocket(path: String)
    }

    package let place: Place
    /// Whether it speaks TLS.
    package let isTLS: Bool
    /// What stands before `/v1/...`: empty, or `/...` without a slash at its end.
    package let prefix: String

    /// Longest path of a socket, in bytes: the kernel's limit.
    package static let pathBytes = 107

    /// Reads a base URL.
    ///
    /// - Throws: ``TargetError`` for another scheme, user names (keys have their own option), queries,
    ///   fragments, bad ports, relative paths and bytes that must be percent-encoded.
    package init(parsing text: String) throws(TargetError) {
        func refusal(_ reason: String) -> TargetError {
            // The part before an @ may be a secret.
            let shown = text.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            return TargetError(
                description: "target \"\(shown.prefix(200))\" \(reason); write http://HOST:PORT, "
                    + "https://HOST:PORT or unix:/PATH, with /PREFIX where the server has one")
        }
        let lower = text.lowercased()
        if lower.hasPrefix("unix:") {
            let (path, rest) = try Self.socket(text.dropFirst(5), refusal)
            place = .unixSocket(path: path)
            isTLS = false
            prefix = try Self.prefix(rest, refusal)
            return
        }
        isTLS = lower.hasPrefix("https://")
        guard isTLS || lower.hasPrefix("http://") else {
            throw refusal("begins with no scheme that is known")
        }
        let rest = text.dropFirst(isTLS ? 8 : 7)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw refusal("holds a blank, a backslash or a character beyond ASCII")
        }
        guard !rest.contains("@") else {
            throw refusal("holds a user name; give keys by their own option")
        }
        let slash = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        place = try Self.network(rest[..<slash], port: isTLS ? 443 : 80, refusal)
        prefix = try Self.prefix(rest[slash...], refusal)
    }

    private static func prefix(
        _ text: Substring, _ refusal: (String) -> TargetError
    ) throws(TargetError) -> String {
        guard !text.contains("?"), !text.contains("#") else {
            throw refusal("holds a query or a fragment")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw refusal("holds a blank, a backslash or a character beyond ASCII in its prefix")
        }
        var prefix = String(text)
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if prefix.hasSuffix("/v1") { prefix.removeLast(3) }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return prefix
    }

    private static func network(
        _ text: Substring, port standard: UInt16, _ refusal: (String) -> TargetError
    ) throws(TargetError) -> Place {
        var host = text
        var port = standard
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
        return .network(host: String(host), port: port)
    }

    /// The path, and what follows it: `/PATH`, `/PATH:/PREFIX`; `///PATH` has an empty authority.
    private static func socket(
        _ text: Substring, _ refusal: (String) -> TargetError
    ) throws(TargetError) -> (path: String, rest: Substring) {
        let end = text.firstRange(of: ":/")?.lowerBound ?? text.endIndex
        guard text.hasPrefix("/"), end > text.startIndex else {
            throw refusal("names no absolute path of a socket")
        }
        let path = "/" + text[..<end].drop { $0 == "/" }
        guard path != "/", path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw refusal("names no path of a socket")
        }
        guard path.utf8.count <= pathBytes else {
            throw refusal("has a path longer than \(pathBytes) bytes, the kernel's limit")
        }
        let rest = text[end...].dropFirst()
        return (path, rest)
    }

    /// The Host field of requests to it: without the scheme's own port, and `localhost` for a socket.
    package var authority: String {
        guard case .network(let host, let port) = place else { return "localhost" }
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The URL in its plain form.
    package var description: String {
        switch place {
        case .network(let host, let port):
            let name = host.contains(":") ? "[\(host)]" : host
            return "\(isTLS ? "https" : "http")://\(name):\(port)\(prefix)"
        case .unixSocket(let path):
            return "unix:\(path)\(prefix.isEmpty ? "" : ":" + prefix)"
        }
    }
}

import Workload

/// Why a text is no URL of a server.
package struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence that names the text, what is wrong with it and what to write.
    package var description: String
}

/// The URL of one server, strictly read: `http://HOST[:PORT][/PREFIX]`, the same with `https`,
/// `HOST:PORT[/PREFIX]` for plain HTTP, or `unix:/PATH[:/PREFIX]` for a Unix-domain socket, as
/// nginx writes it.
///
/// A URL that ends in an endpoint's path, or that has a query, is where requests are posted to, as
/// it is; any other is a base URL, and ``postPaths(_:)`` are the paths where the endpoint may be.
package struct Target: Hashable, Sendable, CustomStringConvertible {
    /// Where a server listens.
    package enum Address: Hashable, Sendable {
        /// A name or a numeric address, IPv6 without brackets.
        case network(host: String, port: UInt16)
        /// An absolute path.
        case unixSocket(path: String)
    }

    package let address: Address
    /// Whether it speaks TLS.
    package let isTLS: Bool
    /// The path and the query as they were given; of a base URL without slashes at its end.
    package let path: String

    /// Longest URL, in bytes.
    package static let urlBytes = 2_000
    /// Longest path of a socket, in bytes: the kernel's limit.
    package static let pathBytes = 107

    /// Reads a URL.
    ///
    /// - Throws: ``TargetError`` for another scheme, user names (keys have their own option),
    ///   fragments, bad ports, relative paths and bytes that must be percent-encoded.
    package init(parsing text: String) throws(TargetError) {
        func refusal(_ reason: String) -> TargetError {
            // The part before an @ may be a secret.
            let shown = text.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            return TargetError(
                description:
                    "target \"\(Self.withoutSecrets(String(shown.prefix(200))))\" \(reason); write "
                    + "http://HOST:PORT, https://HOST:PORT or unix:/PATH, with /PREFIX where the "
                    + "server has one, or the whole URL that requests are posted to")
        }
        guard text.utf8.count <= Self.urlBytes else {
            throw refusal("is longer than \(Self.urlBytes) bytes")
        }
        let lower = text.prefix(8).lowercased()
        if lower.hasPrefix("unix:") {
            let (socket, rest) = try Self.socket(text.dropFirst(5), refusal)
            address = .unixSocket(path: socket)
            isTLS = false
            path = try Self.path(rest, refusal)
            return
        }
        isTLS = lower.hasPrefix("https://")
        let scheme =
            isTLS ? 8 : lower.hasPrefix("http://") ? 7 : Self.isAddressAlone(text) ? 0 : nil
        guard let scheme else { throw refusal("begins with no scheme that is known") }
        let rest = text.dropFirst(scheme)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw refusal("holds a blank, a backslash or a character beyond ASCII")
        }
        let slash = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard !rest[..<slash].contains("@") else {
            throw refusal("holds a user name; give keys by their own option")
        }
        address = try Self.network(rest[..<slash], port: isTLS ? 443 : 80, refusal)
        path = try Self.path(rest[slash...], refusal)
    }

    /// Whether a text without a scheme begins with a host and a port, as people type them.
    private static func isAddressAlone(_ text: String) -> Bool {
        let address = text.prefix { !"/?#".contains($0) }
        guard let colon = address.lastIndex(of: ":") else { return false }
        let (host, port) = (address[..<colon], address[colon...].dropFirst())
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return !host.isEmpty && (isBracketed || !host.contains(":"))
            && !["http", "https"].contains(host.lowercased())
            && !port.isEmpty && port.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func path(
        _ text: Substring, _ refusal: (String) -> TargetError
    ) throws(TargetError) -> String {
        guard !text.contains("#") else { throw refusal("holds a fragment") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
            throw refusal("holds a blank, a backslash or a character beyond ASCII in its path")
        }
        if text.hasPrefix("?") { return "/" + text }
        guard !text.contains("?"), Endpoint(endOf: text) == nil else { return String(text) }
        var prefix = text
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return String(prefix)
    }

    private static func network(
        _ text: Substring, port standard: UInt16, _ refusal: (String) -> TargetError
    ) throws(TargetError) -> Address {
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

    /// The Host field of requests to it: without the scheme's own port, and `localhost` for a
    /// socket.
    package var authority: String {
        guard case .network(let host, let port) = address else { return "localhost" }
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The URL in its plain form; values of a query that look like secrets are left out.
    package var description: String {
        let shown = Self.withoutSecrets(path)
        switch address {
        case .network(let host, let port):
            let name = host.contains(":") ? "[\(host)]" : host
            return "\(isTLS ? "https" : "http")://\(name):\(port)\(shown)"
        case .unixSocket(let socket):
            return "unix:\(socket)\(shown.isEmpty ? "" : ":" + shown)"
        }
    }
}

package import HTTP

/// The names under which a server may be asked: a page of another site whose name leads to this
/// address (DNS rebinding) names itself, and is turned away. Any port will do, since forwarders
/// have ports of their own (`ssh -L`).
package struct AnsweredNames: Hashable, Sendable {
    private let isLoopback: Bool
    /// In lower case, without brackets.
    private let names: Set<String>
    /// This machine's name without its domain; empty where others cannot come.
    private let machine: String

    /// - Parameters:
    ///   - host: The address that was bound, as it was given.
    ///   - isLoopback: Whether nobody beyond this machine can reach it.
    ///   - machine: This machine's own name; its names under domains answer, too.
    package init(host: String, isLoopback: Bool, machine: String) {
        self.isLoopback = isLoopback
        let label = machine.lowercased().prefix { $0 != "." }
        self.machine = isLoopback ? "" : String(label)
        let own = isLoopback ? ["127.0.0.1", "::1"] : [self.machine]
        names = Set([host.lowercased(), "localhost"] + own).subtracting([""])
    }

    /// Why a request is not answered here.
    package enum Refusal: Hashable, Sendable {
        /// It names another server.
        case host
        /// It was made by a page of another origin.
        case origin
    }

    /// Judges a request by its Host, Origin and Sec-Fetch-Site.
    ///
    /// - Parameter isNavigation: The page itself may be come to from anywhere.
    package func refusal(of request: HTTPRequest, isNavigation: Bool) -> Refusal? {
        let hosts = request.headers.filter { $0.name == "host" }
        guard hosts.count == 1, answers(to: hosts[0].value) else { return .host }
        for origin in request.headers where origin.name == "origin" {
            // Within one origin the authority is that of the Host, word for word.
            guard origin.value.lowercased() == "http://" + hosts[0].value.lowercased() else {
                return .origin
            }
        }
        guard !isNavigation else { return nil }
        for site in request.headers where site.name == "sec-fetch-site" {
            guard ["same-origin", "none"].contains(site.value.lowercased()) else { return .origin }
        }
        return nil
    }

    /// - Parameter authority: `host`, `host:port`, `[address]:port`.
    private func answers(to authority: String) -> Bool {
        guard let host = Self.host(of: authority.lowercased()) else { return false }
        if names.contains(host) { return true }
        // An address cannot be led elsewhere; beyond loopback this machine has several.
        guard !isLoopback else { return false }
        return Self.isAddress(host) || (!machine.isEmpty && host.hasPrefix(machine + "."))
    }

    /// nil where what stands behind a colon is no port.
    private static func host(of authority: String) -> String? {
        var host = authority[...]
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard UInt16(authority[authority.index(after: colon)...]) != nil else { return nil }
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return String(host)
    }

    /// A dotted IPv4 address or anything with a colon, which no name has.
    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

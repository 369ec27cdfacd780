/// The proxies that the environment names, none of which is used: requests go straight to their
/// servers, and a person who has set one may think otherwise.
package struct ProxyEnvironment: Sendable {
    /// Variables that name a proxy, as they are written, by their names in lower case.
    private var variables: [String: String] = [:]
    /// Hosts and domains that are reached without one.
    private var exceptions: [String] = []

    package init(_ environment: [String: String]) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            switch name.lowercased() {
            case "http_proxy", "https_proxy", "all_proxy": variables[name.lowercased()] = name
            case "no_proxy":
                exceptions += value.lowercased().split(separator: ",").map { part in
                    String(part.drop { $0 == " " }.prefix { $0 != " " })
                }
            default: break
            }
        }
    }

    /// A sentence about the first of `targets` that other tools would reach through a proxy; nil
    /// where there is none.
    package func remark(on targets: [Target]) -> String? {
        for target in targets {
            guard case .network(let host, _) = target.address, !isExcepted(host) else { continue }
            let own = target.isTLS ? "https_proxy" : "http_proxy"
            guard let name = variables[own] ?? variables["all_proxy"] else { continue }
            return "the environment's \(name) is not used: requests go straight to \(target); name "
                + "the host in NO_PROXY to leave this sentence out"
        }
        return nil
    }

    /// Whether NO_PROXY covers a host: by its name, by a domain that it is in, or by `*`.
    private func isExcepted(_ host: String) -> Bool {
        let name = host.lowercased()
        return exceptions.contains { exception in
            guard exception != "*" else { return true }
            // Written with a dot or a star before it, and perhaps with a port behind it.
            var domain = Substring(exception)
            if domain.hasPrefix("*.") { domain = domain.dropFirst() }
            if !name.contains(":") { domain = domain.prefix { $0 != ":" } }
            if domain.hasPrefix(".") { domain = domain.dropFirst() }
            guard !domain.isEmpty else { return false }
            return name == domain || name.hasSuffix("." + domain)
        }
    }
}

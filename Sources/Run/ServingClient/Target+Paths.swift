import PlainText
package import Workload

/// Where on a server its endpoints may be.
extension Target {
    /// Whether requests are posted to ``path`` as it is.
    package var isWhole: Bool { namedEndpoint != nil || path.contains("?") }

    /// The endpoint that the URL names; nil of a base URL, and of a path that is no known
    /// endpoint's.
    package var namedEndpoint: Endpoint? { Endpoint(endOf: path) }

    /// Paths that requests to `endpoint` may be posted to, in the order in which they are tried.
    ///
    /// A whole URL is its own only path. A base URL gets `/v1` where the server has the endpoint
    /// there, and is taken as it is where not; one that ends in `/v1` has its version already.
    package func postPaths(_ endpoint: Endpoint) -> [String] {
        isWhole ? [path] : bases.map { $0 + endpoint.suffix }
    }

    /// Paths at which the server may list its models, by indices of ``postPaths(_:)``; none for a
    /// path that is no known endpoint's.
    package var modelPaths: [String] {
        guard isWhole else { return bases.map { $0 + "/models" } }
        guard let end = namedEndpoint?.suffix, let range = path.ranges(of: end).last else {
            return []
        }
        let query = path.firstIndex(of: "?").map { path[$0...] } ?? ""
        return [path[..<range.lowerBound] + "/models" + query]
    }

    /// The path at which the server may tell its metrics: beside the `/v1` of its API.
    package var metricsPath: String {
        var root = path.prefix { $0 != "?" }
        if let end = namedEndpoint?.suffix, let range = root.ranges(of: end).last {
            root = root[..<range.lowerBound]
        } else if isWhole {
            root = ""
        }
        if root.hasSuffix("/v1") { root = root.dropLast(3) }
        return root + "/metrics"
    }

    private var bases: [String] { path.hasSuffix("/v1") ? [path] : [path + "/v1", path] }

    /// Whether both name the same server: a `/v1` at the end of a base URL is what would be tried
    /// first without it.
    package func isSameServer(as other: Target) -> Bool {
        guard address == other.address, isTLS == other.isTLS else { return false }
        if path == other.path { return true }
        return !isWhole && !other.isWhole && bases[0] == other.bases[0]
    }

    /// `text` without the values of query members that look like secrets.
    static func withoutSecrets(_ text: String) -> String {
        URLQuery.withoutSecrets(text, mask: "***")
    }
}

/// The rule by which a request finds its engine among several.
package enum Routing: String, NamedChoice {
    /// One after the other.
    case roundRobin = "round-robin"
    /// The engine that holds the fewest requests.
    case leastLoaded = "least-loaded"
    /// The engine whose cache holds most of the prompt, unless it holds far more requests than the
    /// least loaded.
    case prefixAware = "prefix-aware"

    package static let noun = "routing"
}

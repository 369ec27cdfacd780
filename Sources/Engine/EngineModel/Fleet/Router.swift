/// The choice of an engine for a request.
struct Router: Sendable {
    /// Requests that an engine may hold more than the least loaded, and still be chosen for its
    /// cache.
    static let slack = 8

    private let routing: Routing
    /// Engines that new requests go to: the first ones.
    let entries: Int
    private var turn = 0

    init(_ options: EngineOptions) {
        routing = options.routing
        entries = options.prefillCount > 0 ? options.prefillCount : options.engines
    }

    /// The engine for a new request.
    mutating func arrival(_ request: EngineRequest, _ engines: ArraySlice<EngineCore>) -> Int {
        if engines.count == 1 { return engines.startIndex }
        switch routing {
        case .roundRobin:
            defer { turn += 1 }
            return engines.startIndex + turn % engines.count
        case .leastLoaded:
            return leastLoaded(engines)
        case .prefixAware:
            let least = leastLoaded(engines)
            let limit = engines[least].held + Self.slack
            var best = (index: least, blocks: engines[least].cachedBlocks(of: request.contents))
            for index in engines.indices where engines[index].held <= limit {
                let blocks = engines[index].cachedBlocks(of: request.contents)
                if blocks > best.blocks { best = (index, blocks) }
            }
            return best.index
        }
    }

    /// The engine that holds the fewest requests.
    func leastLoaded(_ engines: ArraySlice<EngineCore>) -> Int {
        engines.indices.min { (engines[$0].held, $0) < (engines[$1].held, $1) }
            ?? engines.startIndex
    }
}

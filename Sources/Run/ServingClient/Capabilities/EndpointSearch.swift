import Workload

/// Looks for the path on a server that a run's requests are posted to: only what a POST there is
/// answered decides, lists of models say where to ask first.
struct EndpointSearch {
    /// A path that requests can be posted to.
    struct Candidate: Hashable {
        var endpoint: Endpoint
        var path: String
    }

    /// Those not yet asked at, in order.
    private var open: [Candidate]
    /// Those of the other endpoint, where the run takes that too.
    private var others: [Candidate]
    /// Where requests go now.
    private(set) var current: Candidate
    /// Requests that were posted so far, and where.
    private(set) var asked: [AskedRequest] = []
    /// Whether the path is known, so that no other one is asked at.
    private(set) var isSettled: Bool
    private var faltering: Candidate?

    /// - Parameter listing: the index in ``Target/modelPaths`` that listed models; nil for none.
    init(_ target: Target, _ endpoint: Endpoint, isEndpointFixed: Bool, listing: Int?) {
        func candidates(_ endpoint: Endpoint) -> [Candidate] {
            var candidates = target.postPaths(endpoint).map {
                Candidate(endpoint: endpoint, path: $0)
            }
            if let listing, candidates.indices.contains(listing) {
                candidates.swapAt(0, listing)
            }
            return candidates
        }
        let endpoint = isEndpointFixed ? endpoint : target.namedEndpoint ?? endpoint
        open = candidates(endpoint)
        current = open.removeFirst()
        let other = endpoint == .chat ? Endpoint.completions : .chat
        others = isEndpointFixed || target.isWhole ? [] : candidates(other)
        isSettled = open.isEmpty && others.isEmpty
    }

    /// A path that is known already.
    init(at candidate: Candidate) {
        (current, open, others, isSettled) = (candidate, [], [], true)
    }

    /// The server answered a request posted to ``current`` as it should.
    mutating func answered() { isSettled = true }

    /// The server refused, or broke off, a request that was posted to ``current``.
    ///
    /// - Returns: whether the request is to be posted again, to a ``current`` that may have
    ///   changed; false where the refusal has to be dealt with.
    mutating func refused(_ request: AskedRequest) -> Bool {
        note(request)
        guard !isSettled else { return false }
        // Without an answer nothing is known of any path.
        guard request.status != 0 else {
            isSettled = true
            return false
        }
        switch request.word {
        case .exists:
            isSettled = true
            return false
        case .broken: faltering = faltering ?? (request.status == 500 ? current : nil)
        case .absent, .denied: break
        }
        if open.isEmpty, asked.allSatisfy({ $0.word == .absent }) {
            open = others
            others = []
        }
        if !open.isEmpty {
            current = open.removeFirst()
            return true
        }
        isSettled = true
        // It fell over what was asked for, perhaps, and does less.
        if let faltering { current = faltering }
        return false
    }

    /// Adds to ``asked``; the last word of a path counts.
    mutating func note(_ request: AskedRequest) {
        if let last = asked.last, last.method == request.method, last.path == request.path {
            asked.removeLast()
        }
        asked.append(request)
    }

    /// Whether a part of what was asked for may have been what is refused at ``current``.
    func mayAcceptLess(after request: AskedRequest) -> Bool {
        request.word == .exists || request.status == 500
            || (faltering == current && request.word != .denied)
    }
}

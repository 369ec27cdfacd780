import Workload

/// Looks for the place on a server that a run's requests are posted to: only what a POST there is
/// answered decides, lists of models say where to ask first.
struct PlaceSearch {
    /// A place that requests can be posted to.
    struct Place: Hashable {
        var endpoint: Endpoint
        var path: String
    }

    /// Places not yet asked at, in order.
    private var open: [Place]
    /// Places of the other endpoint, where the run takes that too.
    private var others: [Place]
    /// Where requests go now.
    private(set) var current: Place
    /// Requests that were posted so far, and where.
    private(set) var asked: [AskedRequest] = []
    /// Whether the place is known, so that no other one is asked at.
    private(set) var isSettled: Bool
    private var faltering: Place?

    /// - Parameter listing: the place in ``Target/modelPaths`` that listed models; nil for none.
    init(_ target: Target, _ endpoint: Endpoint, isEndpointFixed: Bool, listing: Int?) {
        func places(_ endpoint: Endpoint) -> [Place] {
            var places = target.postPaths(endpoint).map { Place(endpoint: endpoint, path: $0) }
            if let listing, places.indices.contains(listing) {
                places.swapAt(0, listing)
            }
            return places
        }
        let endpoint = isEndpointFixed ? endpoint : target.namedEndpoint ?? endpoint
        open = places(endpoint)
        current = open.removeFirst()
        let other = endpoint == .chat ? Endpoint.completions : .chat
        others = isEndpointFixed || target.isWhole ? [] : places(other)
        isSettled = open.isEmpty && others.isEmpty
    }

    /// A place that is known already.
    init(at place: Place) {
        (current, open, others, isSettled) = (place, [], [], true)
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
        // Without an answer nothing is known of any place.
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

    /// Adds to ``asked``; the last word of a place counts.
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

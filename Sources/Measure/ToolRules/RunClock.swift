/// How the length of a run is told, over which rates are.
package enum RunClock: Hashable, Sendable {
    /// By its requests' times.
    case requests
    /// By another clock, ns; `sends` tells whether it is known when requests were sent.
    case length(Int64, sends: Bool)
    /// By nothing: when requests were sent is not known.
    case unknown

    /// Whether it is known when requests were sent.
    var knowsSends: Bool {
        switch self {
        case .requests: true
        case .length(_, let sends): sends
        case .unknown: false
        }
    }
}

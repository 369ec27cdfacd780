/// A rule by which latencies between tokens are made of the events of streams.
package enum InterTokenRule: String, Hashable, Sendable, CaseIterable {
    /// Each gap between two events is a value, whatever the events carry: ITL of vLLM and SGLang,
    /// inter-chunk latency of aiperf.
    case eventGaps = "event_gaps"
    /// Each gap between two tokens is one: k tokens in an event are k − 1 zeros. TBT here.
    case tokenGaps = "token_gaps"
    /// A gap is spread evenly over the k tokens of its later event: k values. ITL of SGLang's own
    /// backend.
    case spread
    /// The time from the first event to the last over n − 1 tokens, one value a request: TPOT here
    /// and of vLLM, ITL of aiperf and, weighed by tokens, of guidellm.
    case requestMeans = "request_means"
    /// The same over the events less one.
    case requestEventMeans = "request_event_means"

    /// The rule in some words, for a table.
    package var words: String {
        switch self {
        case .eventGaps: "gap between events"
        case .tokenGaps: "between tokens, 0 in an event"
        case .spread: "spread over an event's tokens"
        case .requestMeans: "mean a request, by tokens"
        case .requestEventMeans: "mean a request, by events"
        }
    }
}

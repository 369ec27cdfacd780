/// A loss or a difference that a tool's rule makes on the requests at hand.
package enum ToolRemark: Hashable, Sendable {
    /// Latencies count from the send: the waits before it, ns, are in none of them. The p99 of TTFT
    /// over the same requests from the send and from the schedule, ns.
    case fromSend(
        meanWait: Double, longestWait: Int64, p99FromSend: Double, p99FromSchedule: Double)
    /// Requests that did not complete, among all, and tokens that they had delivered: in no latency
    /// and in no throughput.
    case onlyCompleted(lost: Int, requests: Int, tokens: Int)
    /// Completed answers without a stream or a token that count as failed.
    case failedThere(answers: Int)
    /// Completed answers without a stream or a token whose TTFT and gaps count as 0.
    case zeroThere(answers: Int)
    /// Events carried more tokens than they are: a gap between events is no gap between tokens.
    case eventsForTokens(events: Int, tokens: Int)
    /// Inter-token latency is one mean a request: the longest gap, ns, and the largest such mean,
    /// ns.
    case meansHideGaps(longestGap: Int64, largestMean: Double)
    /// Percentiles are values of requests, those of inter-token latency weighed by its tokens.
    case attainedPercentiles
    /// Latencies end with the stream and not with the last token: the longest such tail, ns.
    case tailCounts(longest: Int64)
    /// The most requests open is counted by whole seconds.
    case peakBySeconds
    /// A first chunk without a token, such as one with a role, is taken for the first token there.
    case roleChunks
    /// The tool's native backend spreads a gap evenly over the tokens of its event.
    case spreadByNative

    /// The kind's name in files.
    package var name: String {
        switch self {
        case .fromSend: "from_send"
        case .onlyCompleted: "only_completed"
        case .failedThere: "failed_there"
        case .zeroThere: "zero_there"
        case .eventsForTokens: "events_for_tokens"
        case .meansHideGaps: "means_hide_gaps"
        case .attainedPercentiles: "attained_percentiles"
        case .tailCounts: "tail_counts"
        case .peakBySeconds: "peak_by_seconds"
        case .roleChunks: "role_chunks"
        case .spreadByNative: "spread_by_native"
        }
    }
}

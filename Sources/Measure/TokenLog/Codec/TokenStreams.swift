/// A batch's tokens grouped by request: stream s holds the tokens of the s-th smallest request
/// number, in the order in which they were logged.
struct TokenStreams {
    /// The request of each stream, ascending.
    private(set) var requests: [UInt32] = []
    /// Where each stream begins in `order`; one entry more than there are streams.
    private(set) var starts: [Int] = [0]
    /// The indices in the batch, stream after stream.
    private(set) var order: [Int] = []
    /// The stream of each token of the batch.
    private(set) var streamOfToken: [Int] = []

    /// O(n) where the request numbers lie close together, which one batch's do; O(n log n) else.
    init(_ tokens: [TokenRecord]) {
        guard let first = tokens.first else { return }
        var lowest = first.request
        var highest = first.request
        for token in tokens {
            lowest = min(lowest, token.request)
            highest = max(highest, token.request)
        }
        if Int(highest - lowest) < 4 * tokens.count + 4_096 {
            var table = [Int](repeating: -1, count: Int(highest - lowest) + 1)
            for token in tokens { table[Int(token.request - lowest)] = 0 }
            for offset in table.indices where table[offset] == 0 {
                table[offset] = requests.count
                requests.append(lowest + UInt32(offset))
            }
            streamOfToken = tokens.map { table[Int($0.request - lowest)] }
        } else {
            requests = Set(tokens.map(\.request)).sorted()
            let streams = Dictionary(
                uniqueKeysWithValues: requests.enumerated().map { ($0.element, $0.offset) })
            streamOfToken = tokens.map { streams[$0.request, default: 0] }
        }
        starts = [Int](repeating: 0, count: requests.count + 1)
        for stream in streamOfToken { starts[stream + 1] += 1 }
        for stream in requests.indices { starts[stream + 1] += starts[stream] }
        var next = starts
        order = [Int](repeating: 0, count: tokens.count)
        for (index, stream) in streamOfToken.enumerated() {
            order[next[stream]] = index
            next[stream] += 1
        }
    }
}

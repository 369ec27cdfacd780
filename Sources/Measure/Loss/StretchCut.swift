import Goodput

/// Tokens of a request, one after the other, whose waits have one cause and lie in one bin.
struct Stretch: Sendable {
    let cause: LossCause
    let bin: Int
    /// Places of its hull's vertices in ``StretchCut/vertices``.
    var vertices: Range<Int>
    /// Tokens of the request up to its end.
    var tokens: Int
}

/// A request cut into stretches, in memory that requests share.
struct StretchCut: Sendable {
    private(set) var stretches: [Stretch] = []
    private(set) var vertices: [ReadingHull.Vertex] = []
    /// Tokens of the request.
    private(set) var tokens = 0
    /// ns that the request left after it was scheduled: what no server is to blame for.
    private(set) var late: Int64 = 0
    /// d_0, ns after `scheduled`.
    private(set) var origin: Int64 = 0
    private var gaps: [Int64] = []

    /// A later origin than any token can be late for, ns.
    private static let latestOrigin: Int64 = 1 << 61

    /// Cuts `request`, which holds nothing but what its reader reads.
    ///
    /// - Complexity: O(events) expected.
    mutating func cut(_ request: RequestTimes, for reader: Reader, on grid: SpectrumGrid) {
        stretches.removeAll(keepingCapacity: true)
        vertices.removeAll(keepingCapacity: true)
        tokens = 0
        let scheduled = request.scheduled
        let isFromFirstToken = reader.parameters.anchor == .firstToken
        late = isFromFirstToken ? 0 : LossPass.lateness(of: request)
        origin = min(
            isFromFirstToken
                ? (request.tokens.first?.time ?? scheduled) - scheduled
                : reader.parameters.ttftBudget, Self.latestOrigin)
        let threshold = threshold(of: request)
        var before: Int64?
        for event in request.tokens {
            let cause: LossCause =
                before.map { event.time - $0 > threshold ? .stall : .slowDecode } ?? .firstToken
            add(event.time - scheduled, cause, grid.bin(of: event.time))
            tokens += Int(event.count)
            stretches[stretches.count - 1].tokens = tokens
            before = event.time
        }
        if reader.waits(after: request.outcome) {
            add(request.finish - scheduled, .unfinished, grid.bin(of: request.finish))
            stretches[stretches.count - 1].tokens = tokens
        }
    }

    /// The gap above which a wait is a stall. The median counts only where some gap may be one.
    private mutating func threshold(of request: RequestTimes) -> Int64 {
        var before = request.tokens.first?.time ?? 0
        for event in request.tokens {
            if event.time - before > StallThreshold.least {
                return StallThreshold.of(request.tokens, scratch: &gaps)
            }
            before = event.time
        }
        return StallThreshold.least
    }

    private mutating func add(_ elapsed: Int64, _ cause: LossCause, _ bin: Int) {
        let isNew = stretches.last.map { $0.cause != cause || $0.bin != bin } ?? true
        if isNew {
            let place = vertices.count
            stretches.append(
                Stretch(cause: cause, bin: bin, vertices: place..<place, tokens: tokens))
        }
        let last = stretches.count - 1
        ReadingHull.add(
            ReadingHull.Vertex(token: tokens, elapsed: elapsed), to: &vertices,
            from: stretches[last].vertices.lowerBound)
        stretches[last].vertices = stretches[last].vertices.lowerBound..<vertices.count
    }
}

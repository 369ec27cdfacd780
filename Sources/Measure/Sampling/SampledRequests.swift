package import Goodput

/// The digests of a run's scored requests, with the readers whom they were scored for.
package struct DigestedRequests: Hashable, Sendable {
    let digests: [RequestDigest]
    /// By the digests' cells.
    let readers: [Reader]
    let beside: Reader

    /// Those of requests that have been closed.
    package init(_ scoring: RunScoring) {
        digests = scoring.digests
        readers = scoring.groups.map { scoring.readers[$0.classIndex] }
        beside = scoring.besideReader
    }

    /// Those of requests of one reader.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    /// - Complexity: O(events).
    package init(
        _ requests: some Collection<RequestTimes>, for reader: Reader, beside: Reader
    ) throws(ScoringError) {
        digests = try RequestDigest.all(of: requests, for: reader, beside: beside)
        readers = [reader]
        self.beside = beside
    }
}

/// The requests of a stage as intervals need them, each made of its digest when it is asked for: 20
/// bytes a request beside the digests, which the whole run shares.
package struct SampledRequests: Hashable, Sendable, RandomAccessCollection {
    /// nil where there are none.
    private let source: DigestedRequests?
    private var orders: [ArrivalOrder] = []
    /// The digests of the requests.
    private var numbers: [UInt32] = []

    /// No request at all.
    init() { source = nil }

    /// None yet of `source`; about as many as `expected` are to come.
    init(of source: DigestedRequests, expecting expected: Int = 0) {
        self.source = source
        orders.reserveCapacity(expected)
        numbers.reserveCapacity(expected)
    }

    /// Takes in the request of the digest `number`.
    mutating func append(_ order: ArrivalOrder, number: Int) {
        orders.append(order)
        numbers.append(UInt32(number))
    }

    /// The digest of the request at `index`.
    func digest(_ index: Int) -> RequestDigest { known.digests[Int(numbers[index])] }

    private var known: DigestedRequests {
        guard let source else { preconditionFailure("there is no request") }
        return source
    }

    /// When the request at `index` was to begin, and its id.
    func order(_ index: Int) -> ArrivalOrder { orders[index] }

    package var startIndex: Int { 0 }
    package var endIndex: Int { orders.count }

    package subscript(index: Int) -> RequestSample {
        let source = known
        let digest = source.digests[Int(numbers[index])]
        return RequestSample(
            digest, at: orders[index], for: source.readers[digest.cell], beside: source.beside)
    }
}

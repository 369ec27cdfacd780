/// The measured requests of a run, in one order, the same at every pass.
package protocol MeasuredRequests {
    /// The file that a request which cannot be scored is a problem of.
    var path: String { get }

    /// Hands each request to `body`.
    ///
    /// - Parameter withTokens: Without them `tokens`, `reads` and `firstAnswer` may be left out;
    ///   all else is there.
    func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem)

    /// The same requests for passes beside each other, each on a thread of its own; nil where only
    /// one pass at a time is possible.
    var shared: (any MeasuredRequests & Sendable)? { get }
}

extension MeasuredRequests {
    package var shared: (any MeasuredRequests & Sendable)? { nil }
}

/// Requests that are in memory.
package struct StoredRequests: MeasuredRequests, Sendable {
    package let path: String
    private let requests: [MeasuredRequest]

    package init(_ requests: [MeasuredRequest], path: String = RunFileName.requests) {
        self.requests = requests
        self.path = path
    }

    package func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        for request in requests { try body(request) }
    }

    package var shared: (any MeasuredRequests & Sendable)? { self }
}

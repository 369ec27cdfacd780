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
}

/// Requests that are in memory.
package struct StoredRequests: MeasuredRequests {
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
}

/// A whole run, its requests read as often as they are asked for: what files of other tools are
/// made from.
package struct StoredRun {
    package var header: RunHeader
    package var requests: any MeasuredRequests

    package init(header: RunHeader, requests: any MeasuredRequests) {
        self.header = header
        self.requests = requests
    }
}

extension JournalSource {
    /// The run whose journal it is, all times of which are made of its stamps. Where there is no
    /// manifest its header is made from the journal, by one pass over it.
    ///
    /// - Throws: ``FileProblem``, as ``summary(_:header:requests:)``.
    package func stored(
        header: RunHeader?, requests: [MeasuredRequest]?
    ) throws(FileProblem) -> StoredRun {
        switch try run(header: header, requests: requests) {
        case .present(let run):
            let requests = JournalRequests(run)
            if let header { return StoredRun(header: header, requests: requests) }
            try requests.forEach(withTokens: false) { _ in }
            return StoredRun(header: run.header(requests.settled), requests: requests)
        case .former(let run):
            // Its manifest is there: a journal of that format is no run without it.
            return StoredRun(header: run.header, requests: run.requests)
        }
    }
}

extension RequestError {
    /// Whether the server's answer was the error: then ``detail`` is what it said itself.
    private var isTheServers: Bool { kind == .httpStatus || kind == .streamError }

    private var isRedirect: Bool { kind == .httpStatus && (300..<400).contains(status) }

    /// Whether the server's answer was the error, and neither it nor its status says why.
    package var isUnexplained: Bool { isTheServers && detail.isEmpty && !isRedirect }

    /// The reason, for a line that has class and status already.
    package var reason: String {
        if !detail.isEmpty { return detail }
        if isRedirect { return "a redirect; redirects are never followed" }
        return isTheServers ? "the server gave no reason" : "no reason is known"
    }

    /// One sentence that stands by itself; empty where nothing is known beyond the class.
    package var sentence: String {
        switch kind {
        case .httpStatus where isUnexplained: "the server answered \(status)"
        case .httpStatus where detail.isEmpty: "the server answered \(status), \(reason)"
        case .httpStatus: "the server answered \(status): \(detail)"
        case .streamError where detail.isEmpty: "the stream reported an error"
        case .streamError: "the stream reported an error: \(detail)"
        default: detail
        }
    }

    /// The error as files of before say it, in whose `detail` words of this tool's go ahead of the
    /// server's own.
    package var withoutLead: RequestError {
        guard isTheServers else { return self }
        let lead =
            kind == .httpStatus ? "the server answered \(status)" : "the stream reported an error"
        var error = self
        if detail == lead || detail == "\(lead), a redirect; redirects are never followed"
            || detail == "the server gave the finish reason error"
        {
            error.detail = ""
        } else if detail.hasPrefix("\(lead): ") {
            error.detail = String(detail.dropFirst(lead.count + 2))
        }
        return error
    }
}

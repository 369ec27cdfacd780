import JSON
import TokenLog

/// Where the requests of a plan went: each one that was due stands in exactly one of the counts.
package struct LoadBalance: Hashable, Sendable {
    package private(set) var completed = 0
    /// Errors and time limits; requests that could not leave are among them.
    package private(set) var failed = 0
    /// Given up before the end, by the server or by the client.
    package private(set) var abandoned = 0
    /// Cut off while they were in flight, by the drain, a person, or the end of their agent.
    package private(set) var unfinished = 0
    /// Due, and never handed to a server.
    package private(set) var neverSent = 0
    /// Those of ``completed`` that were to bring tokens and brought none.
    package private(set) var silent = 0
    /// Those of ``unfinished`` and ``neverSent`` that the run's own end cut off.
    package private(set) var cutByEnd = 0

    init() {}

    /// Takes in a request with its tokens.
    mutating func add(_ request: MeasuredRequest) {
        switch request.outcome {
        case .completed:
            completed += 1
            if request.isSilent { silent += 1 }
        case .failed: failed += 1
        case .abandoned: abandoned += 1
        case .unfinished:
            if request.sent == nil { neverSent += 1 } else { unfinished += 1 }
            switch request.error?.kind {
            case .drained, .runEnded: cutByEnd += 1
            default: break
            }
        case .notNeeded: preconditionFailure("a request that was never needed is in no file")
        }
    }

    /// Requests that were due.
    package var due: Int { completed + failed + abandoned + unfinished + neverSent }

    /// Requests that no reader got anything from, through no doing of the run's own end.
    package var notServed: Int { failed + abandoned + silent }

    var json: JSONValue {
        [
            "completed": .integer(Int64(completed)), "failed": .integer(Int64(failed)),
            "abandoned": .integer(Int64(abandoned)), "unfinished": .integer(Int64(unfinished)),
            "never_sent": .integer(Int64(neverSent)), "without_token": .integer(Int64(silent)),
        ]
    }
}

extension MeasuredRequest {
    /// Whether it completed, was to bring tokens, and brought none.
    var isSilent: Bool {
        outcome == .completed && askedOutput > 0 && tokens?.isEmpty ?? true
    }
}

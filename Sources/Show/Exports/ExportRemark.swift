import PlainText
package import Results

/// Something that a file of another tool leaves out of a run, or cannot say.
package enum ExportRemark: Hashable, Sendable {
    case verdict(Verdict)
    case noRequest
    case nothingCompleted(Int)
    case neverSent(Int)
    case unknownPrompt(Int)
    case wholeAnswer(Int)
    case hiddenTokens(Int)
    /// The format counts from the send; ns from a schedule to its send at most.
    case noSchedule(longest: Int64)

    /// The remark in a sentence.
    package var sentence: String {
        func requests(_ count: Int) -> String { Figures.count(count, "request") }
        return switch self {
        case .verdict(let verdict):
            "the run is \(verdict.rawValue), and its file cannot say so; legato score RUN says why"
        case .noRequest:
            "the run has no scored request, so that the file has none; look at the run's errors"
        case .nothingCompleted(let count):
            "none of \(requests(count)) completed; the file has their errors and no latency"
        case .neverSent(let count):
            "\(requests(count)) \(count == 1 ? "was" : "were") never sent: the schedule stands "
                + "where the send is wanted"
        case .unknownPrompt(let count):
            "the server did not count the prompt of \(requests(count)): the planned length, or 0, "
                + "stands in its place"
        case .wholeAnswer(let count):
            "\(requests(count)) came as one document, without a stream: they count as failed there"
        case .hiddenTokens(let count):
            "of \(requests(count)) the server counted tokens that no event brought: they are in "
                + "the output's length"
        case .noSchedule(let longest):
            "the file counts from the send; requests waited here up to \(Figures.span(longest)) "
                + "from their schedule to it"
        }
    }
}

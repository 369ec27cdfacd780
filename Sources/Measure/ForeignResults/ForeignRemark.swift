import PlainText

/// A thing that another tool's file cannot tell, or that was read in a way that one has to know.
package enum ForeignRemark: Hashable, Sendable {
    /// There are no intended times: a request counts as scheduled when it was sent.
    case scheduledIsSend
    /// The intended times are those of this member.
    case scheduledIs(member: String)
    /// It is not known when requests were sent.
    case noStarts
    /// Stamps are taken as the client's program read: one a chunk.
    case stampsOfChunks
    /// Each token has a stamp, those of a chunk the same one.
    case stampsOfTokens
    /// Chunks that the program read at once have one stamp.
    case stampsOfReads
    /// A chunk with a role alone may have stopped the time to the first token.
    case roleChunks
    /// Nothing tells how long the run was: there are no rates.
    case noDuration
    /// The tool leaves requests out of its file that were too fast for it.
    case filtered
    /// Figures of the run stand in this file beside it.
    case summaryBeside(name: String)
    /// T is the length of the run by the tool's clock.
    case durationIsTheTools
    /// Failed requests: nothing tells when they ended.
    case failuresWithoutEnd(Int)
    /// Failed requests: nothing tells what had come before.
    case failuresWithoutTokens(Int)
    /// Nothing tells which requests failed.
    case failuresUnknown
    /// Completed answers whose tokens have no times.
    case answersWithoutTimes(Int)
    /// The end of an answer is its last token: what the stream had behind it is not recorded.
    case endIsLastToken
    /// Requests that were planned and never sent, which are left out.
    case neverSent(Int)
    /// Requests of a warm-up, which are left out.
    case warmUp(Int)
    /// Tokens were counted by a tokenizer of the client.
    case countsOfTokenizer

    /// The name in files.
    package var name: String {
        switch self {
        case .scheduledIsSend: "scheduled_is_send"
        case .scheduledIs: "scheduled_is_intended"
        case .noStarts: "no_starts"
        case .stampsOfChunks: "stamps_of_chunks"
        case .stampsOfTokens: "stamps_of_tokens"
        case .stampsOfReads: "stamps_of_reads"
        case .roleChunks: "role_chunks"
        case .noDuration: "no_duration"
        case .filtered: "filtered"
        case .summaryBeside: "summary_beside"
        case .durationIsTheTools: "duration_is_the_tools"
        case .failuresWithoutEnd: "failures_without_end"
        case .failuresWithoutTokens: "failures_without_tokens"
        case .failuresUnknown: "failures_unknown"
        case .answersWithoutTimes: "answers_without_times"
        case .endIsLastToken: "end_is_last_token"
        case .neverSent: "never_sent"
        case .warmUp: "warm_up"
        case .countsOfTokenizer: "counts_of_tokenizer"
        }
    }

    /// The remark in a sentence, without a full stop.
    package var sentence: String {
        switch self {
        case .scheduledIsSend:
            "no intended times are in the file: requests count as scheduled when they were sent, "
                + "so what a late client adds is in no latency"
        case .scheduledIs(let member):
            "latencies count from `\(member)`, when the tool meant to send; its own count from the "
                + "send, as `TTFT from send` does"
        case .noStarts:
            "nothing tells when requests were sent: all begin at 0, and what rests on the order of "
                + "time (steady state, intervals, losses, timeline) is left out"
        case .stampsOfChunks:
            "times are taken in the client's program, one a chunk, after it was read: what waited "
                + "in the socket or behind other work counts as the server's"
        case .stampsOfTokens:
            "times are taken in the client's program: tokens of one chunk have one time"
        case .stampsOfReads:
            "times are one a read of the socket: chunks that came in one read have one time"
        case .roleChunks:
            "a chunk with a role alone may have counted as the first token: TTFT can be shorter "
                + "than a reader's"
        case .noDuration:
            "nothing tells how long the run was: there are no rates, and sums alone can be compared"
        case .filtered:
            "the tool keeps no answer that was generated faster than 1000 tokens/s, and its "
                + "own figures may leave a warm-up out"
        case .summaryBeside(let name):
            "the tool's own figures are those of \(name) beside it"
        case .durationIsTheTools:
            "T is the length of the run by the tool's own clock"
        case .failuresWithoutEnd(let count):
            "when \(Figures.count(count, "failed request")) ended is not known: the end counts as "
                + "the last chunk, or the send"
        case .failuresWithoutTokens(let count):
            "what \(Figures.count(count, "failed request")) had delivered is not known and counts "
                + "as nothing"
        case .failuresUnknown:
            "nothing tells which requests failed: all count as completed"
        case .answersWithoutTimes(let count):
            "\(Figures.count(count, "answer")) with tokens but without times: no TTFT, no gaps, "
                + "the tokens delivered at the end"
        case .endIsLastToken:
            "the end of a stream behind its last token is not recorded: latencies end with the "
                + "token"
        case .neverSent(let count):
            "\(Figures.count(count, "request")) that \(count == 1 ? "was" : "were") never sent "
                + "\(count == 1 ? "is" : "are") left out"
        case .warmUp(let count):
            "\(Figures.count(count, "request")) of a warm-up \(count == 1 ? "is" : "are") left out"
        case .countsOfTokenizer:
            "tokens were counted by a tokenizer of the client, not by the server"
        }
    }
}

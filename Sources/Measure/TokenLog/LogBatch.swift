import TimeBase

/// A stretch of one agent's token log, with the kinds of record apart: what is encoded,
/// journalled, sent and acknowledged as one.
///
/// Within a request the order of the log is that of its one sent record, its tokens, its one
/// finish. Between requests there is none but the stamps'. Words of servers about themselves are
/// of no request.
package struct LogBatch: Hashable, Sendable {
    package var sent: [SentRecord] = []
    package var tokens: [TokenRecord] = []
    /// Where raw stamps are kept, by how much the callback's reading of each of ``tokens`` lies
    /// behind its stamp, ns: as many as there are tokens. Else none.
    package var delays: [UInt32] = []
    package var finishes: [FinishRecord] = []
    /// Each server's in the order in which it was asked.
    package var scrapes: [ScrapeRecord] = []

    package init() {}

    /// The batch of `records`, in which each request's records are in their order.
    package init(_ records: some Sequence<LogRecord>) {
        for record in records {
            switch record {
            case .sent(let sent): self.sent.append(sent)
            case .tokens(let token): tokens.append(token)
            case .finish(let finish): finishes.append(finish)
            case .scrape(let scrape): scrapes.append(scrape)
            }
        }
    }

    /// The number of records.
    package var count: Int { sent.count + tokens.count + finishes.count + scrapes.count }
    package var isEmpty: Bool { count == 0 }

    /// All records: first every sent one, then the tokens, the finishes, and what servers said.
    package var records: [LogRecord] {
        sent.map(LogRecord.sent) + tokens.map(LogRecord.tokens) + finishes.map(LogRecord.finish)
            + scrapes.map(LogRecord.scrape)
    }

    /// Forgets the records and keeps the room that they took.
    package mutating func removeAll() {
        sent.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        delays.removeAll(keepingCapacity: true)
        finishes.removeAll(keepingCapacity: true)
        scrapes.removeAll(keepingCapacity: true)
    }

    /// An upper bound of the encoded size, in bytes, whatever the records hold.
    ///
    /// Cut a batch before the bound passes what a frame may carry.
    package var largestEncoding: Int {
        64 + sent.count * 32 + tokens.count * 40 + delays.count * 4
            + finishes.count
            * (66 + RequestError.detailLimit + 2 * AnswerNotes.wordLimit)
            + scrapes.count * ScrapeColumns.largestEncoding
    }

    /// The batch as it comes out of the codec: every stamp rounded down to whole multiples of
    /// `resolutionNs`, tokens by request and within a request in their order.
    package func canonical(resolutionNs: Int64 = 1) -> LogBatch {
        func rounded(_ stamp: LocalInstant) -> LocalInstant {
            LocalInstant(ns: floorDivide(stamp.ns, by: resolutionNs) &* resolutionNs)
        }
        var batch = self
        for index in batch.sent.indices {
            batch.sent[index].scheduled = rounded(batch.sent[index].scheduled)
            batch.sent[index].free = rounded(batch.sent[index].free)
            batch.sent[index].sent = batch.sent[index].sent.map(rounded)
        }
        for index in batch.finishes.indices {
            batch.finishes[index].at = rounded(batch.finishes[index].at)
        }
        for index in batch.scrapes.indices {
            batch.scrapes[index].asked = rounded(batch.scrapes[index].asked)
            batch.scrapes[index].at = rounded(batch.scrapes[index].at)
        }
        let order = tokens.indices.sorted { (tokens[$0].request, $0) < (tokens[$1].request, $1) }
        batch.tokens = order.map { index in
            var token = tokens[index]
            token.stamp = rounded(token.stamp)
            return token
        }
        if !delays.isEmpty { batch.delays = order.map { delays[$0] } }
        return batch
    }
}

/// The largest whole number not above `value / divisor`.
@inlinable
func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
    if divisor == 1 { return value }
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}

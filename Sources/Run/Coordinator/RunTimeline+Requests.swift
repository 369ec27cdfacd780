import CoordinatorCore
import Goodput
import Results
import TimeBase
import TokenLog

/// A request's stamps on the run's timeline.
struct MappedTimes {
    var scheduled: ClusterInstant
    /// How long it waited for a place among the requests in flight, ns.
    var waited: Int64
    var sent: ClusterInstant?
    var events: [TokenEvent]
    /// Where raw stamps were kept.
    var reads: [MeasuredRequest.Read]?
    var finish: ClusterInstant
    /// The first token of the answer itself, where reasoning came before it.
    var firstAnswer: ClusterInstant?
}

extension RunTimeline {
    /// The stamps of `request`, none of them before `scheduled` or before the one ahead.
    ///
    /// - Parameters:
    ///   - finish: When it ended; of a request whose records lack it, when the last of them is
    ///     from.
    ///   - bounds: Takes in how far the truth may lie from each of them.
    func times(
        of request: MergedRequest, _ sent: SentRecord, finish: LocalInstant?,
        bounds: inout ClockBounds
    ) -> MappedTimes {
        let agent = request.agent
        let scheduled = instant(sent.scheduled, of: agent, bounds: &bounds)
        let events = events(of: request, notBefore: scheduled, bounds: &bounds)
        var last = events.last.map { ClusterInstant(ns: $0.time) } ?? scheduled
        if let finish { last = max(last, instant(finish, of: agent, bounds: &bounds)) }
        // Reasoning first: then the answer's own first token is a figure of its own.
        let tokens = request.tokens
        let firstAnswer =
            tokens.first?.kind.isAnswer == false
            ? tokens.first { $0.kind.isAnswer }
                .map { max(scheduled, instant($0.stamp, of: agent)) } : nil
        return MappedTimes(
            scheduled: scheduled, waited: max(0, (sent.free - sent.scheduled).ns),
            sent: sent.sent.map { max(scheduled, instant($0, of: agent, bounds: &bounds)) },
            events: events, reads: reads(of: request, notBefore: scheduled), finish: last,
            firstAnswer: firstAnswer)
    }

    /// The request's reads where raw stamps were kept; else nil.
    private func reads(
        of request: MergedRequest, notBefore scheduled: ClusterInstant
    ) -> [MeasuredRequest.Read]? {
        guard !request.delays.isEmpty else { return nil }
        var last = scheduled
        return zip(request.tokens, request.delays).map { token, delay in
            last = max(last, instant(token.stamp, of: request.agent))
            return MeasuredRequest.Read(time: last.ns, delay: Int64(delay))
        }
    }

    /// The request's token events.
    func events(
        of request: MergedRequest, notBefore scheduled: ClusterInstant, bounds: inout ClockBounds
    ) -> [TokenEvent] {
        var last = scheduled
        let records = request.countedTokens
        var events: [TokenEvent] = []
        events.reserveCapacity(records.reduce(0) { $0 + Int($1.events) })
        for record in records {
            last = max(last, instant(record.stamp, of: request.agent, bounds: &bounds))
            for count in record.eventCounts {
                events.append(TokenEvent(time: last.ns, count: UInt32(count)))
            }
        }
        return events
    }
}

import Goodput
import JSON
import Results
import TimeBase
import TokenLog

/// A request as slices that lie within each other: the whole, its phases, and in these the idle
/// times of its reader, which add up to the request's idle time.
struct RequestSlices {
    struct Slice: Hashable {
        var name: String
        /// ns.
        var begin: Int64
        var end: Int64
        var arguments: JSONValue = .null

        func event(_ place: TraceTracks.Place) -> JSONValue {
            var members: [JSONMember] = [
                JSONMember("ph", "X"), JSONMember("name", .string(name)),
                JSONMember("pid", .integer(place.process)),
                JSONMember("tid", .integer(place.track)),
                JSONMember("ts", .real(Double(begin) / 1e3)),
                JSONMember("dur", .real(Double(end - begin) / 1e3)),
            ]
            if !arguments.isNull { members.append(JSONMember("args", arguments)) }
            return .object(members)
        }
    }

    private(set) var slices: [Slice] = []

    init(_ request: MeasuredRequest, for reader: Reader) {
        let (scheduled, finish) = (request.scheduled.ns, request.finish.ns)
        func count(_ value: UInt32?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        let error = request.errorWords
        slices.append(
            Slice(
                name: "request \(request.id)", begin: scheduled, end: finish,
                arguments: [
                    "class": .string(request.className), "model": .string(request.model),
                    "session": .integer(Int64(request.session)),
                    "turn": .integer(Int64(request.turn)),
                    "outcome": .string(request.outcome.scored.rawValue),
                    "error": error.isEmpty ? .null : .string(error),
                    "prompt_tokens": count(request.promptTokens),
                    "output_tokens": count(request.outputTokens),
                ]))
        var bounds: [Int64] = []
        func add(_ name: String, _ begin: Int64, _ end: Int64) {
            let (begin, end) = (max(scheduled, begin), min(finish, end))
            bounds += [begin, end]
            if begin < end { slices.append(Slice(name: name, begin: begin, end: end)) }
        }
        let tokens = request.tokens ?? []
        let sent = request.sent?.ns ?? scheduled
        add("waits to be sent", scheduled, sent)
        if let first = tokens.first?.time, let last = tokens.last?.time {
            add("first token", sent, first)
            add("decoding", first, last)
            add("closing", last, finish)
        } else {
            add("no token", sent, finish)
        }
        for idle in Self.idle(request.times.read(by: reader), reader) {
            let cuts = [idle.lowerBound] + bounds.filter { idle.contains($0) }.sorted()
            for (begin, end) in zip(cuts, cuts.dropFirst() + [idle.upperBound])
            where begin < end {
                slices.append(Slice(name: "idle", begin: begin, end: end))
            }
        }
    }

    /// The stretches in which a reader waits, who takes in a token at a time and reads on at once
    /// when the next one is there.
    static func idle(_ request: RequestTimes, _ reader: Reader) -> [Range<Int64>] {
        var idle: [Range<Int64>] = []
        let arrival = request.scheduled.addingReportingOverflow(reader.parameters.ttftBudget)
        var ready = arrival.overflow ? Int64.max : arrival.partialValue
        if reader.parameters.anchor == .firstToken {
            ready = request.tokens.first?.time ?? request.scheduled
        }
        for event in request.tokens {
            if event.time > ready {
                idle.append(ready..<event.time)
                ready = event.time
            }
            let reading = reader.tokenTime.multipliedReportingOverflow(by: Int64(event.count))
            let next = ready.addingReportingOverflow(reading.partialValue)
            ready = reading.overflow || next.overflow ? .max : next.partialValue
        }
        if reader.waits(after: request.outcome), request.finish > ready {
            idle.append(ready..<request.finish)
        }
        return idle
    }
}

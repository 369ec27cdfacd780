package import Goodput
import JSON

extension JSONWriter {
    /// Token times as the files have them: `t` for one token, `[t, k]` for k.
    package mutating func tokens(_ events: [TokenEvent]) {
        array { writer in
            withUnsafeTemporaryAllocation(of: Int64.self, capacity: 128) { times in
                events.withUnsafeBufferPointer { writer.elements($0, by: times) }
            }
        }
    }

    private mutating func elements(
        _ events: UnsafeBufferPointer<TokenEvent>, by times: UnsafeMutableBufferPointer<Int64>
    ) {
        var next = 0
        while next < events.count {
            let most = min(times.count, events.count - next)
            var held = 0
            while held < most, events[next + held].count == 1 {
                times[held] = events[next + held].time
                held += 1
            }
            integers(UnsafeBufferPointer(rebasing: times[..<held]))
            next += held
            guard held < most else { continue }
            let event = events[next]
            array { pair in
                pair.integer(event.time)
                pair.integer(Int64(event.count))
            }
            next += 1
        }
    }
}

extension TokenEvent {
    /// Reads an entry: `t`, or `[t, k]`.
    init(json: JSONValue, index: Int) throws(JSONFieldError) {
        if let time = json.int64 {
            self.init(time: time)
            return
        }
        guard let pair = json.array, pair.count == 2, let time = pair[0].int64,
            let tokens = pair[1].int64
        else {
            throw JSONFieldError(
                problem:
                    "has an entry \(index) in `tokens` that is neither a time nor [time, count]")
        }
        guard tokens >= 1, let count = UInt32(exactly: tokens) else {
            throw JSONFieldError(
                problem: "has an entry \(index) in `tokens` with k = \(tokens); k must lie from 1 "
                    + "to \(UInt32.max)")
        }
        self.init(time: time, count: count)
    }

    /// Reads the member `tokens`.
    static func list(in json: JSONValue) throws(JSONFieldError) -> [TokenEvent] {
        let entries = try json.field("tokens", "an array") { $0.array }
        var events: [TokenEvent] = []
        events.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            events.append(try TokenEvent(json: entry, index: index))
        }
        return events
    }
}

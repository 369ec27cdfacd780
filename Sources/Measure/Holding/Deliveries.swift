/// Streams as they were delivered: events that came together are one delivery, so that what the
/// wire cut or the client joined does not count as the server's rhythm.
struct Deliveries: Sendable {
    /// The times of all deliveries, stream after stream, ns after ``origin``, not decreasing within
    /// a stream.
    private(set) var times: [Double] = []
    /// Tokens of each.
    private(set) var sizes: [Double] = []
    /// Stream events of each.
    private(set) var events: [Int] = []
    /// Where each stream begins in these, and at last where they end.
    private(set) var starts = [0]
    /// The streams in the sample that these are, where all events of a stream were late none.
    private(set) var kept: [Int] = []
    /// m: the median of the gaps above ``leastGap`` between events of a stream, ns; nil without.
    let medianGap: Double?
    /// Events whose read was late, which are left out.
    private(set) var lateEvents = 0

    /// Gaps up to this are no step of an engine's, ns.
    static let leastGap: Int64 = 300_000
    /// Events closer than this are one delivery whatever the gaps, ns.
    static let closest: Double = 200_000
    /// The part of m within which events are one delivery.
    static let closePart: Double = 10
    /// The part of m above which a read is late.
    static let latePart: Double = 4

    /// The deliveries of `streams`. O(events log events).
    init(_ streams: [SampledStream]) {
        var gaps: [Double] = []
        for stream in streams {
            for (before, event) in zip(stream.events, stream.events.dropFirst()) {
                let gap = event.time &- before.time
                if gap > Self.leastGap { gaps.append(Double(gap)) }
            }
        }
        medianGap = median(gaps)
        let origin = streams.lazy.compactMap(\.events.first?.time).min() ?? 0
        let together = max(Self.closest, (medianGap ?? 0) / Self.closePart)
        let late = medianGap.map { $0 / Self.latePart } ?? .infinity
        for (index, stream) in streams.enumerated() {
            let start = times.count
            var before = -Double.infinity
            for event in stream.events {
                guard Double(event.delay) <= late else {
                    lateEvents += 1
                    continue
                }
                let time = Double(event.time &- origin)
                if time - before < together {
                    sizes[sizes.count - 1] += Double(event.count)
                    events[events.count - 1] += 1
                } else {
                    times.append(time)
                    sizes.append(Double(event.count))
                    events.append(1)
                }
                before = time
            }
            guard times.count > start else { continue }
            starts.append(times.count)
            kept.append(index)
        }
    }

    /// How many streams there are.
    var count: Int { starts.count - 1 }

    /// The deliveries of a stream.
    subscript(stream: Int) -> Range<Int> { starts[stream]..<starts[stream + 1] }

    func first(of stream: Int) -> Double { times[starts[stream]] }
    func last(of stream: Int) -> Double { times[starts[stream + 1] - 1] }

    /// The deliveries of a stream but its first and last.
    func interior(of stream: Int) -> Range<Int> {
        let all = self[stream]
        return all.count < 3
            ? all.lowerBound..<all.lowerBound : all.lowerBound + 1..<all.upperBound - 1
    }

    /// The gaps between the deliveries of `range`, ns.
    func gaps(in range: Range<Int>) -> [Double] {
        guard range.count > 1 else { return [] }
        return (range.lowerBound..<range.upperBound - 1).map { times[$0 + 1] - times[$0] }
    }

    /// How many deliveries of `range` are at `time` or before it. O(log n).
    func upTo(_ time: Double, in range: Range<Int>) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low - range.lowerBound
    }

    /// The delivery of `range`, not empty, that is nearest to `time`. O(log n).
    func nearest(to time: Double, in range: Range<Int>) -> Int {
        let after = range.lowerBound + upTo(time, in: range)
        guard after > range.lowerBound else { return after }
        guard after < range.upperBound else { return after - 1 }
        return time - times[after - 1] <= times[after] - time ? after - 1 : after
    }

    /// The streams that run from `start` to `end`, but `own`. O(streams).
    func spanning(_ start: Double, _ end: Double, but own: Int) -> [Int] {
        (0..<count).filter {
            $0 != own && first(of: $0) <= start && last(of: $0) >= end
        }
    }
}

import Goodput

/// The gap above which a wait is a stall, and not slow decoding.
enum StallThreshold {
    /// A gap of no more than that is never a stall, ns.
    static let least: Int64 = 50_000_000
    /// The request's median gaps that a stall is longer than.
    static let medians: Int64 = 4

    /// The threshold of a stream: max(50 ms, 4 times the median gap between its events), where of
    /// an even number of gaps the lower middle one is the median.
    ///
    /// - Parameters:
    ///   - events: In order of time; no time lies more than 2^63 ns after another.
    ///   - scratch: Space that calls may share.
    /// - Complexity: O(events) expected. The median is exact whatever their number.
    static func of(_ events: [TokenEvent], scratch: inout [Int64]) -> Int64 {
        scratch.removeAll(keepingCapacity: true)
        for index in events.indices.dropFirst() {
            scratch.append(events[index].time &- events[index - 1].time)
        }
        let median = scratch.withUnsafeMutableBufferPointer { $0.lowerMedian() }
        return max(least, (median ?? 0).multipliedSaturated(by: medians))
    }
}

/// When the benefit was earned: bin k holds what was earned in [k, k + 1) seconds after the
/// earliest `scheduled`, so that all bins add up to the sum of the benefits.
package struct Timeline: Hashable, Sendable {
    /// ns on the run's timeline: where bin 0 begins.
    package let start: Int64
    /// Tokens earned in each bin, up to the last one with an entry; zeros kept.
    package private(set) var smooth: [Double] = []

    /// ns a bin.
    package static let bin: Int64 = 1_000_000_000
    /// The most bins: a year.
    package static let longest: Int64 = 31_622_400

    package init(start: Int64) {
        self.start = start
    }

    /// Adds what was earned in the bin `index`, from 0 to below ``longest``.
    package mutating func add(_ earned: Double, toBin index: Int) {
        precondition(index >= 0, "nothing is earned before the run's first request")
        precondition(index < Self.longest, "the serving interval bounds the timeline")
        while smooth.count <= index { smooth.append(0) }
        smooth[index] += earned
    }

    /// A stretch of a run in which all instants count alike.
    package struct Stretch: Hashable, Sendable {
        package var bin: Int
        /// ns on the run's timeline; the end is not part of the stretch, unless it is the last
        /// instant that there is.
        package var end: Int64

        /// The stretch before all instants.
        package static let none = Stretch(bin: 0, end: .min)
    }

    /// The bins of a run.
    package struct Grid: Hashable, Sendable {
        /// ns on the run's timeline: where bin 0 begins.
        let start: Int64

        package init(start: Int64) { self.start = start }

        /// The stretch that holds `time`, which lies no earlier than the start and less than 2^63
        /// ns after it.
        package func stretch(of time: Int64) -> Stretch {
            let bin = (time - start) / Timeline.bin
            let (binEnd, overflow) = (start + bin * Timeline.bin).addingReportingOverflow(
                Timeline.bin)
            return Stretch(bin: Int(bin), end: overflow ? Int64.max : binEnd)
        }
    }
}

/// T: from the earliest `scheduled` to the latest of all `finish`es and token times, in ns on the
/// run's timeline.
package struct ServingInterval: Hashable, Sendable {
    package var begin: Int64
    package var end: Int64

    /// The interval from `begin` to `end`, which must not lie before it.
    ///
    /// - Throws: ``ScoringError/tooLong(seconds:)`` when it is longer than the longest
    ///   ``Timeline``.
    package init(begin: Int64, end: Int64) throws(ScoringError) {
        precondition(begin <= end, "an interval ends no earlier than it begins")
        let (length, overflow) = end.subtractingReportingOverflow(begin)
        let seconds = overflow ? Int64.max / Timeline.bin : length / Timeline.bin
        guard seconds < Timeline.longest else { throw .tooLong(seconds: seconds) }
        self.begin = begin
        self.end = end
    }

    /// The interval over all `requests`; nil without requests. O(number of requests).
    package init?(over requests: some Collection<RequestTimes>) throws(ScoringError) {
        var begin = Int64.max
        var end = Int64.min
        for request in requests {
            begin = min(begin, request.scheduled)
            end = max(end, request.scheduled, request.finish, request.tokens.last?.time ?? end)
        }
        guard begin <= end else { return nil }
        try self.init(begin: begin, end: end)
    }

    /// T in ns.
    package var length: Int64 { end - begin }

    /// `amount` a second; nil where T is 0.
    package func rate(of amount: Double) -> Double? {
        length == 0 ? nil : amount / (Double(length) / 1e9)
    }
}

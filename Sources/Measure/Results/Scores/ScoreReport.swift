package import ForeignResults
package import Goodput
import JSON

/// The figures that `legato score` prints of a set of requests.
package struct ScoreReport: Hashable, Sendable {
    /// The file, as the user gave it.
    package var path: String
    /// After overrides.
    package var parameters: ScoringParameters
    /// Where only bounds are known, at its worst.
    package var scoring: Scoring
    /// The percentiles that are listed of every distribution.
    package var percentiles: PercentileRanks
    /// nil without requests, and where what they rest on is not known.
    package let analyses: RunAnalyses?
    /// The other tool's file that the requests are out of; nil where they are of none.
    package let source: ForeignSource?
    /// nil where all token times are known.
    package let bounds: ScoreBounds?
    /// nil where the file has no figures of its own.
    package let check: SummaryCheck?

    /// Scores `vector`, its parameters changed by `overrides`.
    ///
    /// - Throws: ``FileProblem`` that names the file, and the request or parameter at fault.
    package init(
        vector: MetricVector, overrides: ScoringOverrides, path: String
    ) throws(FileProblem) {
        self.path = path
        source = vector.source
        parameters = overrides.applied(to: vector.parameters)
        percentiles = overrides.percentiles ?? .always
        var bounds: ScoreBounds?
        do throws(ScoringError) {
            let reader = try Reader(parameters)
            if vector.source?.fidelity == .boundsOnly {
                let both = try ScoreBounds(of: vector.requests, for: parameters, percentiles)
                bounds = both
                scoring = both.worst
            } else {
                scoring = try Scoring(vector.requests, for: reader, ranks: percentiles)
            }
            let isTimed = bounds == nil && vector.source?.knowsStarts != false
            analyses =
                isTimed
                ? try RunAnalyses(of: vector, for: reader, withSurface: overrides.surface) : nil
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
        if let source = vector.source {
            let interval = try source.interval(beside: scoring.totals.interval, path: path)
            scoring.setInterval(interval, knowsTimes: source.knowsStarts)
            bounds?.best.setInterval(interval, knowsTimes: false)
            bounds?.worst.setInterval(interval, knowsTimes: false)
            check = try SummaryCheck(of: vector, source, parameters.objectives, path: path)
        } else {
            check = nil
        }
        self.bounds = bounds
    }

    /// One line of JSON, `{"requests": [...], "totals": {...}, "loss": {...}, ...}`, with a line
    /// end; of another tool's file also `source`, `summary_check` and, where there are some,
    /// `bounds`.
    package var json: [UInt8] {
        var writer = JSONWriter()
        let analysed = analyses?.vectorMembers ?? RunAnalyses.vectorMembersOfNothing
        let members = analysed + foreignMembers
        if let bounds {
            writer.value(.object(bounds.members(percentiles) + members))
        } else {
            scoring.write(
                to: &writer, source == nil ? .standard : .full, percentiles, beside: members)
        }
        writer.endLine()
        return writer.bytes
    }

    private var foreignMembers: [JSONMember] {
        guard let source else { return [] }
        return [
            JSONMember("source", source.json), JSONMember("summary_check", check?.json ?? .null),
        ]
    }
}

extension Scoring {
    /// Counts rates over `interval`, which another clock than the requests' has told.
    fileprivate mutating func setInterval(_ interval: ServingInterval?, knowsTimes: Bool) {
        totals.interval = interval
        if !knowsTimes { totals.timeline = nil }
    }
}

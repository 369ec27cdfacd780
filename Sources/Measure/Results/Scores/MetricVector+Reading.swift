import ForeignResults
import Goodput
import ToolRules

extension MetricVector {
    /// The runs in the bytes of `path`: those of another tool's result file, or the one of a file
    /// of parameters and requests.
    ///
    /// - Parameter beside: The first of the named files that is there, with its bytes; asked for a
    ///   run whose tool writes its summary into a file of its own.
    /// - Throws: ``FileProblem`` with line and column, or the request at fault.
    package static func all(
        parsing bytes: [UInt8], path: String,
        beside: ([String]) -> (name: String, bytes: [UInt8])? = { _ in nil }
    ) throws(FileProblem) -> [MetricVector] {
        var runs: [ForeignRun]?
        do throws(ForeignProblem) {
            runs = try ForeignRun.all(in: bytes)
            if let run = runs?.first, run.wantsSummary,
                let file = beside(AiperfSummary.names(beside: path)),
                // A file that is no summary is none of this run's.
                let summary = try? AiperfSummary(parsing: file.bytes)
            {
                runs?[0].take(summary, name: file.name)
            }
        } catch {
            let position = error.position(in: bytes)
            throw FileProblem(
                .content, path, line: position.line, column: position.column, error.sentence)
        }
        guard let runs else { return [try MetricVector(parsing: bytes, path: path)] }
        guard !runs.isEmpty else {
            throw FileProblem(.content, path, "is a result without a run in it")
        }
        return runs.map { MetricVector($0) }
    }
}

extension ForeignSource {
    /// How the length of the run is told.
    var clock: RunClock {
        if let duration { return .length(duration, sends: knowsStarts) }
        return knowsStarts ? .requests : .unknown
    }

    /// The serving interval by the tool's own clock, or the requests' own.
    ///
    /// - Parameter own: From the earliest schedule to the latest end, of the requests; nil without.
    /// - Returns: nil where nothing tells how long the run was.
    /// - Throws: ``FileProblem`` where the tool's clock and the requests cannot both be right.
    func interval(
        beside own: ServingInterval?, path: String
    ) throws(FileProblem) -> ServingInterval? {
        guard let own else { return nil }
        guard let duration else { return knowsStarts ? own : nil }
        let ratio = Double(duration) / Double(max(1, own.length))
        guard ratio >= (knowsStarts ? 0.5 : 0.99), !knowsStarts || ratio <= 100 || own.length == 0
        else {
            throw FileProblem(
                .content, path,
                "tells a length of \(Double(duration) / 1e9) s, and its requests took "
                    + "\(Double(own.length) / 1e9) s: one of them is in another unit")
        }
        do throws(ScoringError) {
            return try ServingInterval(begin: own.begin, end: own.begin + duration)
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }
}

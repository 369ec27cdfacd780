/// The names of the files in a run's folder.
package enum RunFileName {
    /// The description of the run, its clocks and its validity.
    package static let manifest = "manifest.json"
    package static let summary = "summary.json"
    /// A line a request.
    package static let requests = "requests.jsonl"
    /// The journal that the others are made from.
    package static let journal = "tokens.log"
    /// The same as tables, for SQL.
    package static let database = "run.sqlite"
    /// The figures of repeated runs, in the folder that holds theirs.
    package static let joined = "joined.json"
    /// A sweep's points and findings.
    package static let sweep = "sweep.json"

    /// The page of `legato report`.
    package static let report = "report.html"

    /// Those of one run.
    package static let all = [requests, manifest, summary, journal]
}

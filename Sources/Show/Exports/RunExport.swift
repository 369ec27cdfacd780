package import Results
import Workload

/// A run as a file of another tool.
///
/// Requests are read anew at each pass; what is kept of one does not grow with its tokens.
package struct RunExport {
    let run: StoredRun
    let header: RunHeader
    /// As the user gave it.
    let path: String

    /// - Throws: ``FileProblem``, as ``Results/StoredRun/header()``.
    package init(_ run: StoredRun, path: String) throws(FileProblem) {
        self.run = run
        header = try run.header()
        self.path = path
    }

    /// Writes the run's scored requests in `format`.
    ///
    /// - Returns: Whatever the file leaves out or cannot say, for standard error.
    /// - Throws: ``FileProblem``: those of the passes, of `sink`, and of times that cannot be.
    package func write(
        as format: ExportFormat, to sink: @escaping ([UInt8]) throws(FileProblem) -> Void
    ) throws(FileProblem) -> [ExportRemark] {
        let writer = ExportWriter(sink)
        var census = ExportCensus()
        switch format {
        case .vllm: try VLLMFile(self).write(to: writer, &census)
        case .aiperf: try AiperfFile(self).write(to: writer, &census)
        case .csv: try CSVFile(self).write(to: writer, &census)
        case .perfetto: try TraceFile(self).write(to: writer, &census)
        case .benchmarkReport: try BenchmarkReport(self).write(to: writer, &census)
        }
        try writer.flush()
        return census.remarks(of: header, in: format)
    }

    /// Hands the scored requests to `body`; the others are in no figure.
    func forEachScored(
        withTokens: Bool = true, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        try run.requests.forEach(withTokens: withTokens) { request throws(FileProblem) in
            if request.phase == .scored { try body(request) }
        }
    }
}

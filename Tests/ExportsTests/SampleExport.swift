import Exports
import Results
import SampleRuns
import Synchronization
import Testing
import Workload

/// Files that are made of runs in memory.
enum SampleExport {
    /// The file, and the remarks on it.
    static func file(
        _ format: ExportFormat, of result: RunResult = SampleRun.result
    ) throws -> (bytes: [UInt8], remarks: [ExportRemark]) {
        let bytes = Mutex<[UInt8]>([])
        let run = SampleRun.stored(result)
        let remarks = try RunExport(run, path: run.folder).write(as: format) { block in
            bytes.withLock { $0 += block }
        }
        return (bytes.withLock { $0 }, remarks)
    }

    /// The requests that the figures are made from.
    static let scored = SampleRun.requests.filter { $0.phase == .scored }

    static func run(_ change: (inout RunResult) -> Void) -> RunResult {
        var result = SampleRun.result
        change(&result)
        return result
    }
}

import Bytes
import Journal
import PlainText

extension JournalSource {
    /// Refuses a journal that is of another run than the manifest.
    func check(_ segment: SegmentHeader, against run: RunHeader) throws(FileProblem) {
        let id = segment.runID.description
        guard run.runID == id else {
            throw FileProblem(
                .content, path,
                "is the journal of run \(id), and the manifest is of run \(run.runID.harmless); "
                    + "keep a run's files together")
        }
        // Two boots of the coordinator are two axes, and nothing here joins them.
        guard run.epoch.bootID == segment.clock.bootID else {
            throw FileProblem(
                .content, path,
                "counts from another boot of the coordinator than the manifest: the global "
                    + "timeline is broken, and only latencies within one agent hold")
        }
    }
}

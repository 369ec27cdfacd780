package import Compare
import JSON
import Loss
import PlainText
import Plot
package import Results

/// The page of a comparison: a single HTML file that needs nothing else, and asks for nothing.
package struct ComparePage {
    /// A system with the run that its pictures are drawn of: its first.
    struct System {
        let name: String
        let summary: RunSummary
        let requests: ComparedRequests
    }

    let story: CompareFindings

    /// Takes what the page shows from the runs' requests, in a pass over each.
    ///
    /// - Parameters:
    ///   - report: The comparison.
    ///   - runs: The first run of each system with its figures, in the report's order.
    /// - Throws: ``FileProblem``, from the passes.
    package init(
        _ report: ComparisonReport,
        runs: [(summary: RunSummary, requests: any MeasuredRequests)]
    ) throws(FileProblem) {
        var systems: [System] = []
        for (system, run) in zip(report.systems, runs) {
            systems.append(
                System(
                    name: system.name, summary: run.summary,
                    requests: try ComparedRequests(run.summary, of: run.requests)))
        }
        story = CompareFindings(report: report, systems: systems)
    }

    /// The file.
    ///
    /// - Parameter version: That of this program.
    package func html(version: String) -> [UInt8] {
        let sections: [PageSection?] = [
            story.differences, story.ranking, story.timelines, story.requests, story.latencies,
        ]
        return PageDocument.bytes(
            title: story.systems.map(\.name).joined(separator: " and "),
            styles: [PageStyle.css, SystemStyle.css],
            [CompareHead(story: story, version: version).markup]
                + sections.compactMap { $0?.markup }
                + [
                    .data("names", json: CompareData(story: story).json.text),
                    .own("script", PageScript.compare),
                ])
    }
}

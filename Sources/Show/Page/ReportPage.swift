import Console
import Goodput
import Loss
import PlainText
package import Results

/// The page of one run: a single HTML file that needs nothing else, and asks for nothing.
package struct ReportPage {
    private let run: PageRun
    private let folder: String
    private let version: String
    private let table: LossTable?
    private let data: PageData?

    /// Takes what the page shows from the run's requests, in two passes.
    ///
    /// - Parameters:
    ///   - summary: The figures of these requests, with their surface.
    ///   - requests: The run's.
    ///   - folder: The run's folder as a user may type it.
    ///   - version: The version that makes the page.
    ///   - mostWhole: Requests up to which the page holds each one; of more, a sample.
    /// - Throws: ``FileProblem``, from the passes.
    package init(
        _ summary: RunSummary, of requests: some MeasuredRequests, folder: String,
        version: String, mostWhole: Int = PageSample.mostWhole
    ) throws(FileProblem) {
        (self.folder, self.version) = (folder, version)
        guard let interval = summary.run.totals.interval else {
            run = PageRun(summary: summary, requests: nil)
            (table, data) = (nil, nil)
            return
        }
        let rows = try PageRequests(requests, summary, over: interval, mostWhole: mostWhole)
        run = PageRun(summary: summary, requests: rows)
        let table = LossTable(summary, rows)
        self.table = table
        data = try PageData(summary, rows, table, of: requests)
    }

    /// The file.
    ///
    /// - Parameter deflated: Bytes in zlib's format (RFC 1950), which every browser reads.
    package func html(_ deflated: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var body = [HeadSection(run: run).markup]
        if data != nil { body.append(Self.lensBar) }
        body += sections.map(\.markup)
        if let data {
            body += [
                .data("names", json: data.head.text),
                .data("numbers", base64: Base64.text(deflated(data.stream.bytes))),
                .own("script", PageScript.source),
            ]
        }
        return PageDocument.bytes(
            title: run.summary.header.name, styles: [PageStyle.css], body)
    }

    /// The page's lens: who reads.
    private static var lensBar: Markup {
        func slider(_ id: String, _ most: String, _ label: String) -> Markup {
            .tag(
                "label", [:],
                [
                    Markup(label),
                    .single("input", ["type": "range", "id": id, "min": "0", "max": most]),
                    .tag("output", ["id": "\(id)-value"]),
                ])
        }
        return .tag(
            "div", ["id": "lens", "hidden": ""],
            [
                slider("speed", "60", "Reader takes"), slider("alpha", "60", "idle weighs"),
                .tag("span", ["id": "result", "aria-live": "polite"]),
                .tag("button", ["id": "reset", "type": "button"], ["as scored"]),
            ])
    }

    private var sections: [PageSection] {
        var sections: [PageSection] = []
        if let table, let data {
            let drawn = DrawnSections(run: run, table: table, picks: data.picks[0])
            sections += [drawn.readers, drawn.timeline]
            if let servers = drawn.servers { sections.append(servers) }
            sections.append(drawn.raster)
            sections += [
                LossSection(run: run, moments: data.moments).section,
                LatencySection(run: run).section,
            ]
        }
        if let failures = FailuresSection(run: run).section { sections.append(failures) }
        if let analyses = run.summary.analyses {
            if let surface = analyses.surface?.whole, surface.throughput > 0 {
                sections.append(SurfaceSection(run: run, surface: surface).section)
            }
            sections.append(PartsSection(run: run).section)
            sections.append(TricksSection(run: run, analyses: analyses).section)
        }
        sections.append(ClockSection(run: run).section)
        let told = Set(run.summary.errorSentences)
        let remarks =
            run.summary.wholeAnswerSentences + run.summary.remarks.filter { !told.contains($0) }
        if !remarks.isEmpty {
            sections.append(
                PageSection(
                    id: "remarks", finding: "\(Figures.count(remarks.count, "remark")) on this run",
                    body: PageTable.sentences(remarks)))
        }
        sections.append(RanSection(run: run, folder: folder, version: version).section)
        return sections
    }
}

import Advice
import PlainText
import Results

/// The sections that the page's script draws, since they change with the reader or the zoom.
struct DrawnSections {
    let run: PageRun
    let table: LossTable
    let picks: ReaderPicks

    var readers: PageSection {
        PageSection(
            id: "readers", finding: readersFinding,
            reading: "What was delivered against what could be read. Tinted between the lines is "
                + "text on the screen, not read yet; where they touch the reader has nothing to "
                + "read, and waits (red). Dotted: the same reader, never waiting; every panel has "
                + "its own scale.",
            body: [.tag("div", ["class": "drawn three", "id": "plot-readers"])])
    }

    private var readersFinding: String {
        guard let requests = run.requests else { return "Nobody read anything." }
        let waits = picks.rows.map { index in
            let row = requests.rows[index]
            return row.idle(for: run.readers[row.classIndex])
        }
        guard let worst = waits.last else { return "Nothing came that could be read." }
        guard worst > 0 else { return "No reader waited." }
        let most = "the worst sits idle for \(PageFigures.span(worst))."
        if waits[0] == 0 { return "Most readers never wait; \(most)" }
        return "The median reader waits \(PageFigures.span(waits[0])); \(most)"
    }

    var timeline: PageSection {
        PageSection(
            id: "timeline", finding: timelineFinding,
            reading: "\(Figures.count(table.width, "second")) a step; throughput outlined, smooth "
                + "goodput filled, what was lost between them. Point at a step for its figures; "
                + "drag to zoom every plot of time, double-click or Esc to return.",
            body: [
                .tag("p", ["class": "point", "id": "point-timeline"]),
                .tag("div", ["class": "drawn", "id": "plot-timeline"]),
            ])
    }

    private var timelineFinding: String {
        let losses = (0..<table.count).map { bin in
            table.own.reduce(0) { $0 + max(0, $1[bin]) }
        }
        let sum = losses.reduce(0, +)
        guard run.losesAnything, sum > 0,
            let worst = losses.indices.max(by: { losses[$0] < losses[$1] })
        else { return "Nothing was lost at any time." }
        let tenth = losses.sorted(by: >).prefix(max(1, table.count / 10)).reduce(0, +) / sum
        let when =
            "the worst \(table.width == 1 ? "second" : "\(table.width) seconds"), from "
            + "\(PageFigures.clock(Double(worst * table.width))), cost "
            + "\(PageFigures.amount(losses[worst] / Double(table.width))) tok/s."
        return tenth > 0.3
            ? "The loss comes in bursts (a tenth of the time holds "
                + "\(PageFigures.percent(tenth)) of it): \(when)"
            : "The loss is spread over the run: \(when)"
    }

    /// nil where no server said anything of its load.
    var servers: PageSection? {
        guard let requests = run.requests else { return nil }
        let loads = ServerLoad.all(run.summary, requests)
        guard !loads.isEmpty else { return nil }
        var finding = "No server had a queue."
        let queues = loads.compactMap { load in load.longestQueue.map { (load.name, $0) } }
        if let (name, most) = queues.max(by: { $0.1.requests < $1.1.requests }), most.requests > 0 {
            finding =
                "\(Figures.count(Int(most.requests), "request")) waited in the queue of "
                + "\(PageRun.name(name)) at "
                + "\(PageFigures.clock(most.at)), the most of any server."
        } else if queues.isEmpty {
            finding = "No server told of a queue."
        }
        return PageSection(
            id: "servers", finding: finding,
            reading: "What servers said of themselves: requests in the batch filled, in the queue "
                + "in red on top, the share of the key-value cache as a line.",
            body: [.tag("div", ["class": "drawn", "id": "plot-servers"])])
    }

    var raster: PageSection {
        let isStrips = run.requests?.strips.agents.isEmpty == false
        let reading =
            isStrips
            ? "A strip a node, the worst on top. Tinted is text arriving, the stronger the faster; "
                + "red is the share of it lost. Point for a node's moment."
            : "A lane a request, the lowest free one, so that height is the number open. "
                + "Tinted is text arriving, the stronger the faster; red is a reader waiting, grey "
                + "the wait that the reader granted."
        return PageSection(
            id: "raster", finding: isStrips ? stripsFinding : lanesFinding,
            reading: [reading, run.sampleSentence ?? ""].filter { !$0.isEmpty }
                .joined(separator: " "),
            body: [
                .tag("p", ["class": "point", "id": "point-raster"]),
                .tag("div", ["class": "drawn", "id": "plot-raster"]),
            ])
    }

    private var stripsFinding: String {
        let agents = run.summary.agents
        let shares = agents.map { $0.lostShare ?? 0 }
        let worst = PageRun.worstFirst(agents)[0]
        let many = shares.count { $0 > 0.01 }
        let most = PageFigures.percent(shares[worst])
        guard shares[worst] >= 0.0005 else { return "None of \(agents.count) nodes lost anything." }
        return many > 0
            ? "\(many) of \(agents.count) nodes \(many == 1 ? "loses" : "lose") more than "
                + "1\u{A0}%; \(PageRun.name(agents[worst].name)) loses most, \(most)."
            : "None of \(agents.count) nodes loses more than 1\u{A0}%; "
                + "\(PageRun.name(agents[worst].name)) loses most, \(most)."
    }

    private var lanesFinding: String {
        guard let requests = run.requests else { return "No request was open." }
        let agents = run.summary.agents
        if let outlier = run.outlier {
            let order = PageRun.worstFirst(agents)
            let best = agents[order[order.count - 1]]
            return "On \(PageRun.name(agents[outlier.index].name)) readers wait most: "
                + "\(PageFigures.percent(outlier.share)) of its tokens are lost, "
                + "\(PageFigures.percent(best.lostShare)) on \(PageRun.name(best.name))."
        }
        let peak = requests.open.whole
        return "\(Figures.count(peak.requests, "request was", "requests were")) open at most, at "
            + "\(PageFigures.clock(Double(peak.at) / 1e9))."
    }
}

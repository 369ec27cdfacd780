import Goodput
import Results
import RunRecord
import SampleRuns
import Testing

@testable import Page

@Suite("Page of a run")
struct ReportPageTests {
    static let anchors = [
        "top", "readers", "timeline", "raster", "loss", "latencies", "surface", "parts", "tricks",
        "clocks", "ran",
    ]

    @Test("Every section is there, with a finding as its heading", arguments: anchors)
    func sections(_ id: String) throws {
        let html = try SamplePages.html()
        let parts = html.split(separator: "id=\"\(id)\"")
        try #require(parts.count == 2)
        if id != "top" { #expect(parts[1].hasPrefix("><header><h2>")) }
    }

    @Test("The figures of the headline are the summary's")
    func headline() throws {
        let summary = try RunSummary(SampleRun.result)
        let sentence = HeadSection(run: PageRun(summary: summary, requests: nil)).sentence
        let figures = [summary.run.totals.smoothGoodput, summary.run.totals.throughput]
        for figure in figures { #expect(sentence.contains(PageFigures.amount(figure))) }
    }

    @Test("Nothing is asked of any network, and the policy says so")
    func offline() throws {
        let html = try SamplePages.html()
        #expect(html.contains("default-src &#39;none&#39;"))
        #expect(!html.contains("src=\"http"))
        #expect(!html.contains("<link"))
        #expect(!html.contains("@import"))
        #expect(!html.contains("fetch("))
    }

    @Test("Names from elsewhere are text", arguments: EscapingTests.hostile)
    func names(_ name: String) throws {
        let html = try SamplePages.html { result in
            let old = result.header.agents[0].name
            result.header.name = name
            result.header.agents[0].name = name
            result.header.classes[0].name = name
            result.header.notes = [name]
            for index in result.requests.indices {
                result.requests[index].model = name
                if result.requests[index].agent == old { result.requests[index].agent = name }
                if result.requests[index].className == "chat" {
                    result.requests[index].className = name
                }
            }
        }
        let plain = try SamplePages.html()
        for tag in ["<script", "</script", "<img", "<svg", "<!--", "\u{202E}", "\u{1B}"] {
            #expect(
                html.split(separator: tag).count == plain.split(separator: tag).count, "\(tag)")
        }
    }

    @Test("A run without requests, of failures alone, partial or not valid has its page")
    func oddRuns() throws {
        let empty = try SamplePages.html { $0.requests = [] }
        #expect(empty.contains("No request was due"))
        #expect(!empty.contains("id=\"numbers\""))
        let failed = try SamplePages.html(SamplePages.fail)
        #expect(failed.contains("No token came"))
        #expect(failed.contains("Not valid: use none"))
        #expect(!failed.contains("<script>alert"))
        let partial = try SamplePages.html()
        #expect(partial.contains("class=\"banner\""))
        #expect(try SamplePages.html { $0.requests.removeLast(6) }.contains("</html>"))
        let one = try SamplePages.html { $0.requests = [$0.requests[1]] }
        #expect(one.contains("id=\"numbers\""))
    }

    @Test("Many requests keep counts in columns, and few keep every token")
    func columns() throws {
        let few = try SamplePages.html()
        #expect(few.contains("\"columns\":0"))
        let many = try SamplePages.html { result in
            let one = result.requests[1]
            result.requests = (0...PageRequests.mostRequests).map { index in
                var request = one
                request.id = UInt32(index)
                return request
            }
        }
        #expect(many.contains("\"columns\":\(TokenColumns.count)"))
    }
}

import Goodput
import Results
import RunRecord
import SampleRuns
import Testing
import TimeBase
import TokenLog

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
            result.header.command = ["legato", "run", name]
            for index in result.requests.indices {
                result.requests[index].model = name
                if result.requests[index].error != nil {
                    result.requests[index].error?.detail = name
                }
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
        // A name that is a page long makes no heading of it.
        #expect(html.utf8.count < plain.utf8.count + 60 * min(name.utf8.count, 2_000) + 100_000)
    }

    @Test("The command is shown as a shell takes it, and a run without one says so")
    func command() throws {
        let html = try SamplePages.html { $0.header.command = ["legato", "run", "a b.yaml"] }
        #expect(html.contains("legato run &#39;a b.yaml&#39;"))
        #expect(html.contains("the same command plans them again"))
        let before = try SamplePages.html()
        #expect(before.contains("Not recorded"))
        #expect(before.contains("this scenario and its seed plan them again"))
    }

    @Test("A page of another version than the run's says which is which")
    func versions() throws {
        let html = try SamplePages.html { $0.header.version = "0.0.9" }
        #expect(html.contains("0.0.9; this page is of 0.1.0"))
        #expect(!(try SamplePages.html()).contains("this page is of"))
    }

    @Test("Failures are told by reason, whoever they were on")
    func failures() throws {
        let html = try SamplePages.html()
        #expect(html.contains("id=\"failures\""))
        #expect(html.contains("2 of 7 requests did not complete"))
        #expect(html.contains("reset after 5 events"))
        let whole = try SamplePages.html { $0.requests = [$0.requests[1]] }
        #expect(!whole.contains("id=\"failures\""))
        let long = try SamplePages.html { result in
            SamplePages.fail(&result)
            for index in result.requests.indices {
                result.requests[index].error?.detail = String(repeating: "x", count: 10_000)
            }
        }
        #expect(!long.contains(String(repeating: "x", count: 300)))
    }

    @Test("Requests without a token, and a run of a single instant, are said to be that")
    func nothing() throws {
        let none = try SamplePages.html { result in
            for index in result.requests.indices {
                result.requests[index].tokens = []
                result.requests[index].stampSource = nil
            }
        }
        #expect(none.contains("No token came: none of 7 requests was served."))
        #expect(none.contains("No token came, so there is no latency."))
        let instant = try SamplePages.html { result in
            var one = result.requests[1]
            one.tokens = [TokenEvent(time: one.scheduled.ns)]
            one.finish = one.scheduled
            one.sent = one.scheduled
            one.firstAnswer = nil
            result.requests = [one]
        }
        #expect(instant.contains("there is no rate"))
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

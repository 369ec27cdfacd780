import Exports
import Goodput
import Results
import RunRecord
import SampleRuns
import Testing
import TimeBase
import TokenLog

@Suite("Export as csv")
struct CSVFileTests {
    /// A reader of RFC 4180 of the test's own.
    private static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch (scalar, isQuoted) {
            case ("\"", true) where scalars.first == "\"":
                scalars.removeFirst()
                field.append("\"")
            case ("\"", _): isQuoted.toggle()
            case (",", false):
                row.append(field)
                field = ""
            case ("\r", false) where scalars.first == "\n":
                scalars.removeFirst()
                rows.append(row + [field])
                row = []
                field = ""
            default: field.unicodeScalars.append(scalar)
            }
        }
        return rows
    }

    private static func table(
        _ result: RunResult = SampleRun.result
    ) throws -> (rows: [[String: String]], text: String) {
        let text = String(decoding: try SampleExport.file(.csv, of: result).bytes, as: UTF8.self)
        let rows = rows(text)
        let headings = try #require(rows.first)
        #expect(rows.allSatisfy { $0.count == headings.count })
        let table = rows.dropFirst().map { row in
            Dictionary(zip(headings, row), uniquingKeysWith: { first, _ in first })
        }
        return (Array(table), text)
    }

    @Test("A line a request, and its figures are the score's")
    func figures() throws {
        let (rows, _) = try Self.table()
        #expect(rows.count == 7)
        let classes = Dictionary(
            SampleRun.header.classes.map { ($0.name, $0.parameters) },
            uniquingKeysWith: { first, _ in first })
        for (row, request) in zip(rows, SampleExport.scored) {
            let reader = try Reader(try #require(classes[request.className]))
            let score = try RequestScore(request.times, for: reader)
            #expect(row["id"] == String(request.id))
            #expect(row["benefit_tokens"].flatMap(Double.init) == score.benefit)
            #expect(row["ttft_ms"].flatMap(Double.init) == score.ttft.map { Double($0) / 1e6 })
            #expect(row["idle_ms"].flatMap(Double.init) == Double(score.idle) / 1e6)
            #expect(row["outcome"] == request.outcome.scored.rawValue)
        }
        #expect(rows[0]["scheduled_s"] == "0.250000000")
        #expect(rows[0]["sent_s"] == "0.250061001")
        #expect(rows[0]["model"] == "m\"1")
        #expect(rows[1]["error"] == "reset 200: reset after 5 events")
        #expect(rows[2]["sent_s"] == "")
    }

    @Test(
        "Names are data: separators, quotes, line ends and formulas",
        arguments: [
            ("a,b", "a,b"), ("say \"x\"", "say \"x\""), ("two\r\nlines", "two\r\nlines"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1", "'+1"), ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"), ("a=b", "a=b"), ("", ""),
        ])
    func names(name: String, field: String) throws {
        let (rows, _) = try Self.table(
            SampleExport.run { result in
                for index in result.requests.indices { result.requests[index].model = name }
            })
        #expect(rows.count == 7)
        #expect(rows.allSatisfy { $0["model"] == field })
    }

    @Test("An empty run has the headings alone; a time that cannot be names the request")
    func edges() throws {
        let (rows, text) = try Self.table(SampleExport.run { $0.requests = [] })
        #expect(rows.isEmpty)
        #expect(text.hasPrefix("id,request_id,agent,"))
        let wrong = SampleExport.run { $0.requests[1].tokens?[1].time = 0 }
        #expect(throws: FileProblem.self) { _ = try Self.table(wrong) }
    }
}

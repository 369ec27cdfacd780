import Foundation
import FoundationXML
import Goodput
import PaperClaims
import Testing

@testable import Plot

/// Drawings of claims are whole files that show every row.
@Suite struct ClaimPlotTests {
    @Test func eachRowHasItsMarks() throws {
        var claim = try #require(Claims.all.first { $0.name == "C1" })
        claim.sentence += " <script>"
        claim.seeds = 2
        let lengths = LengthSample([.init(prompt: 200, output: 40), .init(prompt: 90, output: 120)])
        var runs: [Condition: [Measured]] = [:]
        for condition in claim.conditions {
            runs[condition] = try (1...2).map { seed in
                try condition.load.run(seed: seed, shareGPT: lengths).measured(condition.scoring)
            }
        }
        let svg = ClaimPlot(JudgedClaim(claim, runs)).svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        let expected = claim.rows.count { $0.expected != nil }
        #expect(svg.components(separatedBy: "class=\"f0\"").count - 1 == claim.rows.count)
        #expect(svg.components(separatedBy: "class=\"h1\"").count - 1 == expected)
        for row in claim.rows {
            #expect(svg.contains(">\(row.label.prefix(20))"), "\(row.label)")
            #expect(svg.contains(row.figure.rawValue))
        }
        #expect(!svg.contains("<script") && !svg.contains("nan") && !svg.contains("inf"))
        #expect(svg.contains(">C1: "))
    }
}

import Goodput
import Results
import SampleRuns
import Testing
import TimeBase

@testable import Page

@Suite("Strips of nodes")
struct NodeStripsTests {
    /// The sample run on `count` nodes, the later ones the slower.
    static func spread(_ result: inout RunResult, over count: Int) {
        let agent = result.header.agents[1]
        let model = result.requests[4]
        result.header.agents = (0..<count).map { index in
            var each = agent
            each.name = "n\(index)"
            return each
        }
        result.header.validity.intervals = []
        result.header.gaps = []
        result.requests = (0..<count * 2).map { index in
            var request = model
            request.id = UInt32(index)
            request.agent = "n\(index % count)"
            let late = 1_000_000_000 + Int64(index % count) * 50_000_000
            for place in request.tokens!.indices { request.tokens![place].time += late }
            request.finish = ClusterInstant(ns: request.finish.ns + late)
            return request
        }
    }

    @Test("Above 12 nodes each has a strip, the worst first, 64 at most", arguments: [12, 13, 80])
    func order(count: Int) throws {
        var result = SampleRun.result
        Self.spread(&result, over: count)
        let strips = NodeStrips(try RunSummary(result))
        guard count > NodeStrips.mostLanes else { return #expect(strips.agents.isEmpty) }
        #expect(strips.agents == Array((0..<count).reversed().prefix(NodeStrips.most)))
    }

    @Test("The page says how many stand out, draws eight, lists twelve and sums the rest up")
    func page() throws {
        let html = try SamplePages.html { Self.spread(&$0, over: 80) }
        #expect(html.contains("A strip a node, the worst on top"))
        #expect(html.contains("of 80 nodes lose more than 1"))
        #expect(html.contains("n79 loses most"))
        #expect(html.contains("\"unseen\":16"))
        #expect(html.split(separator: "<figcaption><b>n").count == 9)
        #expect(html.contains("68 more nodes lose"))
        let few = try SamplePages.html { Self.spread(&$0, over: 12) }
        #expect(few.contains("A lane a request"))
        #expect(few.contains("\"strips\":[]"))
    }

    @Test("A share is told to within 2.2 %")
    func levels() {
        for share in stride(from: 0.001, to: 9, by: 0.0137) {
            let level = NodeStrips.level(share * 500, of: 500)
            let told =
                0.001 * Double(sign: .plus, exponent: (level - 1) / 16, significand: 1)
                * [
                    1, 1.0443, 1.0905, 1.1388, 1.1892, 1.2419, 1.2968, 1.3543, 1.4142, 1.4768,
                    1.5422, 1.6105, 1.6818, 1.7563, 1.8340, 1.9152,
                ][(level - 1) % 16]
            #expect(abs(told / share - 1) < 0.0221)
        }
        #expect(NodeStrips.level(0.0004, of: 1) == 0)
        #expect(NodeStrips.level(5, of: 0) > 0)
    }
}

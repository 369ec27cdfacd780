import Console
import JSON
import PlainText
import Testing

@testable import Bench

/// Each benchmark at its smallest size: it verifies its own result, or throws.
@Suite(.serialized) struct BenchTests {
    @Test(arguments: Benchmark.allCases)
    func worksAndVerifiesItself(benchmark: Benchmark) throws {
        let rows = try benchmark.run(.smoke)
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(row.benchmark == benchmark)
            #expect(row.value.isFinite && row.value >= 0, "\(row)")
            if let floor = row.floor { #expect(floor > 0, "\(row)") }
        }
    }

    /// The sizes do not depend on the machine, so the goals for them hold at any size.
    @Test func encodedSizesMeetTheirGoals() throws {
        let sizes = try Benchmark.codec.run(.smoke).filter { $0.unit == "B/token" }
        #expect(sizes.count == 8)
        for row in sizes { #expect(row.meetsGoal != false, "\(row.name): \(row.value) B a token") }
    }

    @Test func goalsAreInclusive() {
        #expect(BenchRow.Goal.atLeast(5).holds(for: 5) && !BenchRow.Goal.atLeast(5).holds(for: 4.9))
        #expect(BenchRow.Goal.atMost(5).holds(for: 5) && !BenchRow.Goal.atMost(5).holds(for: 5.1))
    }

    @Test func aGoalByTheFloorNeedsOne() {
        let goal = BenchRow.Goal.atMostFloors(1.5)
        #expect(goal.holds(for: 9, ratio: 1.5) && !goal.holds(for: 9, ratio: 1.51))
        #expect(!goal.holds(for: 9))
        let row = BenchRow(
            benchmark: .probes, name: "agent", value: 3, unit: "CPU us/probe", floor: 2, goal: goal)
        let report = BenchReport(rows: [row])
        #expect(report.meetsGoals && report.lines(style: .plain)[1].hasSuffix("<= 1.50x met"))
        let goalJSON = report.json["rows"]?.array?.first?["goal"]
        #expect(goalJSON?["ratio_at_most"]?.double == 1.5)
    }

    private static let report = BenchReport(rows: [
        BenchRow(
            benchmark: .codec, name: "decode", value: 12_000_000, unit: "tokens/s", floor: 1.2e9,
            goal: .atLeast(5e6)),
        BenchRow(
            benchmark: .codec, name: "size", value: 3, unit: "B/token", goal: .atMost(2.3)),
    ])

    @Test func aMissedGoalIsSaid() {
        let lines = Self.report.lines(style: .plain)
        #expect(lines.count == 3 && lines.allSatisfy { $0.count <= consoleWidth })
        #expect(lines[1].hasSuffix(">= 5.00 M met") && lines[1].contains(" 100 "))
        #expect(lines[2].hasSuffix("<= 2.30 missed"))
        #expect(!Self.report.meetsGoals)
    }

    @Test func theJSONHasTheSameFigures() throws {
        let json = try JSONValue(parsing: Self.report.json.serialized)
        #expect(json["goals_met"]?.bool == false)
        let rows = try #require(json["rows"]?.array)
        #expect(rows[0]["ratio"]?.double == 100 && rows[0]["met"]?.bool == true)
        #expect(rows[1]["floor"]?.isNull == true && rows[1]["goal"]?["at_most"]?.double == 2.3)
    }
}

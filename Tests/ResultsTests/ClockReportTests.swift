import ClockSync
import Console
import JSON
import PlainText
import Testing
import Timeline

@testable import Results

@Suite("legato clock's report") struct ClockReportTests {
    private func report(
        _ exchanges: [ClockExchange], map: String? = nil
    ) throws -> ClockReport {
        let file = try ProbeFile(
            parsing: Array(ProbeSamples.csv(exchanges).utf8), path: "p.csv")
        let instants = try map.map { try InstantFile(parsing: Array($0.utf8), path: "m.csv") }
        return try ClockReport(file.evidence, path: "p.csv", instants: instants)
    }

    @Test func knownClocksAreRecovered() throws {
        var samples = ProbeSamples()
        let exchanges = samples.exchanges(seconds: 20)
        let first = exchanges[0].t2
        let instants = (0..<200).map { first + Int64($0) * 99_000_000 }
        let map =
            "agent_ns,coord_ns\n"
            + instants.map { "\($0),\(samples.truth($0))\n" }.joined()
        let report = try report(exchanges, map: map)
        #expect(report.isValid && report.reasons.isEmpty && report.record.events.isEmpty)
        let json = try JSONValue(parsing: report.json.serialized)
        #expect(json["valid"]?.bool == true && json["exchanges"]?.int64 == 800)
        #expect(json["trains"]?.int64 == 200)
        let skew = try #require(json["skew_ppm"]?.double)
        #expect((skew - 20).magnitude < 1, "\(skew)")
        let rows = try #require(json["map"]?.array)
        #expect(rows.count == instants.count)
        for (row, instant) in zip(rows, instants) {
            let row = try #require(row.array).map { $0.double ?? .nan }
            #expect(row.count == 7 && row.allSatisfy(\.isFinite))
            let truth = Double(samples.truth(instant))
            #expect(row[0] == Double(instant))
            #expect((row[1] - truth).magnitude < 1_000)
            #expect(row[2] <= truth && truth <= row[3], "hard")
            #expect(row[2] <= row[4] && row[5] <= row[3], "the budget lies within hard")
            #expect(row[4] <= truth && truth <= row[5], "budget: both ways took the same")
            #expect(row[6] >= 0)
        }
        let lines = report.lines(style: .plain)
        #expect(lines.allSatisfy { $0.count <= consoleWidth }, "\(lines)")
        let text = lines.joined(separator: "\n")
        #expect(text.contains("800 exchanges in 200 trains over"))
        #expect(text.contains("valid") && text.contains("no event"))
        #expect(text.contains("the hard interval holds 100.0 %"), "\(text)")
    }

    @Test func aStepIsAnEventAndARunOverItIsNotValid() throws {
        var samples = ProbeSamples()
        var exchanges = samples.exchanges(seconds: 20)
        for index in exchanges.indices where exchanges[index].train >= 100 {
            exchanges[index].t2 += 5_000_000
            exchanges[index].t3 += 5_000_000
        }
        // The truth of instants before the step, and of one after it.
        let first = exchanges[0].t2
        let map =
            "agent_ns,coord_ns\n"
            + (0..<50).map { first + $0 * 190_000_000 }
            .map { "\($0),\(samples.truth($0))\n" }.joined()
            + "\(first + 15_000_000_000),\(samples.truth(first + 15_000_000_000 - 5_000_000))\n"
        let report = try report(exchanges, map: map)
        let events = report.record.events
        #expect(events.map(\.kind) == [.step], "\(events)")
        let broken = exchanges.first { $0.train == 100 }?.t2 ?? 0
        let before = exchanges.last { $0.train == 99 }?.t3 ?? 0
        #expect(events.allSatisfy { $0.fromAgentNs <= broken && before <= $0.toAgentNs })
        let errors = try #require(report.errors)
        #expect(errors.hardCoverage == 1 && errors.count == 51 && errors.maximum ?? .max < 5_000)
        #expect(!report.record.problems.isEmpty)
        let text = report.lines(style: .plain).joined(separator: "\n")
        #expect(text.contains(" step ") && text.contains("not valid"), "\(text)")
    }

    @Test func oneTrainAndFarStampsNeitherTrapNorLie() throws {
        var samples = ProbeSamples()
        let one = Array(samples.exchanges(seconds: 1).prefix(4))
        let far = one[0].t2 + 3_600_000_000_000
        let single = try report(one, map: "\(one[0].t2)\n\(far)\n\(Int64.max)\n\(Int64.min)\n")
        for row in single.mapped {
            #expect(row.at.hardLowNs <= row.at.hardHighNs)
            #expect(row.at.hardLowNs <= row.at.coordinatorNs)
            #expect(row.at.coordinatorNs <= row.at.hardHighNs)
        }
        let truth = samples.truth(far)
        #expect(single.mapped[1].at.hardLowNs <= truth && truth <= single.mapped[1].at.hardHighNs)
        // Two exchanges as far apart as 64 bits hold.
        let ends = [Int64.min + 10, Int64.max - 100].enumerated().map { train, t in
            ClockExchange(
                train: UInt32(train), member: 0, t1: t, t2: t + 5, t3: t + 6, t4: t + 30)
        }
        let wide = try report(ends, map: "0\n")
        #expect(wide.mapped[0].at.hardLowNs <= wide.mapped[0].at.hardHighNs)
        #expect(!wide.lines(style: .plain).isEmpty)
    }
}

import EngineModel
import Goodput
import Testing

@testable import PaperClaims

@Suite("Claims")
struct ClaimTests {
    private let sample = LengthSample([.init(prompt: 300, output: 40)])

    @Test("A table of lengths is read, and a bad line is named")
    func lengths() throws {
        let table = "prompt,output,total\n10,20,30\r\n5,1,6\n"
        #expect(
            try LengthSample(parsing: table)
                == LengthSample([.init(prompt: 10, output: 20), .init(prompt: 5, output: 1)]))
        for (text, line) in [("p,o\n1,2\n0,4", 3), ("p,o\n1", 2), ("p,o\n1,x", 2), ("p,o\n", 2)] {
            let error = #expect(throws: LengthTableError.self) {
                try LengthSample(parsing: text)
            }
            #expect(error?.line == line, "\(text)")
        }
    }

    @Test("Means of seeds have Student's interval, a single one none")
    func means() {
        let mean = SeededMean([1, 2, 3])
        // s = 1, t(2) = 4.3027.
        #expect(mean.mean == 2 && abs(mean.half - 4.3027 / 3.0.squareRoot()) < 1e-9)
        #expect(SeededMean([5]) == SeededMean([5]) && SeededMean([5]).half == 0)
    }

    @Test("An expectation agrees within 10 %, or where intervals meet")
    func expectations() {
        func mean(_ value: Double, _ half: Double) -> SeededMean {
            var mean = SeededMean([value])
            mean.half = half
            return mean
        }
        #expect(Claim.Expectation(100).agrees(with: mean(110, 0)))
        #expect(!Claim.Expectation(100).agrees(with: mean(111, 0)))
        #expect(Claim.Expectation(100, 20).agrees(with: mean(130, 10)))
        #expect(!Claim.Expectation(100, 20).agrees(with: mean(131, 10)))
        #expect(Claim.Expectation(-100).agrees(with: mean(-109, 0)))
    }

    @Test("Relations hold strictly, and for negative figures, too")
    func relations() {
        func relation(_ kind: Claim.Relation.Kind) -> Claim.Relation {
            Claim.Relation(sentence: "", first: 0, second: 1, kind: kind)
        }
        #expect(relation(.greater(by: 0)).holds(2, 1) && !relation(.greater(by: 0)).holds(1, 1))
        #expect(relation(.greater(by: 1)).holds(2.1, 1) && !relation(.greater(by: 1)).holds(2, 1))
        #expect(relation(.greater(by: 0.5)).holds(-4, -10))
        #expect(!relation(.greater(by: 0.5)).holds(-6, -10))
        #expect(relation(.equal(within: 0.01)).holds(101, 100))
        #expect(!relation(.equal(within: 0.01)).holds(98.9, 100))
    }

    @Test("Equal seeds give equal arrivals under every engine, others do not")
    func seeds() {
        let load = Load(engine: Claims.base, rate: 2, requests: 50)
        var chunked = load
        chunked.engine = Claims.chunked(512)
        func arrivals(_ load: Load, _ seed: UInt64) -> [Int64] {
            load.run(seed: seed, shareGPT: sample).times.map(\.scheduled)
        }
        #expect(arrivals(load, 1) == arrivals(chunked, 1))
        #expect(arrivals(load, 1) != arrivals(load, 2))
    }

    @Test("A claim is judged by its rows, relations and peaks")
    func judged() throws {
        func condition(_ rate: Double) -> Condition {
            Condition(engine: Claims.base, rate: rate, requests: 40, scoring: .paperV2)
        }
        let rates = [0.5, 1, 2]
        var claim = Claim(
            name: "C0", sentence: "More load, more tokens.",
            rows: rates.map { Claims.row("\($0)/s", condition($0), .throughput) },
            relations: [
                .init(sentence: "it grows", first: 2, second: 0, kind: .greater(by: 0.5))
            ],
            peaks: [.init(label: "throughput", rows: 0..<3, expected: 2)])
        var runs: [Condition: [Measured]] = [:]
        for rate in rates {
            runs[condition(rate)] = try (1...3).map {
                try condition(rate).load.run(seed: $0, shareGPT: sample).measured(.paperV2)
            }
        }
        let good = JudgedClaim(claim, runs)
        #expect(good.isReproduced && good.holds == [true] && good.peaks[0].rate == 2)
        #expect(good.text.contains("C0  reproduced"))
        #expect(good.text.split(separator: "\n").allSatisfy { $0.count <= 100 })

        claim.rows[0].expected = .init(good.measured[0].mean * 3)
        let wrong = JudgedClaim(claim, runs)
        #expect(!wrong.isReproduced && wrong.agrees == [false, nil, nil])
        #expect(wrong.text.contains("C0  DIFFERS") && wrong.text.contains("]  !"))

        claim.rows[0].expected = nil
        claim.relations[0] = .init(
            sentence: "it falls", first: 0, second: 2, kind: .greater(by: 0))
        #expect(JudgedClaim(claim, runs).text.contains("DOES NOT HOLD: it falls"))
        claim.relations = []
        claim.peaks[0].expected = 0.5
        #expect(!JudgedClaim(claim, runs).isReproduced)
    }

    @Test("Every claim's rows are there for its relations and peaks")
    func sound() {
        #expect(
            Claims.all.map(\.name)
                == Array(Set(Claims.all.map(\.name))).sorted {
                    $0.dropFirst().localizedNumber < $1.dropFirst().localizedNumber
                })
        for claim in Claims.all {
            #expect(!claim.rows.isEmpty && !(claim.relations.isEmpty && claim.peaks.isEmpty))
            for relation in claim.relations {
                #expect(claim.rows.indices.contains(relation.first))
                #expect(claim.rows.indices.contains(relation.second))
                #expect(
                    claim.rows[relation.first].figure.unit
                        == claim.rows[relation.second].figure.unit)
            }
            for peak in claim.peaks {
                #expect(peak.rows.allSatisfy { claim.rows.indices.contains($0) })
                #expect(peak.rows.contains { claim.rows[$0].condition.load.rate == peak.expected })
            }
            for row in claim.rows {
                #expect(throws: Never.self) { try row.condition.load.engine.validate() }
            }
        }
    }
}

extension Substring {
    /// `1b` behind `1` and before `2`.
    fileprivate var localizedNumber: Double {
        let number = Double(prefix { $0.isNumber }) ?? 0
        return number + (last?.isNumber == true ? 0 : 0.5)
    }
}

extension Figure {
    /// The words behind the comma of its name.
    fileprivate var unit: Substring { rawValue.split(separator: ",").last ?? "" }
}

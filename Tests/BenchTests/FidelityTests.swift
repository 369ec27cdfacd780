import Console
import Goodput
import Results
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Bench

@Suite("Fidelity: stamps against the instants of sending")
struct FidelityTests {
    private func value(_ rows: [BenchRow], _ name: String) -> Double? {
        rows.first { $0.name == name }?.value
    }

    @Test("Errors of stamps, first tokens and gaps are those of a worked example")
    func workedExample() throws {
        var errors = StampErrors()
        errors.add(stamps: [1_005, 2_010, 3_020][...], sent: [1_000, 2_000, 3_000][...])
        errors.add(stamps: [9_990, 20_000][...], sent: [10_000, 15_000][...])
        #expect(errors.stamps.sorted() == [5, 10, 10, 20, 5_000])
        #expect(errors.firsts == [5, 10])
        #expect(errors.gaps == [5, 10, 5_010])
        #expect(errors.tooEarly == 1)
        let rows = errors.rows("x", joinedShare: 0.25)
        #expect(value(rows, "x, |stamp - sent| p50") == 0.01)
        #expect(value(rows, "x, |stamp - sent| max") == 5)
        #expect(value(rows, "x, stamped before sent") == 1)
        #expect(rows.first { $0.name == "x, stamped before sent" }?.meetsGoal == false)
        #expect(value(rows, "x, |gap error| p99") == 5.01)
        #expect(value(rows, "x, events sharing a read") == 25)
        let gap = try #require(rows.first { $0.name == "x, p99 gap against true" })
        #expect(gap.value == 10.01 && gap.floor == 5)
    }

    @Test("A single token has no gaps, and no rows of them")
    func noGaps() {
        var errors = StampErrors()
        errors.add(stamps: [7][...], sent: [5][...])
        let rows = errors.rows("x", joinedShare: nil)
        #expect(!rows.contains { $0.name.contains("gap") || $0.name.contains("shared") })
        #expect(rows.allSatisfy { $0.value.isFinite })
    }

    private static let head = "request_id,token,due_raw_ns,sent_raw_ns\n"

    @Test("A truth file gives each request's instants in order")
    func truthFile() throws {
        let truth = try TruthFile(
            text: Self.head + "r-1,0,1,10\nr-2,0,1,11\nr-1,1,2,20\n", path: "t.csv")
        #expect(truth.count == 3)
        #expect(truth.sentNs(request: "r-1") == [10, 20])
        #expect(truth.sentNs(request: "r-3").isEmpty)
    }

    @Test(
        "A file that is none is refused by its line",
        arguments: [
            ("", "first line"), ("a,b\n", "first line"), (head + "r-1,0,1\n", "line 2"),
            (head + "r-1,0,1,1\nr-1,0,1,x\n", "line 3"), (head + "r-1,1,1,1\n", "token 0"),
            (head + "r-1,0,1,1\nr-1,2,1,1\n", "token 1"),
        ])
    func badTruthFile(text: String, word: String) throws {
        let failure = #expect(throws: BenchFailure.self) {
            try TruthFile(text: text, path: "t.csv")
        }
        #expect(failure?.problem.contains(word) == true, "\(failure?.problem ?? "")")
    }

    // MARK: A finished run

    private func run(_ times: [[Int64]], outcomes: [Outcome] = []) -> RunResult {
        let requests = times.enumerated().map { index, times in
            MeasuredRequest(
                id: UInt32(index), agent: "a", target: "", model: "m", className: "c",
                phase: .scored, session: UInt32(index), turn: 0, scheduled: ClusterInstant(ns: 0),
                sent: ClusterInstant(ns: 0), tokens: times.map { TokenEvent(time: $0, count: 1) },
                finish: ClusterInstant(ns: 1_000), firstAnswer: nil,
                outcome: index < outcomes.count ? outcomes[index] : .completed, error: nil,
                stampSource: .kernel, askedInput: 1, promptTokens: 1,
                askedOutput: UInt32(times.count), outputTokens: UInt32(times.count))
        }
        var agent = RunAgent(name: "a", targets: [])
        var audit = ClientAudit()
        audit.events.kernel = 3
        audit.events.kernelJoined = 1
        agent.audit = audit
        return RunResult(
            header: RunHeader(
                runID: "r", name: "n", seed: 1, version: "1",
                epoch: RunEpoch(raw: 5_000, monotonic: 0, realtime: 0, bootID: "b"),
                agents: [agent], classes: [],
                validity: Validity(verdict: .valid, intervals: []), complete: true,
                lossless: true),
            requests: requests)
    }

    @Test("A run's timeline is moved onto the raw clock by its epoch")
    func finishedRun() throws {
        let truth = try TruthFile(
            text: Self.head + "r-0,0,0,5100\nr-0,1,0,5200\nr-1,0,0,5300\nr-1,1,0,5400\n",
            path: "t.csv")
        let rows = try RunFidelity.rows(
            run([[103, 205], [304]], outcomes: [.completed, .failed]), truth)
        #expect(value(rows, "run, tokens compared") == 3)
        #expect(value(rows, "run, |stamp - sent| max") == 0.005)
        #expect(value(rows, "run, stamped before sent") == 0)
        #expect(value(rows, "run, events sharing a read") == 25)
    }

    @Test("A token that only one side has is a failure that names the request")
    func differentTokens() throws {
        let truth = try TruthFile(text: Self.head + "r-0,0,0,5100\nr-0,1,0,5200\n", path: "t.csv")
        let cases: [(times: [[Int64]], outcomes: [Outcome])] = [
            ([[103]], [.completed]), ([[103, 205, 306]], [.failed]), ([[103, 205], [1]], []),
        ]
        for (times, outcomes) in cases {
            let failure = #expect(throws: BenchFailure.self) {
                try RunFidelity.rows(run(times, outcomes: outcomes), truth)
            }
            let name = times.count == 2 ? "r-1" : "r-0"
            #expect(failure?.problem.contains("request \(name)") == true)
        }
    }

    @Test("Another boot's file is told by its distance")
    func anotherBoot() throws {
        let truth = try TruthFile(text: Self.head + "r-0,0,0,90000000000000\n", path: "t.csv")
        let failure = #expect(throws: BenchFailure.self) {
            try RunFidelity.rows(run([[103]]), truth)
        }
        #expect(failure?.problem.contains("another host") == true)
    }
}

@Suite("Fidelity beside threads that compute", .serialized)
struct BusyFidelityTests {
    @Test("Both priorities are measured, the higher one beside the normal one")
    func smoke() throws {
        let found = try BusyFidelity(.smoke, loops: 2).measured()
        let names = Set(found.rows.map(\.name))
        #expect(found.priority.wanted == .realTime)
        for name in ["lateness p99", "|gap error| p99", "|TTFT error| p99", "work of the loops"] {
            #expect(names.contains("2 loops, normal, \(name)"), "\(names)")
            if found.priority.got == .realTime {
                let row = found.rows.first { $0.name == "2 loops, rr, \(name)" }
                #expect(row?.floor != nil, "\(names)")
            }
        }
        for row in found.rows { #expect(row.value.isFinite && row.value >= 0, "\(row)") }
        // No stamp is earlier than its send, whatever disturbs the machine.
        #expect(BenchReport(rows: found.rows).lines(style: .plain).allSatisfy { $0.count <= 100 })
        #expect(
            found.rows.filter { $0.name.hasSuffix("stamped before sent") }
                .allSatisfy { $0.meetsGoal == true })
    }
}

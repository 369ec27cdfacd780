import Goodput
import JSON
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Results

@Suite("What a bound on requests in flight did") struct CapSummaryTests {
    private func request(
        _ id: UInt32, due: Int64, waited: Int64, late: Int64? = 1, phase: Phase = .scored,
        turn: UInt16 = 0
    ) -> MeasuredRequest {
        MeasuredRequest(
            id: id, agent: "a", target: "", model: "", className: "c", phase: phase, session: id,
            turn: turn, scheduled: ClusterInstant(ns: due), waited: waited,
            sent: late.map { ClusterInstant(ns: due + waited + $0) }, tokens: [],
            finish: ClusterInstant(ns: due + waited + 10), firstAnswer: nil, outcome: .completed,
            error: nil, stampSource: nil, askedInput: 1, promptTokens: nil, askedOutput: 1,
            outputTokens: 1)
    }

    private static func cap(_ requests: [MeasuredRequest]) -> CapSummary? {
        CapSummary(requests.reduce(into: Waits()) { $0.add($1) })
    }

    @Test("Overlapping waits bind once; the rates are those of the plan and of the slots")
    func figures() throws {
        let second: Int64 = 1_000_000_000
        let cap = try #require(
            Self.cap([
                request(0, due: 0, waited: 0), request(1, due: second, waited: 2 * second),
                request(2, due: 2 * second, waited: 2 * second),
                request(3, due: 9 * second, waited: 0),
                request(4, due: 10 * second, waited: 0),
            ]))
        #expect(cap.waited == 2 && cap.requests == 5)
        #expect(cap.boundNs == 3 * second && cap.loadNs == 10 * second)
        #expect(cap.boundShare == 0.3 && cap.rateWasMissed)
        #expect(cap.scheduledRate == 0.4 && cap.sentRate == 0.4)
        #expect(cap.sentence.contains("40.0 %") || cap.sentence.contains("40 %"), "\(cap.sentence)")
        #expect(cap.sentence.contains("the rate was not achieved"))
    }

    @Test("The rates are of first turns, and what was never sent was not achieved")
    func rates() throws {
        let second: Int64 = 1_000_000_000
        let cap = try #require(
            Self.cap([
                request(0, due: 0, waited: 0), request(1, due: second, waited: 3 * second),
                request(2, due: 2 * second, waited: 8 * second, late: nil),
                request(3, due: 3 * second, waited: 0, turn: 1),
            ]))
        #expect(cap.scheduledRate == 1 && cap.sentRate == 0.25)
    }

    @Test("A tenth of the time is the bound, and warm-ups are not asked")
    func limits() throws {
        func cap(_ waited: Int64) -> CapSummary? {
            Self.cap([
                request(0, due: 0, waited: 5_000, phase: .warmup),
                request(1, due: 0, waited: waited),
                request(2, due: 1_000, waited: 0),
            ])
        }
        #expect(cap(0) == nil)
        #expect(cap(100)?.rateWasMissed == false)
        #expect(cap(101)?.rateWasMissed == true)
        #expect(cap(100)?.sentence.contains("rate was not") == false)
    }

    @Test("A wait is no lateness, and is kept by the files")
    func lateness() throws {
        #expect(request(0, due: 5, waited: 100, late: 7).latenessNs == 7)
        #expect(request(0, due: 5, waited: 100, late: nil).latenessNs == nil)
        for waited: Int64 in [0, 100] {
            let request = request(3, due: 5, waited: waited)
            var writer = JSONWriter()
            request.writeLine(to: &writer, run: "r", withTokens: true)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            #expect(text.contains("\"waited\":100") == (waited > 0))
            let again = try writer.bytes.withUnsafeBytes {
                try MeasuredRequest(parsing: $0, path: "requests.jsonl", line: 1)
            }
            #expect(again == request)
        }
    }
}

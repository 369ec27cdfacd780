import Testing
import TimeBase

@testable import Coordinator
@testable import CoordinatorCore

@Suite("What is said while a start waits")
struct WaitingLinesTests {
    private let begin = LocalInstant(ns: 77)

    @Test("A line every half minute: who is there, how many are missing, and for how long yet")
    func joining() {
        var lines = WaitingLines()
        let deadline = begin + .seconds(300)
        var wait = CoordinatorMachine.Wait(
            cause: .joining([], missing: []), expected: 4, deadline: deadline)
        func at(_ seconds: Int64) -> String? {
            lines.sentence(wait, now: begin + .seconds(seconds))
        }
        #expect(at(0) == nil && at(29) == nil)
        #expect(at(30) == "0 of 4 agents are here: waiting for 4 more, for another 4 min 30 s")
        #expect(at(31) == nil && at(59) == nil)
        wait.cause = .joining(["n1", "n3"], missing: [])
        #expect(at(60) == "2 of 4 agents are here (n1, n3): waiting for 2 more, for another 4 min")
        wait.cause = .joining(["n1", "n3"], missing: ["n2", "n4"])
        #expect(
            at(90)
                == "2 of 4 agents are here (n1, n3): waiting for n2, n4, for another 3 min 30 s")
        wait.cause = .preparing([.init(name: "n2", missing: "is still preparing")])
        #expect(at(290) == "waiting, for another 10 s: n2 is still preparing")
    }
}

import JSON
import Testing
import TokenLog

@testable import Console
@testable import Results

@Suite("The priority of clients in manifest and table")
struct PriorityRemarkTests {
    private static let all: [PriorityAudit] = ThreadPriority.allCases.flatMap { wanted in
        ThreadPriority.allCases.flatMap { got in
            ([nil] + PriorityAudit.Refusal.allCases).flatMap { refusal in
                ([nil] + PriorityAudit.StepBack.allCases).map { stepBack in
                    PriorityAudit(wanted: wanted, got: got, refusal: refusal, stepBack: stepBack)
                }
            }
        }
    }

    @Test("The manifest gives back every one of them")
    func manifest() throws {
        for priority in Self.all {
            var audit = ClientAudit()
            audit.priority = priority
            let text = audit.json.serialized
            #expect(try ClientAudit(json: JSONValue(parsing: text)).priority == priority)
        }
    }

    @Test("A manifest of before says nothing of priorities, and is read")
    func absent() throws {
        let members = try #require(ClientAudit().json.members).filter { $0.name != "priority" }
        #expect(try ClientAudit(json: .object(members)).priority == nil)
        #expect(PriorityRemarks.cell(nil) == "-")
    }

    @Test("A name that is none is said", arguments: ["wanted", "got", "refused", "stepped_back"])
    func unknownName(member: String) throws {
        let priority = PriorityAudit(
            wanted: .realTime, got: .nice, refusal: .withheld, stepBack: .busy)
        let members = try #require(priority.json.members).map { each in
            each.name == member ? JSONMember(each.name, .string("highest")) : each
        }
        let error = #expect(throws: JSONFieldError.self) {
            try PriorityAudit(json: .object(members))
        }
        #expect(error?.problem.contains("`\(member)`") == true)
    }

    @Test("Clients that have what they want are no sentence")
    func nothingToSay() {
        for wanted in ThreadPriority.allCases {
            #expect(
                PriorityRemarks.sentences([("a", PriorityAudit(wanted: wanted, got: wanted))])
                    .isEmpty)
        }
        #expect(PriorityRemarks.sentences([]).isEmpty)
    }

    @Test(
        "A refusal says how to allow it",
        arguments: [
            (PriorityAudit.Refusal.notPermitted, ThreadPriority.realTime, "LimitRTPRIO=1"),
            (.notPermitted, .realTime, "`setcap cap_sys_nice+ep`"),
            (.notPermitted, .realTime, "`ulimit -r 1`"), (.notPermitted, .nice, "LimitNICE=-20"),
            (.withheld, .realTime, "cpu.rt_runtime_us"), (.unguarded, .realTime, "LimitRTTIME"),
            (.unsupported, .nice, "kernel or sandbox"),
        ])
    func refusal(refusal: PriorityAudit.Refusal, wanted: ThreadPriority, word: String) throws {
        let priority = PriorityAudit(wanted: wanted, got: .normal, refusal: refusal)
        let sentences = PriorityRemarks.sentences([("node-1", priority)])
        try #require(sentences.count == 1)
        #expect(sentences[0].contains(word) && sentences[0].hasPrefix("node-1 was refused"))
        #expect(sentences[0].contains("the priority \(wanted.name)"))
        #expect(sentences[0].hasSuffix("--priority normal asks for none."))
    }

    @Test("Many clients of one reason are one sentence")
    func manyClients() {
        let refused = PriorityAudit(wanted: .realTime, got: .normal, refusal: .notPermitted)
        let back = PriorityAudit(wanted: .realTime, got: .realTime, stepBack: .busy)
        let clients = (1...4).map { ("n\($0)", refused) } + [("m", back), ("k", back)]
        let sentences = PriorityRemarks.sentences(clients)
        #expect(sentences.count == 2)
        #expect(sentences[0].hasPrefix("n1, n2 and 2 more were refused"))
        #expect(sentences[1].hasPrefix("m and k went back to normal priority"))
        #expect(PriorityRemarks.cell(refused) == "normal" && PriorityRemarks.cell(back) == "rr*")
    }
}

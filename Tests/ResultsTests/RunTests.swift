import Goodput
import JSON
import SampleRuns
import Testing
import TimeBase
import Timeline
import TokenLog
import Workload

@testable import Results

@Suite struct RunTests {
    private func line(_ request: MeasuredRequest, withTokens: Bool = true) -> [UInt8] {
        var writer = JSONWriter()
        request.writeLine(to: &writer, run: "r7", withTokens: withTokens)
        return writer.bytes
    }

    private func parse(_ bytes: [UInt8]) throws -> MeasuredRequest {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(FileProblem) in
                try MeasuredRequest(parsing: buffer, path: "requests.jsonl", line: 3)
            }
        }
        return try result.get()
    }

    @Test(arguments: SampleRun.requests.indices)
    func aRequestIsReadBackFromItsLine(index: Int) throws {
        let request = SampleRun.requests[index]
        let bytes = line(request)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.dropLast().contains(UInt8(ascii: "\n")) == false)
        #expect(try parse(bytes) == request)
        var bare = request
        bare.tokens = nil
        #expect(try parse(line(request, withTokens: false)) == bare)
    }

    /// The fields of the format, all of them and in their order.
    @Test func aLineHasTheFieldsOfTheFormat() throws {
        let members = try JSONValue(parsing: line(SampleRun.requests[2])).members ?? []
        #expect(
            members.map(\.name) == [
                "format", "id", "request_id", "agent", "target", "model", "class", "phase",
                "session", "turn", "scheduled", "sent", "tokens", "finish", "first_answer",
                "outcome", "error", "stamp_source", "asked_input", "prompt_tokens", "asked_output",
                "output_tokens", "hidden_tokens", "answer",
            ])
        #expect(members[2].value == .string("r7-2"))
        #expect(members[12].value.array?[3] == .array([.integer(790_000_000), .integer(4)]))
    }

    @Test func aDamagedLineIsNamedAndNeverTraps() throws {
        let bytes = Array(line(SampleRun.requests[2]).dropLast())
        for length in 0..<bytes.count {
            let error = #expect(throws: FileProblem.self) { try parse(Array(bytes[..<length])) }
            #expect(error?.line == 3)
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x08
            _ = try? parse(damaged)  // either is right
        }
    }

    /// Files of before say nothing of hidden tokens and of how answers ended.
    @Test func aLineWithoutNotesIsRead() throws {
        let json = try JSONValue(parsing: line(SampleRun.requests[4]))
        let members = (json.members ?? []).filter {
            !["hidden_tokens", "answer"].contains($0.name)
        }
        var old = SampleRun.requests[4]
        old.notes = AnswerNotes()
        #expect(SampleRun.requests[4].notes != old.notes)
        #expect(try parse(JSONValue.object(members).serialized) == old)
    }

    /// A word that a hand wrote into the file is as harmless as one of a server.
    @Test func wordsOfAnAnswerAreMadeHarmless() throws {
        var request = SampleRun.requests[4]
        request.notes.otherReason = "up\u{1B}[2Jset"
        request.notes.unknownField = String(repeating: "x", count: 100)
        let read = try parse(line(request)).notes
        #expect(read.otherReason == "up??2Jset")
        #expect(read.unknownField.utf8.count == AnswerNotes.wordLimit)
    }

    @Test func aLineHasTheseBytes() {
        let request = MeasuredRequest(
            id: 7, agent: "a", target: "t", model: "m", className: "c", phase: .scored, session: 3,
            turn: 1, scheduled: ClusterInstant(ns: 10), waited: 2, sent: ClusterInstant(ns: 12),
            tokens: [TokenEvent(time: 15), TokenEvent(time: 20, count: 2)],
            reads: [StampedRead(time: 16, delay: 1)], finish: ClusterInstant(ns: 30),
            firstAnswer: ClusterInstant(ns: 14), thoughtTokens: 1, outcome: .failed,
            error: RequestError(kind: .reset, status: 200, detail: "d"), stampSource: .kernel,
            askedInput: 5, promptTokens: nil, askedOutput: 6, outputTokens: 3)
        var writer = JSONWriter()
        request.writeLine(to: &writer, run: "r", withTokens: true)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"""
                {"format":1,"id":7,"request_id":"r-7","agent":"a","target":"t","model":"m",\#
                "class":"c","phase":"scored","session":3,"turn":1,"scheduled":10,"waited":2,\#
                "sent":12,"tokens":[15,[20,2]],"reads":[[16,1]],"finish":30,"first_answer":14,\#
                "thought_tokens":1,"outcome":"failed",\#
                "error":{"kind":"reset","status":200,"detail":"d"},\#
                "stamp_source":"kernel","asked_input":5,"prompt_tokens":null,"asked_output":6,\#
                "output_tokens":3,"hidden_tokens":0,"answer":{"ended":null,"finish_reason":null}}

                """#)
    }

    @Test func aLaterFormatIsRefused() {
        let text = #"{"format":2,"id":1}"#
        let error = #expect(throws: FileProblem.self) { try parse(Array(text.utf8)) }
        #expect(error?.description.contains("format 2") == true)
    }

    @Test func theManifestIsReadBack() throws {
        let header = SampleRun.header
        #expect(try RunHeader(json: header.json, path: "m") == header)
        let text = header.json.indented
        #expect(try RunHeader(json: JSONValue(parsing: text), path: "m") == header)
    }

    /// Two models of one URL are two targets; one of them may have been reached without TLS.
    @Test func whatIsKnownOfATargetStandsInThreeLists() throws {
        var header = SampleRun.header
        let tls = TLSAgreement(version: "TLSv1.3", cipher: "c", isVerified: false)
        header.agents[0].targets = [
            RunTarget(url: "http://a", profile: ["url": "http://a"]),
            RunTarget(url: "https://b", profile: ["model": "m"], tls: tls),
            RunTarget(url: "https://b", profile: [:]),
        ]
        let agent = try #require(header.json["agents"]?.array?.first)
        #expect(agent["targets"] == ["http://a", "https://b", "https://b"])
        #expect(agent["servers"] == [["url": "http://a"], ["model": "m"], [:]])
        #expect(
            agent["tls"] == [
                ["url": "https://b", "version": "TLSv1.3", "cipher": "c", "verified": false]
            ])
        #expect(try RunHeader(json: header.json, path: "m") == header)
    }

    @Test(arguments: ["run_id", "epoch", "agents", "classes", "verdict", "clock_ledger"])
    func aManifestWithoutAMemberIsRefused(name: String) {
        let members = (SampleRun.header.json.members ?? []).filter { $0.name != name }
        let error = #expect(throws: FileProblem.self) {
            try RunHeader(json: .object(members), path: "m")
        }
        #expect(error?.description.contains("`\(name)`") == true)
    }

    /// Two stretches of one node with one sentence, told apart by their cause alone.
    @Test func aStretchKeepsItsCauseWhateverItsReasonSays() throws {
        var header = SampleRun.header
        header.agents[0].clock?.problems = ["it stood still"]
        let node = header.agents[0].name
        header.validity.intervals = InvalidInterval.Cause.allCases.map {
            InvalidInterval(node: node, cause: $0, from: 0, to: 9, reason: "it stood still")
        }
        let read = try RunHeader(json: header.json, path: "m")
        #expect(read.validity.intervals.map(\.cause) == [.clock, .client])
    }

    @Test func aManifestOfBeforeTellsTheClocksStretchesByItsProblems() throws {
        var header = SampleRun.header
        header.agents[0].clock?.problems = ["a clock was stepped"]
        let node = header.agents[0].name
        header.validity.intervals = ["a clock was stepped", "its loop was busy"].map {
            InvalidInterval(node: node, cause: .client, from: 0, to: 9, reason: $0)
        }
        let text = header.json.indented.replacing("\"cause\": \"client\",", with: "")
        let read = try RunHeader(json: JSONValue(parsing: Array(text.utf8)), path: "m")
        #expect(read.validity.intervals.map(\.cause) == [.clock, .client])
    }

    @Test func warmUpIsInNoFigureAndPartsAddUp() throws {
        let summary = try RunSummary(SampleRun.result)
        #expect(summary.warmups == 1)
        #expect(summary.run.totals.requests == 7)
        #expect(summary.run.totals.interval?.begin == 250_000_000)
        for parts in [summary.agents, summary.classes] {
            let benefit = parts.map(\.totals.benefit).reduce(0, +)
            #expect((benefit - summary.run.totals.benefit).magnitude < 1e-9)
            #expect(parts.map(\.totals.tokens).reduce(0, +) == summary.run.totals.tokens)
            #expect(parts.allSatisfy { $0.totals.interval == summary.run.totals.interval })
        }
        #expect(summary.run.errors == [.reset: 1, .agentDown: 1])
        #expect(summary.agents.map(\.errors) == [[.reset: 1], [.agentDown: 1]])
        #expect(summary.run.lateness?.count == 6)
        #expect(summary.run.lateness?.max == 61_007)
        #expect(summary.run.stamps == [.kernel: 6])
        #expect(summary.rewardsDropping)
        let robust = summary.robust.smoothGoodput ?? -1
        #expect(robust >= 0 && robust <= summary.robust.throughput ?? 0)
    }

    /// Classes keep their own readers; an override reaches all of them.
    @Test func classesHaveTheirOwnReaders() throws {
        let summary = try RunSummary(SampleRun.result)
        let code = SampleRun.requests.filter { $0.className == "code" }.map(\.times)
        var alone = RunScoring(
            over: try #require(summary.run.totals.interval), agents: 1,
            readers: [try Reader(.robust)], beside: try Reader(.robust))
        for request in code {
            try alone.add(request, at: RunScoring.Group(agent: 0, classIndex: 0))
        }
        let isAskedAgain = alone.close()
        #expect(!isAskedAgain)
        #expect(summary.classes[1].totals == alone.figures().whole)
        var overrides = ScoringOverrides()
        overrides.preset = .robust
        let robust = try RunSummary(SampleRun.result, overrides: overrides)
        #expect(robust.run.totals.benefit == robust.robust.benefit)
        #expect(!robust.rewardsDropping)
    }

    @Test(
        arguments: [
            ([(0, 10)], Verdict.partial), ([(0, 11), (5, 21)], .notValid), ([], .valid),
            ([(0, 15), (3, 8)], .partial), ([(-100, 15), (995, 2000)], .partial),
            ([(0, 21)], .notValid),
        ] as [([(Int64, Int64)], Verdict)])
    func overOnePercentOfNodeSecondsIsNotValid(spans: [(Int64, Int64)], verdict: Verdict) {
        let intervals = spans.map {
            InvalidInterval(
                node: "a", cause: .client, from: $0.0, to: $0.1, reason: "paused")
        }
        let validity = Validity(
            intervals: intervals, nodes: ["a", "b"], run: 0...1000, isPartial: false)
        #expect(validity.verdict == verdict)
    }
}

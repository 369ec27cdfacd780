import AnswerStream
import EventLoop
import HTTP
import LoopRuns
import TargetFixtures
import Testing
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

/// Questions before a run that a server does not answer, or answers beyond all bounds, are given
/// up by limits of their own, and said.
@Suite struct QuestionLimitTests {
    private struct Found: Sendable {
        var result: Result<CapabilityReport, PreparationRefusal>
        var posts: Int
        var progress: [String]

        func answer(_ capability: Capability) throws -> CapabilityAnswer {
            try #require(try result.get().answers.first { $0.capability == capability })
        }
        func refusal() throws -> String { try #require(try result.get().refusal).description }
    }

    private static let quick = QuestionLimits(
        firstToken: .milliseconds(300), betweenTokens: .milliseconds(300), all: .seconds(20))

    /// Asks a server of these rules all that `legato check --url` asks.
    private func ask(
        _ rules: FieldRules, _ limits: QuestionLimits = quick,
        _ change: (inout TargetWishes) -> Void = { _ in }
    ) async throws -> Found {
        try await ask(change, limits) { loop in
            let server = try! FieldServer(loop: loop, rules)
            return (server.port, { server.requests.count { $0.method == "POST" } }, server.close)
        }
    }

    /// Asks a server that answers every POST with these acts.
    private func ask(acts: [AnsweringServer.Act]) async throws -> Found {
        try await ask { _ in acts }
    }

    /// Asks a server that answers a POST by its number.
    private func ask(
        numbered acts: @escaping @Sendable (_ post: Int) -> [AnsweringServer.Act]
    ) async throws -> Found {
        try await ask({ _ in }, Self.quick) { loop in
            var posts = 0
            let server = try! AnsweringServer(loop: loop) { number in
                posts = number + 1
                return acts(number)
            }
            return (server.port, { posts }, server.close)
        }
    }

    private func ask(
        _ change: (inout TargetWishes) -> Void, _ limits: QuestionLimits,
        _ serve: @escaping @Sendable (EventLoop) -> (UInt16, posts: () -> Int, close: () -> Void)
    ) async throws -> Found {
        var wishes = TargetWishes()
        (wishes.model, wishes.outputTokens, wishes.limits) = ("m", 20, limits)
        change(&wishes)
        let asked = wishes
        let loop = try EventLoop(name: "limits")
        let found: Found = await loop.runUntilDone { done in
            let (port, posts, close) = serve(loop)
            var configuration = ClientConfiguration()
            // How often limits are looked at goes by the smallest of these.
            configuration.timeouts.betweenTokens = .milliseconds(300)
            var progress: [String] = []
            CapabilityProbe.begin(
                loop: loop, target: try! Target(parsing: "http://127.0.0.1:\(port)"),
                options: RequestOptions(runID: "r", model: ""), wishes: asked,
                access: TargetAccess(), configuration: configuration,
                progress: { progress.append($0) }
            ) { result in
                let found = Found(result: result, posts: posts(), progress: progress)
                close()
                loop.next { done(found) }
            }
        }
        return found
    }

    @Test("A server that never answers is given up once, with what was waited for and for how long")
    func silence() async throws {
        let found = try await ask(FieldRules { $0.answering = .never })
        #expect(found.posts == 1)
        let refusal = try found.refusal()
        for words in [
            "POST /v1/chat/completions: no token within 300 ms", "--ready-timeout",
            "timeouts: { first token: ", "--no-probe",
        ] { #expect(refusal.contains(words), "\(refusal)") }
        let line = try #require(found.progress.first)
        #expect(line.hasPrefix("waiting for http://127.0.0.1:"), "\(line)")
        #expect(line.hasSuffix(" to answer POST /v1/chat/completions: 0 s of 300 ms"), "\(line)")
        #expect(try found.answer(.chat).verdict == .unknown)
        #expect(try found.answer(.completions).sentence.contains("not asked"))
        // A wait that was asked for is not advised as if it had not been.
        let waiting = try await ask(FieldRules { $0.answering = .never }) {
            $0.readyTimeout = .milliseconds(1)
        }
        #expect(try waiting.refusal().contains("a longer --ready-timeout"))
    }

    @Test("Comments are no tokens: they hold up no limit")
    func comments() async throws {
        let begin = AnsweringServer.head()
        let ping = "8\r\n: ping\n\n\r\n"
        let found = try await ask(
            acts: [.write(begin)]
                + (0..<40).flatMap { _ in [.write(ping), .pause(.milliseconds(20))] })
        #expect(try found.refusal().contains("no token within 300 ms"), "\(found)")
        #expect(found.posts == 1)
    }

    private static let noRoom: [AnsweringServer.Act] = [
        .write(
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\n{}")
    ]
    private static let answer: [AnsweringServer.Act] = [
        .write(
            AnsweringServer.head()
                + [
                    #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
                    #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
                    #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#, "[DONE]",
                ].map(AnsweringServer.event).joined() + AnsweringServer.end)
    ]

    @Test("A server without room is asked again when it says so, and is then known as it is")
    func noRoom() async throws {
        // Three refusals of each question's first tries.
        let found = try await ask(numbered: { post in post % 4 < 3 ? Self.noRoom : Self.answer })
        #expect(try found.result.get().refusal == nil, "\(found)")
        #expect(try found.answer(.chat).verdict == .works)
        #expect(try found.answer(.includeUsage).verdict == .works, "\(found)")
    }

    /// Five refusals for want of room and two broken connections, one cause between the other's.
    private static let mixed = [noRoom, [.close], noRoom, noRoom, [.close], noRoom, noRoom]

    @Test("Broken connections and refusals for want of room are bounded each by itself")
    func twoCauses() async throws {
        #expect(Self.mixed.count == 7 && TargetQuestions.brokenConnections == 3)
        #expect(TargetQuestions.answersWithoutRoom == 6)
        // As many of each as one question may have before its answer: the first is asked 8 times.
        let found = try await ask(numbered: { post in
            post < Self.mixed.count ? Self.mixed[post] : Self.answer
        })
        #expect(try found.result.get().refusal == nil, "\(found)")
        #expect(try found.answer(.chat).verdict == .works, "\(found)")
        // One broken connection more, and it is given up, whatever the refusals leave.
        let broken = try await ask(numbered: { post in
            post == 7 ? [.close] : post < 7 ? Self.mixed[post] : Self.noRoom
        })
        #expect(try broken.refusal().contains("closed the connection"), "\(broken)")
    }

    @Test("A server that has no room to the end accepts nothing and refuses nothing that is known")
    func neverRoom() async throws {
        // The preparation and its question for token counts are answered, the rest is not.
        let found = try await ask(numbered: { post in post < 4 ? Self.answer : Self.noRoom })
        let answers = try found.result.get().answers
        let unasked = answers.filter { $0.sentence.contains("could not be asked") }
        #expect(!unasked.isEmpty, "\(answers)")
        #expect(unasked.allSatisfy { $0.verdict == .unknown })
        #expect(!answers.contains { $0.verdict == .refused }, "\(answers)")
    }

    @Test("A server that goes on beyond max_tokens is read no further, and that is the cause")
    func endless() async throws {
        let found = try await ask(FieldRules { $0.answering = .endless(every: .milliseconds(1)) })
        // Everything, and the endpoint alone.
        #expect(found.posts == 2)
        let refusal = try found.refusal()
        #expect(refusal.contains("goes on beyond max_tokens: 26"), "\(refusal)")
        #expect(refusal.contains("tokens came where 12 were asked for"), "\(refusal)")
        #expect(refusal.contains("POST /v1/chat/completions: the server goes"), "\(refusal)")
        #expect(try found.answer(.chat).verdict == .unknown)
    }

    @Test("What makes a server go on beyond max_tokens is left out, and the server is driven")
    func endlessBeyondItsEnd() async throws {
        let found = try await ask(
            FieldRules { $0.answering = .endlessBeyondEnd(every: .milliseconds(1)) })
        let report = try found.result.get()
        #expect(report.refusal == nil && report[.chat] == .works && report[.includeUsage] == .works)
        let profile = try #require(report.profiles[.chat])
        #expect(!profile.dialect.pinsOutput && profile[.ignoreEOS] == .ignored)
        let pinned = try found.answer(.ignoreEOS)
        #expect(pinned.verdict == .ignored && pinned.sentence.contains("beyond max_tokens"))
    }

    @Test("A server that is slow within the limits is driven, and one question's time is not all")
    func slow() async throws {
        let found = try await ask(FieldRules { $0.answering = .late(.milliseconds(150)) })
        #expect(try found.result.get().refusal == nil)
        #expect(found.progress.contains { $0.contains("to answer POST /v1/chat/completions") })
        var limits = Self.quick
        limits.all = .milliseconds(200)
        let short = try await ask(FieldRules { $0.answering = .late(.milliseconds(150)) }, limits)
        // The first question is answered; those about prompts are not asked any more.
        let report = try short.result.get()
        #expect(report.refusal == nil && report.profiles[.chat]?.isCalibrated == false)
    }

    @Test("An answer without a word at the plan's own length is none, and neither is half of one")
    func noProperAnswer() async throws {
        let hidden = try await ask(FieldRules { $0.answering = .withoutText })
        #expect(try hidden.refusal().contains("counts 20 tokens and no event brought one"))
        #expect(try hidden.refusal().contains("--output-len"))
        let broken = try await ask(FieldRules { $0.answering = .brokenOff })
        #expect(try broken.refusal().contains("broke off without a finish reason"))
        let aborted = try await ask(FieldRules { $0.answering = .aborted })
        #expect(try aborted.refusal().contains("finish reason abort"))
        #expect(try aborted.answer(.chat).sentence.contains("finish reason abort"))
        let dropped = try await ask(FieldRules { $0.answering = .dropped })
        #expect(try dropped.refusal().contains("closed the connection"))
        for found in [hidden, broken, aborted, dropped] {
            #expect(try found.answer(.chat).verdict == .unknown)
        }
        // A model may have nothing to say; a stream without any choice, or without an end, is none.
        let mute = try await ask(acts: [
            .write(
                AnsweringServer.head()
                    + AnsweringServer.event(
                        #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
                    + AnsweringServer.event("[DONE]") + AnsweringServer.end)
        ])
        #expect(try mute.result.get().refusal == nil)
        let nothing = try await ask(acts: [
            .write(AnsweringServer.head() + AnsweringServer.event("[DONE]") + AnsweringServer.end)
        ])
        #expect(try nothing.refusal().contains("without any choice"))
    }

    private static func words(_ count: Int, usage: String, apart: TimeSpan) -> [AnsweringServer.Act]
    {
        [.write(AnsweringServer.head()), .pause(.milliseconds(5))]
            + (0..<count).flatMap { _ in
                [
                    .write(
                        AnsweringServer.event(
                            #"{"choices":[{"index":0,"delta":{"content":"a "}}]}"#)),
                    .pause(apart),
                ]
            }
            + [
                .write(
                    AnsweringServer.event(
                        #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#)
                        + AnsweringServer.event(#"{"choices":[],"usage":{\#(usage)}}"#)
                        + AnsweringServer.event("[DONE]") + AnsweringServer.end)
            ]
    }

    @Test(
        "A usage counts where it is a count",
        arguments: [
            (#""prompt_tokens":9,"completion_tokens":12"#, CapabilityAnswer.Verdict.works),
            (#""prompt_tokens":9,"completion_tokens":-5"#, .ignored),
            (#""prompt_tokens":9,"completion_tokens":"20""#, .ignored),
            (#""prompt_tokens":9,"completion_tokens":20.5"#, .ignored),
            (#""prompt_tokens":9"#, .ignored),
        ] as [(String, CapabilityAnswer.Verdict)])
    func usage(text: String, verdict: CapabilityAnswer.Verdict) async throws {
        let found = try await ask(
            acts: Self.words(12, usage: text, apart: .milliseconds(1)))
        #expect(try found.answer(.includeUsage).verdict == verdict)
        let profile = try #require(try found.result.get().profiles[.chat])
        #expect(profile.dialect.includesUsage == (verdict == .works))
    }

    @Test("More tokens than were asked for pin no length", arguments: [11, 12, 13, 40])
    func lengths(made: Int) async throws {
        let found = try await ask(
            acts: Self.words(
                made, usage: #""prompt_tokens":9,"completion_tokens":\#(made)"#,
                apart: .milliseconds(1)))
        let answer = try found.answer(.ignoreEOS)
        #expect(answer.verdict == (made == 12 ? .works : .ignored))
        #expect(answer.sentence.hasPrefix("\(made) of 12 tokens came"))
        let profile = try #require(try found.result.get().profiles[.chat])
        #expect(profile.dialect.ignoresEOS == (made == 12))
        #expect(answer.sentence.contains("more than max_tokens") == (made > 12))
    }

    @Test("A stream that comes all at once is said to be collected, one that flows is not")
    func collected() async throws {
        let usage = #""prompt_tokens":9,"completion_tokens":12"#
        let flowing = try await ask(
            acts: Self.words(12, usage: usage, apart: .milliseconds(2)))
        #expect(try flowing.answer(.chat).sentence.hasPrefix("streams; 12 tokens"))
        let text = Self.words(12, usage: usage, apart: .zero).compactMap { act -> String? in
            if case .write(let text) = act { text } else { nil }
        }.joined()
        let collected = try await ask(acts: [.pause(.milliseconds(30)), .write(text)])
        #expect(try collected.answer(.chat).sentence.contains("collects the stream"))
        #expect(try collected.answer(.chat).verdict == .works)
    }

    @Test("Where a key is asked for the key is advised, and no other endpoint that asks for one")
    func keys() async throws {
        let found = try await ask(FieldRules { $0.key = "k" })
        for capability in [Capability.chat, .completions] {
            let answer = try found.answer(capability)
            #expect(answer.verdict == .refused && answer.sentence.contains("--api-key-file"))
            #expect(!answer.sentence.contains("--endpoint"), "\(answer.sentence)")
        }
        // An endpoint that works is advised.
        let other = try await ask(FieldRules { $0.posts = ["/v1/completions"] })
        #expect(try other.answer(.chat).sentence.contains("run with --endpoint completions"))
    }

    @Test("The endpoint's row is what the run finds, whatever the server answers later")
    func later() async throws {
        let usage = #""prompt_tokens":9,"completion_tokens":12"#
        let good = Self.words(12, usage: usage, apart: .milliseconds(1))
        let found = try await ask { $0 < 3 ? good : [.close] }
        let report = try found.result.get()
        #expect(report.refusal == nil && report[.chat] == .works)
        #expect(report[.completions] == .unknown && report[.includeUsage] == .unknown)
    }

    @Test("Without a probe nothing is posted, and the table says so")
    func noProbe() async throws {
        let found = try await ask(FieldRules()) { $0.probes = false }
        let report = try found.result.get()
        #expect(found.posts == 0 && report.refusal == nil)
        #expect(report.answers.map(\.capability) == Capability.allCases)
        #expect(report[.chat] == .unknown)
        #expect(try found.answer(.chat).sentence.contains("--no-probe"))
        #expect(report.profiles[.chat]?.postsTo == "/v1/chat/completions")
    }
}

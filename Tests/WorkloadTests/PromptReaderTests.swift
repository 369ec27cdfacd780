import JSON
import Testing

@testable import Workload

/// Small files of prompts, one a format.
enum PromptSamples {
    static let shareGPT = """
        [
          {"id": "a", "conversations": [
            {"from": "system", "value": "Be \\"short\\"."},
            {"from": "human", "value": "Hello {there}"},
            {"from": "gpt", "value": "12345678"},
            {"from": "human", "value": "caf\\u00e9\\n]"},
            {"from": "gpt", "value": "123456789"},
            {"from": "human", "value": "never answered"}]},
          {"id": "b", "conversations": [{"from": "gpt", "value": "the rest of another"}]},
          {"id": "c", "conversations": [
            {"from": "gpt", "value": "skipped"},
            {"from": "human", "value": "one"}, {"from": "human", "value": "two"},
            {"from": "gpt", "value": ""}]}
        ]
        """
    static let batch = """
        {"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":\
        {"model":"x","messages":[{"role":"user","content":"Hi"}],"max_tokens":7,"temperature":0.5}}
        {"custom_id":"2","method":"POST","url":"/v1/chat/completions","body":\
        {"messages":[{"role":"user","content":[{"type":"text","text":"Ho"}]}],\
        "max_completion_tokens":1,"stream":false}}
        """
    static let aiperf = """
        {"session_id":"s","turns":[{"text":"first","timestamp":1500,"output_length":5},\
        {"role":"assistant","text":"noted","delay":20.5,"output_length":6},\
        {"texts":["third","part"],"timestamp":2000,"output_length":7}]}
        {"text":"alone","timestamp":2500,"output_length":8}
        """
    static let mooncake = """
        {"timestamp":0,"text_input":"once","output_length":3,"session_id":4}
        {"timestamp":30,"text_input":"other","output_length":9}
        {"timestamp":70,"text_input":"twice","output_length":4,"session_id":4}
        """
    static let all = [shareGPT, batch, aiperf, mooncake]

    static func read(
        _ text: String, chunk: Int = .max, _ change: (inout PromptReader.Options) -> Void = { _ in }
    ) throws -> PromptLibrary {
        try read(Array(text.utf8), chunk: chunk, change)
    }

    static func read(
        _ bytes: [UInt8], chunk: Int = .max,
        _ change: (inout PromptReader.Options) -> Void = { _ in }
    ) throws -> PromptLibrary {
        var options = PromptReader.Options(endpoint: .chat)
        change(&options)
        var reader = PromptReader(options)
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(chunk)
            rest = rest.dropFirst(part.count)
            try part.withUnsafeBytes { try reader.feed($0) }
        }
        return try reader.finish()
    }
}

@Suite struct PromptReaderTests {
    /// The body's members of every request of a plan that sends each conversation once.
    private func bodies(
        _ library: PromptLibrary, _ change: (inout ClassSpec) -> Void = { _ in }
    ) throws -> [(body: JSONValue, request: PlannedRequest)] {
        var spec = ClassSpec(name: "given", lengths: nil, prompts: library)
        change(&spec)
        let requests = library.conversations.reduce(0) { $0 + $1.turns.count }
        let plan = try WorkloadPlan.make(
            WorkloadSpec(
                stages: [
                    StageSpec(
                        load: .closed(concurrency: 1), requests: UInt32(requests))
                ], classes: [spec]), seed: 3)
        return try plan.requests.map { request in
            #expect(request.usesTexts)
            let text = request.prompt.flatMap { plan.texts[Int($0.seed)] }
            return (try JSONValue(parsing: Array("{".utf8) + text + Array("}".utf8)), request)
        }
    }

    @Test func shareGPTSendsWhatPeopleSaid() throws {
        let library = try PromptSamples.read(PromptSamples.shareGPT) { $0.history = .prompts }
        #expect(
            library.format == .shareGPT && library.leftOut.words == "1 without an answered turn")
        #expect(library.conversations.map(\.turns.count) == [2, 1])
        let requests = try bodies(library)
        #expect(requests.map(\.request.turn) == [0, 1, 0])
        // 8 bytes are two tokens, 9 are three, none is one.
        #expect(requests.map(\.request.outputTokens) == [2, 3, 1])
        #expect(
            requests.map(\.body) == [
                [
                    "messages": [
                        ["role": "system", "content": "Be \"short\"."],
                        ["role": "user", "content": "Hello {there}"],
                    ]
                ],
                [
                    "messages": [
                        ["role": "system", "content": "Be \"short\"."],
                        ["role": "user", "content": "Hello {there}\n\ncafé\n]"],
                    ]
                ],
                ["messages": [["role": "user", "content": "one\n\ntwo"]]],
            ])
        #expect(requests[1].request.inputTokens == 3 + 4 + 2)
        let plain = try bodies(
            PromptSamples.read(PromptSamples.shareGPT) {
                $0.endpoint = .completions
                $0.history = .prompts
            })
        #expect(plain[1].body == ["prompt": "Be \"short\".\n\nHello {there}\n\ncafé\n]"])
    }

    @Test func aBatchIsSentAsItWasWritten() throws {
        let library = try PromptSamples.read(PromptSamples.batch)
        #expect(library.format == .openAIBatch)
        let requests = try bodies(library)
        #expect(requests.map(\.request.outputTokens) == [7, 1])
        #expect(requests[0].body["temperature"] == 0.5 && requests[0].body["model"] == nil)
        #expect(requests[1].body["stream"] == nil)
        #expect(requests[1].body["messages"]?.array?.first?["content"]?.array?.count == 1)
        let own = try PromptSamples.read(PromptSamples.batch) {
            $0.overriddenMembers = ["temperature"]
        }
        #expect(try bodies(own)[0].body["temperature"] == nil)
    }

    @Test func aiperfKeepsTurnsAndTheirTimes() throws {
        let library = try PromptSamples.read(PromptSamples.aiperf)
        #expect(library.format == .aiperf && library.firstLineWithoutOutput == nil)
        #expect(library.conversations.map(\.arrivalNs) == [0, 1_000_000_000])
        let requests = try bodies(library)
        #expect(requests.map(\.request.outputTokens) == [5, 6, 7, 8])
        // A delay, and what lies between two instants.
        #expect(requests.map(\.request.thinkNs) == [0, 20_500_000, 500_000_000, 0])
        #expect(
            requests[2].body == [
                "messages": [
                    ["role": "user", "content": "first"],
                    ["role": "assistant", "content": "noted"],
                    ["role": "user", "content": "third\n\npart"],
                ]
            ])
    }

    @Test func mooncakeLinesOfASessionAreItsTurns() throws {
        let library = try PromptSamples.read(PromptSamples.mooncake)
        #expect(library.format == .mooncakeText)
        #expect(library.conversations.map(\.turns.count) == [2, 1])
        #expect(library.conversations[0].turns[1].thinkNs == 70_000_000)
        #expect(library.rows.map(\.arrivalNs) == [0, 30_000_000])
        #expect(library.rows.map(\.output) == [3, 9])
        #expect(library.rows.map(\.conversation) == [0, 1])
    }

    @Test func aReplaySendsConversationsAtTheirTimes() throws {
        let library = try PromptSamples.read(PromptSamples.mooncake)
        let replay = TraceReplay(rows: library.rows, prompts: library, scale: 2)
        let made = ClassSpec(
            name: "a", lengths: .independent(input: .fixed(9), output: .fixed(9)))
        let plan = try WorkloadPlan.make(
            WorkloadSpec(
                stages: [
                    StageSpec(load: .open(.replay(replay))),
                    StageSpec(load: .closed(concurrency: 1), requests: 2),
                ], classes: [made]), seed: 1)
        #expect(plan.requests.map(\.scheduledNs) == [0, nil, 15_000_000, nil, nil])
        #expect(plan.requests.map(\.usesTexts) == [true, true, true, false, false])
        let shards = try plan.deal(agents: 2)
        // Each agent is told what it sends and nothing else.
        let indices = shards.map { Set(plan.textIndices(of: $0.requests)) }
        let texts = indices.map { $0.map { String(decoding: plan.texts[Int($0)], as: UTF8.self) } }
        #expect(texts[0].contains("twice") && !texts[0].contains("other"))
        #expect(texts[1].contains("other") && !texts[1].contains("once"))
    }

    @Test func conversationsTakeTurnsAndTheContextEndsThem() throws {
        let library = try PromptSamples.read(PromptSamples.aiperf)
        let short = try bodies(library) { $0.contextTokens = 13 }
        // 2 and 5 tokens fit, 4 and 6 too, 7 and 7 do not: the conversation ends before.
        #expect(short.map(\.request.turn) == [0, 1, 0, 0])
        // A turn that fills the context exactly is part of it: 4 and 6, and then 7 and 7.
        for (context, turns) in [(10, [0, 1, 0]), (9, [0, 0])] as [(UInt32, [UInt16])] {
            let filled = try bodies(library) { $0.contextTokens = context }
            #expect(filled.map(\.request.turn).starts(with: turns), "\(context)")
        }
        let fixed = try bodies(library) { $0.answer = .fixed(33) }
        #expect(fixed.allSatisfy { $0.request.outputTokens == 33 })
    }

    @Test(arguments: PromptSamples.all)
    func chunksMayBeCutAnywhere(text: String) throws {
        let whole = try PromptSamples.read(text)
        for size in [1, 2, 3, 7, 64] {
            #expect(try PromptSamples.read(text, chunk: size) == whole)
        }
        #expect(try PromptSamples.read("\u{FEFF}" + text, chunk: 1) == whole)
    }

    @Test(arguments: PromptSamples.all)
    func damageNeverTraps(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            _ = try? PromptSamples.read(Array(bytes[..<count]))  // an error or fewer prompts
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x04
            _ = try? PromptSamples.read(damaged)  // as above
        }
    }

    @Test(
        arguments: [
            ("", 1, 1, "no prompts"), ("[]", 1, 1, "no prompts"),
            ("[{\"conversations\":[]} {", 1, 23, "a comma"),
            ("[{\"conversations\":7}]", 1, 2, "no list"),
            ("{\"text\":\"secret\",\"output_length\":3}\n{\"text\":\"secret\",\n", 2, 1, "no end"),
            (
                "{\"text\":\"secret\",\"output_length\":3}\n\n {\"text\":secret}", 3, 10,
                "beginning of a value"
            ),
            ("{\"text\":\"secret\"} {\"text\":\"secret\"}", 1, 19, "follows the object"),
            ("{\"text\":\"secret\",\"role\":\"robot\"}", 1, 1, "`role`"),
            ("{\"text\":\"secret\",\"timestamp\":\"secret\"}", 1, 1, "`timestamp`"),
            ("{\"turns\":[]}", 1, 1, "`turns`"),
            ("{\"turns\":[{\"images\":[\"secret\"]}]}", 1, 1, "`images`"),
            ("{\"text_input\":\"\"}", 1, 1, "`text_input`"),
            ("{\"secret\":1}", 1, 1, "no known format"), ("[7]", 1, 2, "an object should"),
            ("{\"body\":{\"messages\":[]}}", 1, 1, "`messages`"),
            ("{\"url\":\"/v1/completions\",\"body\":{}}", 1, 1, "endpoint completions"),
            ("{\"body\":{\"messages\":[1],\"n\":3}}", 1, 1, "several answers"),
            ("{\"body\":{\"messages\":[1],\"max_tokens\":-3}}", 1, 1, "`max_tokens`"),
        ] as [(String, Int, Int, String)])
    func badFilesAreNamedByLocationAndWithoutTheirText(
        text: String, line: Int, column: Int, words: String
    ) throws {
        let error = #expect(throws: TraceError.self) { try PromptSamples.read(text) }
        let found = try #require(error)
        #expect(found.line == line && found.column == column, "\(found)")
        #expect(found.problem.contains(words), "\(found)")
        #expect(!found.problem.contains("secret"))
    }

    @Test func longTextsArePieces() throws {
        // The first byte moves every bound of a piece into the middle of a character.
        let long = "x" + String(repeating: "é\n", count: PromptLibrary.pieceBytes / 2)
        let line = JSONValue.object(["text": .string(long), "output_length": 1]).serialized
        let library = try PromptSamples.read(line)
        #expect(library.texts.count > 2)
        #expect(library.texts.allSatisfy { $0.count <= PromptLibrary.pieceBytes })
        let body = try bodies(library)[0].body
        #expect(body["messages"]?.array?.first?["content"]?.string == long)
    }

    @Test(
        arguments: [
            (PromptSamples.shareGPT, true), (PromptSamples.batch, true),
            (PromptSamples.aiperf, true),
            (PromptSamples.mooncake, true), ("TIMESTAMP,ContextTokens,GeneratedTokens\n", false),
            ("{\"timestamp\":0,\"input_length\":5,\"output_length\":3}\n", false), ("", false),
            ("{\"text\":\"cut", true), ("[{\"conversations", true), ("{rubbish}\n", false),
        ] as [(String, Bool)])
    func promptsAreToldFromLengths(text: String, expected: Bool) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { PromptReader.recognises($0) } == expected)
    }

    @Test func promptsWithoutAnswerLengthsNeedOne() throws {
        let library = try PromptSamples.read(#"{"text":"a"}"#)
        #expect(library.firstLineWithoutOutput == 1)
        #expect(throws: WorkloadError.self) { try bodies(library) }
        #expect(try bodies(library) { $0.answer = .fixed(4) }.count == 1)
    }
}

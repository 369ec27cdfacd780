import Testing

@testable import EngineServer

@Suite("Completion request")
struct CompletionRequestTests {
    private func parse(
        _ json: String, _ endpoint: CompletionRequest.Endpoint = .completions
    ) throws(APIError) -> CompletionRequest {
        try CompletionRequest(endpoint: endpoint, body: Array(json.utf8))
    }

    @Test(
        "Prompts are counted in words or in token ids",
        arguments: [
            (#"{"prompt":"one two  three\n four\t"}"#, 4),
            (#"{"prompt":["one two"]}"#, 2),
            (#"{"prompt":[5,6,7]}"#, 3),
            (#"{"prompt":[[5,6,7,8]]}"#, 4),
            (#"{"prompt":"ünï cödé"}"#, 2),
        ])
    func prompts(json: String, tokens: Int) throws {
        #expect(try parse(json).promptTokens == tokens)
    }

    @Test("A chat costs its words, five tokens a message and five for the whole")
    func chat() throws {
        let json = """
            {"messages":[{"role":"system","content":"be brief"},{"role":"user","content":
            [{"type":"text","text":"a b c"},{"type":"text","text":"d"}]},
            {"role":"assistant","content":null}]}
            """
        #expect(try parse(json, .chat).promptTokens == 5 + 15 + 2 + 4)
    }

    @Test("Limits and switches are read")
    func fields() throws {
        let request = try parse(
            """
            {"model":"m","prompt":[1],"max_tokens":9,"min_tokens":9,"ignore_eos":true,
            "stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},
            "return_token_ids":true,"n":1,"temperature":0.5,"unknown":{"a":[]}}
            """)
        #expect(request.model == "m")
        #expect(request.maxTokens == 9 && request.minTokens == 9)
        #expect(request.ignoresEnd && request.streams && request.returnsTokenIDs)
        #expect(request.includesUsage && request.continuousUsage)
        #expect(try parse(#"{"prompt":[1]}"#).maxTokens == 16)
        #expect(try parse(#"{"prompt":[1],"max_tokens":null}"#).maxTokens == 16)
        let chat = #"{"messages":[{"role":"user","content":"a"}],"max_tokens":3"#
        #expect(try parse(chat + "}", .chat).maxTokens == 3)
        #expect(try parse(chat + #","max_completion_tokens":4}"#, .chat).maxTokens == 4)
    }

    @Test(
        "Errors name the field that is at fault",
        arguments: [
            ("{", nil), ("[]", nil), (#"{}"#, "prompt"), (#"{"prompt":""}"#, "prompt"),
            (#"{"prompt":[]}"#, "prompt"), (#"{"prompt":["a","b"]}"#, "prompt"),
            (#"{"prompt":[[1],[2]]}"#, "prompt"), (#"{"prompt":[1,-1]}"#, "prompt"),
            (#"{"prompt":[1.5]}"#, "prompt"), (#"{"prompt":7}"#, "prompt"),
            (#"{"prompt":[1],"n":2}"#, "n"), (#"{"prompt":[1],"max_tokens":0}"#, "max_tokens"),
            (#"{"prompt":[1],"max_tokens":"9"}"#, "max_tokens"),
            (#"{"prompt":[1],"max_tokens":3,"min_tokens":4}"#, "min_tokens"),
            (#"{"prompt":[1],"temperature":"hot"}"#, "temperature"),
            (#"{"prompt":[1],"stream":1}"#, "stream"), (#"{"prompt":[1],"model":1}"#, "model"),
            (#"{"prompt":[1],"stream_options":[]}"#, "stream_options"),
        ] as [(String, String?)])
    func errors(json: String, parameter: String?) {
        let error = #expect(throws: APIError.self) { try parse(json) }
        #expect(error?.status == 400)
        #expect(error?.parameter == parameter)
    }

    @Test(
        "A chat needs messages with roles and text",
        arguments: [
            #"{}"#, #"{"messages":[]}"#, #"{"messages":"a"}"#, #"{"messages":[{"content":"a"}]}"#,
            #"{"messages":[{"role":"user","content":7}]}"#,
            #"{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
        ])
    func chatErrors(json: String) {
        let error = #expect(throws: APIError.self) { try parse(json, .chat) }
        #expect(error?.parameter == "messages")
    }

    @Test("No error repeats the prompt")
    func noPromptText() {
        let error = #expect(throws: APIError.self) {
            try parse(#"{"prompt":["secret words","more secret"],"n":2}"#)
        }
        #expect(error?.message.contains("secret") == false)
    }
}

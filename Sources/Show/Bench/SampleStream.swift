/// The bytes of an answer as a chat server streams it, one event a chunk.
struct SampleStream {
    let head: [UInt8]
    /// One event with one token, with its chunk's framing.
    let event: [UInt8]
    /// The finish reason, the usage, the end mark and the last chunk.
    let tail: [UInt8]
    let events: Int

    /// Bytes of the whole answer.
    var byteCount: Int { head.count + events * event.count + tail.count }

    /// The server whose events are imitated, and how it was asked.
    enum Server: String, CaseIterable {
        case vLLM = "vLLM chat"
        case vLLMWithIDs = "vLLM completions, ids"
        case llama = "llama.cpp chat"
        case tgi = "TGI chat"

        /// An event with one token.
        fileprivate var event: String {
            let members = [
                #""id":"chatcmpl-6f1c2a9be0d74a35b8a1c0ffee00d1ce""#,
                #""created":1764000000,"model":"meta-llama/Llama-3.1-8B-Instruct""#,
            ].joined(separator: ",")
            let chat = #""object":"chat.completion.chunk""#
            return switch self {
            case .vLLM:
                #"{\#(members),\#(chat),"choices":[{"index":0,"delta":{"content":" word"},"#
                    + #""logprobs":null,"finish_reason":null,"token_ids":null}]}"#
            case .vLLMWithIDs:
                #"{\#(members),"object":"text_completion","choices":[{"index":0,"text":" word","#
                    + #""logprobs":null,"finish_reason":null,"stop_reason":null,"#
                    + #""prompt_token_ids":null,"token_ids":[3409]}]}"#
            case .llama:
                #"{"choices":[{"finish_reason":null,"index":0,"delta":{"content":" word"}}],"#
                    + #"\#(members),"system_fingerprint":"b6123-unknown",\#(chat)}"#
            case .tgi:
                #"{\#(chat),\#(members),"system_fingerprint":"3.0.0-native","choices":[{"index":0,"#
                    + #""delta":{"role":"assistant","content":" word"},"logprobs":null,"#
                    + #""finish_reason":null}],"usage":null}"#
            }
        }

        /// Members of the closing choice beside its index.
        fileprivate var end: String {
            let text =
                self == .vLLMWithIDs ? #""text":"","token_ids":[]"# : #""delta":{"content":""}"#
            return text + #","logprobs":null,"finish_reason":"length""#
        }
    }

    init(of server: Server = .vLLM, events: Int) {
        self.events = events
        head = Array(
            """
            HTTP/1.1 200 OK\r
            content-type: text/event-stream; charset=utf-8\r
            transfer-encoding: chunked\r
            \r

            """.utf8)
        event = Self.chunk("data: \(server.event)\n\n")
        let finish = Self.event(#""choices":[{"index":0,\#(server.end)}]"#)
        let usage = Self.event(
            #""choices":[],"usage":{"prompt_tokens":8,"total_tokens":\#(8 + events),"#
                + #""completion_tokens":\#(events)}"#)
        tail =
            Self.chunk(finish) + Self.chunk(usage) + Self.chunk("data: [DONE]\n\n")
            + Array("0\r\n\r\n".utf8)
    }

    private static func event(_ members: String) -> String {
        #"data: {"id":"chatcmpl-6f1c2a9be0d74a35b8a1c0ffee00d1ce","#
            + #""object":"chat.completion.chunk","created":1764000000,"#
            + #""model":"meta-llama/Llama-3.1-8B-Instruct","#
            + members + "}\n\n"
    }

    private static func chunk(_ text: String) -> [UInt8] {
        Array("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n".utf8)
    }
}

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

    init(events: Int) {
        self.events = events
        head = Array(
            """
            HTTP/1.1 200 OK\r
            content-type: text/event-stream; charset=utf-8\r
            transfer-encoding: chunked\r
            \r

            """.utf8)
        event = Self.chunk(
            Self.event(
                #""choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"#
                    + #""finish_reason":null}]"#))
        let finish = Self.event(
            #""choices":[{"index":0,"delta":{"content":""},"logprobs":null,"#
                + #""finish_reason":"length","stop_reason":null}]"#)
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

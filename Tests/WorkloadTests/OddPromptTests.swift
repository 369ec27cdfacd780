import Foundation
import JSON
import Testing

@testable import Workload

/// Files of prompts as people have them.
@Suite("Prompt files of the field") struct OddPromptTests {
    /// Texts that the turns of all conversations add.
    private func texts(_ library: PromptLibrary) -> [[String]] {
        library.conversations.map { conversation in
            conversation.turns.map { turn in
                let messages: [PromptMessage] =
                    switch turn.content {
                    case .messages(let messages): messages
                    case .members(let whole): [whole]
                    }
                return messages.map { message in
                    let bytes = message.texts.flatMap { library.texts[Int($0)] }
                    return "\(message.role): \(String(decoding: bytes, as: UTF8.self))"
                }.joined(separator: " | ")
            }
        }
    }

    private func outputs(_ library: PromptLibrary) -> [UInt32?] {
        library.conversations.flatMap { $0.turns.map(\.outputTokens) }
    }

    @Test("A prompt a line or in a list, with a length by any of its names")
    func prompts() throws {
        let lines = """
            {"prompt": "What is \\"it\\"?"}
            {"prompt": "And?", "output_tokens": 7}
            {"prompt": "So", "max_tokens": 3, "completion": "twelve bytes"}
            {"prompt": "Or", "response": "twelve bytes"}
            """
        let library = try PromptSamples.read(lines)
        #expect(library.format == .prompts && library.firstLineWithoutOutput == 1)
        #expect(texts(library).first == [#"user: What is \"it\"?"#])
        #expect(outputs(library) == [nil, 7, 3, 3])
        let list = "[" + lines.split(separator: "\n").joined(separator: ",\n") + "]"
        #expect(try texts(PromptSamples.read(list)) == texts(library))
    }

    @Test("Messages are one request, or a recorded conversation where an answer ends them")
    func messages() throws {
        let text = """
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q0"}], \
            "max_tokens": 4}
            {"messages": [{"role": "user", "content": "q1"}, \
            {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q2"}, \
            {"role": "assistant", "content": "12345678"}]}
            """
        let library = try PromptSamples.read(text)
        #expect(library.format == .messages && library.firstLineWithoutOutput == nil)
        #expect(
            texts(library) == [
                [
                    #"""
                    user: "messages":[{"role":"system","content":"s"},\#
                    {"role":"user","content":"q0"}]
                    """#
                ], ["user: q1", "assistant: a1 | user: q2"],
            ])
        #expect(outputs(library) == [4, 1, 2])
        let plain = try PromptSamples.read(text) { $0.endpoint = .completions }
        #expect(texts(plain)[0] == ["system: s | user: q0"])
        let parts = #"{"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}"#
        #expect(
            try texts(PromptSamples.read(parts) { $0.endpoint = .completions }) == [["user: x"]])
    }

    @Test("ShareGPT has its texts under either name; recorded answers stand before what follows")
    func shareGPT() throws {
        let text = """
            [{"conversations": [{"role": "user", "content": "q"}, \
            {"role": "assistant", "content": "a"},
              {"from": "human", "value": "p"}, {"from": "gpt", "value": "b"}]}]
            """
        let recorded = try PromptSamples.read(text)
        #expect(texts(recorded) == [["user: q", "assistant: a | user: p"]])
        // The last answer is nobody's context, and is not kept.
        #expect(recorded.texts.count == 3)
        let alone = try PromptSamples.read(text) { $0.history = .prompts }
        #expect(texts(alone) == [["user: q", "user: p"]])
    }

    @Test("Plain text is a prompt a line, blank lines aside", arguments: ["\n", "\r\n"])
    func plain(end: String) throws {
        let text = ["How are you?", "", "  ", "[INST] \"quoted\", so", "last"].joined(
            separator: end)
        for chunk in [1, 3, .max] {
            let library = try PromptSamples.read(text, chunk: chunk)
            #expect(library.format == .text && library.leftOut.isEmpty)
            #expect(
                texts(library) == [
                    ["user: How are you?"], [#"user: [INST] \"quoted\", so"#], ["user: last"],
                ])
            #expect(library.firstLineWithoutOutput == 1)
        }
        // A name says more than a first byte.
        let named = try PromptSamples.read("[INST] one" + end) { $0.encoding = .text }
        #expect(texts(named) == [["user: [INST] one"]])
    }

    @Test("A table gives the column that is named, or the one whose name says it")
    func tables() throws {
        let text =
            "\u{FEFF}id,Question,output_tokens\r\n1,\"a, \"\"b\"\"\r\nc\",5\r\n"
            + "2,two,\r\n3,\"three\",6"
        for chunk in [1, 2, 7, .max] {
            let library = try PromptSamples.read(text, chunk: chunk) { $0.encoding = .csv }
            #expect(
                texts(library) == [[#"user: a, \"b\"\r\nc"#], ["user: two"], ["user: three"]])
            #expect(outputs(library) == [5, nil, 6] && library.firstLineWithoutOutput == 4)
        }
        let named = try PromptSamples.read("a,b\n1,x\n2,y\n") {
            $0.column = "B"
            $0.encoding = .csv
        }
        #expect(texts(named) == [["user: x"], ["user: y"]])
        let tabs = try PromptSamples.read("id\tprompt\n1\tx, y\n") { $0.encoding = .tsv }
        #expect(texts(tabs) == [["user: x, y"]])
    }

    @Test(
        "A table that does not say where its prompts are asks for the column",
        arguments: [
            ("a,b\n1,2\n", nil, "`column:`"), ("a,b\n1,2\n", "c", "there is no column `c`"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n1,2,3\n", nil, "`lengths`"),
            ("prompt\n\"open\n", nil, "no end"),
        ] as [(String, String?, String)])
    func badTables(text: String, column: String?, words: String) throws {
        let error = #expect(throws: TraceError.self) {
            try PromptSamples.read(text) {
                $0.column = column
                $0.encoding = .csv
            }
        }
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
    }

    private static let odd = [
        #"{"prompt": null}"#, #"{"prompt": "\ud800 alone"}"#, #"{"prompt": ""}"#, #"{"other": 1}"#,
        #"{"prompt": "x", "output_tokens": -1}"#, #"{"prompt": "x" "y"}"#,
        #"{"prompt": "cut"#, "no object", "null", "[1, 2]", #""text""#,
    ]

    @Test("An odd entry is left out and counted; more than 1 % show the first", arguments: odd)
    func oddEntries(entry: String) throws {
        let good = Array(repeating: #"{"prompt": "good", "output_tokens": 2}"#, count: 199)
        let few = (good[..<120] + [entry] + good[120...]).joined(separator: "\n")
        let library = try PromptSamples.read(few)
        #expect(library.conversations.count == 199 && library.leftOut.words == "1 unusable")
        let many = (good[..<90] + [entry, entry, ""]).joined(separator: "\n")
        let error = #expect(throws: TraceError.self) { try PromptSamples.read(many) }
        #expect(error?.line == 91)
        #expect(error?.problem.contains("alone\"") == false)
    }

    @Test("One unusable entry in a hundred is left out, one in ninety-nine is an error")
    func bound() throws {
        let good = Array(repeating: #"{"prompt": "good", "output_tokens": 2}"#, count: 99)
        let library = try PromptSamples.read((good + ["{}"]).joined(separator: "\n"))
        #expect(library.leftOut.words == "1 unusable")
        #expect(throws: TraceError.self) {
            try PromptSamples.read((good.dropLast() + ["{}"]).joined(separator: "\n"))
        }
    }

    @Test(
        "An odd text of a line or a table is left out as well",
        arguments: [PromptEncoding.text, .csv])
    func oddLines(encoding: PromptEncoding) throws {
        let good = (0..<150).flatMap { _ in Array("good\n".utf8) }
        let bytes = Array("prompt\n".utf8) + good + [0xC3, 0x28, 0x0A] + good
        let library = try PromptSamples.read(bytes) { $0.encoding = encoding }
        #expect(library.leftOut.words == "1 unusable")
        #expect(library.conversations.count == (encoding == .text ? 301 : 300))
        #expect(throws: TraceError.self) {
            try PromptSamples.read(Array("prompt\n".utf8) + [0xC3, 0x28, 0x0A]) {
                $0.encoding = .csv
            }
        }
    }

    @Test("An answer of no tokens is left out by name, and times count from the earliest")
    func kinds() throws {
        let text = """
            {"timestamp": 900, "text_input": "b", "output_length": 3}
            {"timestamp": 950, "text_input": "none", "output_length": 0}
            {"timestamp": 100, "text_input": "a", "output_length": 4}
            """
        let library = try PromptSamples.read(text)
        #expect(library.leftOut.words == "1 no output tokens")
        #expect(library.rows.map(\.arrivalNs) == [800_000_000, 0])
        #expect(TraceReplay(rows: library.rows, prompts: library).window().map(\.output) == [4, 3])
    }

    @Test("Damage never traps", arguments: [PromptEncoding.text, .csv, .tsv])
    func damage(encoding: PromptEncoding) {
        let bytes = Array("a,prompt,max_tokens\r\n1,\"x \"\"y\"\" é\nz\",3\n\n2,w,4".utf8)
        for offset in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[offset] ^= 1 << bit
                _ = try? PromptSamples.read(damaged) { $0.encoding = encoding }  // or an error
            }
            _ = try? PromptSamples.read(Array(bytes[..<offset])) { $0.encoding = encoding }
        }
    }

    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/field/").standardizedFileURL.path + "/"

    @Test(
        "Files of the field are read",
        .enabled(if: FileManager.default.fileExists(atPath: folder)),
        arguments: [
            ("11-prompt-lines.jsonl", PromptFormat.prompts, 2),
            ("12-messages-lines.jsonl", .messages, 3),
            ("13-sharegpt-role-content.json", .shareGPT, 1),
        ])
    func field(file: String, format: PromptFormat, count: Int) throws {
        let data = try Data(contentsOf: URL(filePath: Self.folder + file))
        let library = try PromptSamples.read(Array(data))
        #expect(library.format == format && library.conversations.count == count)
    }

    @Test(
        "One in three is more than one in a hundred: the first is shown by its location",
        .enabled(if: FileManager.default.fileExists(atPath: folder)))
    func fieldNull() throws {
        let data = try Data(contentsOf: URL(filePath: Self.folder + "14-sharegpt-one-null.json"))
        let error = #expect(throws: TraceError.self) { try PromptSamples.read(Array(data)) }
        #expect(error?.line == 1 && error?.column == 2)
        #expect(error?.problem.contains("entry 2 of `conversations`") == true)
    }
}

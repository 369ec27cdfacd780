import Testing

@testable import Workload

@Suite("Tables and whole files of prompts") struct PromptTableTests {
    private func csv(
        _ text: String, chunk: Int = .max, column: String? = nil
    ) throws -> PromptLibrary {
        try PromptSamples.read(text, chunk: chunk) {
            $0.encoding = .csv
            $0.column = column
        }
    }

    private func texts(_ library: PromptLibrary) -> [String] {
        library.texts.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The first line shows what parts the fields", arguments: [1, 3, .max])
    func separators(chunk: Int) throws {
        for (mark, name) in [(",", nil), (";", "semicolons"), ("\t", "tabs")] {
            let rows = ["\n\"id\"\(mark)Question", "1\(mark)\"one; two, three\""]
            let library = try csv(rows.joined(separator: "\n"), chunk: chunk)
            #expect(texts(library) == ["one; two, three"])
            #expect(
                library.reading == ["column `Question`"] + (name.map { ["parted by \($0)"] } ?? []))
        }
        // A mark within quotes parts nothing.
        #expect(texts(try csv("\"a;b;c\",prompt\n1,x;y\n", chunk: chunk)) == ["x;y"])
        #expect(throws: TraceError.self) { try csv("id;prompt", chunk: chunk) }
    }

    @Test("One column of an unknown name is asked about, and a text that may be a prompt unsaid")
    func oneColumn() throws {
        let error = #expect(throws: TraceError.self) { try csv("frage\nwie?\n") }
        #expect(error?.problem.contains("--column") == true)
        #expect(texts(try csv("frage\nwie?\n", column: "Frage")) == ["wie?"])
        for text in ["hunter2\nx\n", "Is it hunter2?,Or not?\na,b\n"] {
            let prompt = #expect(throws: TraceError.self) { try csv(text) }
            #expect(prompt?.problem.contains("hunter2") == false)
        }
    }

    private static let good = Array(
        repeating: #"{"prompt": "good", "output_tokens": 2}"#, count: 199)

    @Test("The whole file is judged and counted, however little of it a plan keeps")
    func wholeFile() throws {
        let few = (Self.good + [#"{"prompt": null}"#]).joined(separator: "\n")
        for limit in [1, 50, 199] {
            let library = try PromptSamples.read(few) { $0.limit = limit }
            #expect(library.conversations.count == limit && library.texts.count == limit)
            #expect(library.leftOut[.unusable] == 1)
            #expect(library.leftOut[.beyondRequests] == 199 - limit)
        }
        let many = (Self.good + Array(repeating: "{}", count: 3)).joined(separator: "\n")
        for limit in [1, nil] {
            let error = #expect(throws: TraceError.self) {
                try PromptSamples.read(many) { $0.limit = limit }
            }
            #expect(error?.line == 200)
        }
        // A prompt that is not kept asks for no answer length.
        let unsaid = (Self.good + [#"{"prompt": "x"}"#]).joined(separator: "\n")
        #expect(try PromptSamples.read(unsaid) { $0.limit = 9 }.firstLineWithoutOutput == nil)
    }

    @Test("An entry that is left out in its middle leaves none of its texts")
    func leftOutWhole() throws {
        let odd = #"{"text": "x", "session_id": 1.5, "output_length": 1}"#
        let lines = Array(repeating: #"{"text": "a", "output_length": 1}"#, count: 150) + [odd]
        let library = try PromptSamples.read(lines.joined(separator: "\n"))
        #expect(library.texts.count == 150 && library.leftOut[.unusable] == 1)
        let parts = #"{"texts": ["kept?", 7], "output_length": 1}"#
        let again = try PromptSamples.read((lines.dropLast() + [parts]).joined(separator: "\n"))
        #expect(again.texts.count == 150 && again.textBytes == 150)
    }

    @Test(
        "Every format of objects has times for a replay",
        arguments: [
            #""prompt": "a""#, #""messages": [{"role": "user", "content": "a"}]"#,
            #""conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]"#,
            #""body": {"messages": [{"role": "user", "content": "a"}]}"#, #""text": "a""#,
            #""text_input": "a""#,
        ])
    func times(content: String) throws {
        func read(
            _ times: [String], _ change: (inout PromptReader.Options) -> Void = { _ in }
        ) throws -> PromptLibrary {
            let lines = times.map { "{\(content), \"timestamp\": \($0)}" }
            return try PromptSamples.read(lines.joined(separator: "\n")) {
                $0.isReplay = true
                change(&$0)
            }
        }
        #expect(try read(["700", "100.5"]).rows.map(\.arrivalNs) == [599_500_000, 0])
        let seconds = try read(["1", "3"]) { $0.time = .seconds }
        #expect(seconds.rows.map(\.arrivalNs) == [0, 2_000_000_000])
        let civil = try read(["\"2024-05-10 00:00:00\"", "\"2024-05-10 00:00:02\""])
        #expect(civil.rows.map(\.arrivalNs) == [0, 2_000_000_000])
        #expect(civil.firstLineWithoutTime == nil)
        #expect(try read(["5", "null"]).firstLineWithoutTime == 2)
        // Seconds that are read as ms are too many a second to be true.
        let error = #expect(throws: TraceError.self) { try read(["1", "2", "3"]) }
        #expect(error?.problem.contains("1000 arrivals a second") == true)
        #expect(error?.problem.contains("`time: s`") == true && error?.line == 1)
        #expect(try read(["1", "2"]) { $0.time = .milliseconds }.rows[1].arrivalNs == 1_000_000)
    }

    @Test("A class's prompts may have times of any kind beside them")
    func ignoredTimes() throws {
        let text = #"{"prompt": "a", "timestamp": "yesterday"}"#
        #expect(try PromptSamples.read(text).conversations[0].arrivalNs == nil)
    }

    @Test("Rows of a trace are told from prompts, within a list and without")
    func traces() {
        let row = #"{"timestamp": 0, "input_length": 5, "output_length": 3}"#
        let list = #expect(throws: TraceError.self) {
            try PromptSamples.read("[\(row), \(row)]") { $0.isReplay = true }
        }
        #expect(list?.problem == Trace.listProblem)
        let lines = #expect(throws: TraceError.self) { try PromptSamples.read(row) }
        #expect(lines?.problem.contains("a trace of lengths") == true)
        let trace = #expect(throws: TraceError.self) { try readTrace("[\n\(row)\n]") }
        #expect(trace?.problem == Trace.listProblem && trace?.line == 1)
    }
}

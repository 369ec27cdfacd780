import Testing

@testable import ServingClient

@Suite struct ModelListTests {
    private func read(_ text: String) -> ModelList { ModelList(Array(text.utf8)) }

    @Test(arguments: [
        (#"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#, ["a", "b"]),
        (#"[{"id":"a"}]"#, ["a"]), (#"{"data":[{"id":"a"},{"id":"a"}]}"#, ["a"]),
        (#"{"data":[{"name":"a"},7,null,{"id":""},{"id":"b\n"},{"id":"c"}]}"#, ["c"]),
    ])
    func namesAreTaken(text: String, names: [String]) {
        #expect(read(text).names == names && read(text).defect.isEmpty)
    }

    @Test(arguments: [
        ("", "empty answer"), ("<html>", "no JSON"), ("{}", "`data`"),
        (#"{"data":null}"#, "`data`"),
        (#"{"data":[]}"#, "empty list"), ("[]", "empty list"), (#"{"data":[{}]}"#, "`id`"),
        (#"{"data":[{"id":"a\u001b[31m"},{}]}"#, "every `id` has control characters"),
        (#"{"data":[{"id":7}]}"#, "none has an `id`"), (#"{"data":[{"id":""}]}"#, "none has"),
        (#"{"data":{"id":"a"}}"#, "`data`"), ("7", "`data`"),
    ])
    func whatNamesNoneSaysWhy(text: String, words: String) {
        let list = read(text)
        #expect(list.names.isEmpty && list.defect.contains(words), "\(list.defect)")
    }

    @Test func aLongNameIsNone() {
        let long = String(repeating: "x", count: ModelList.nameBytes + 1)
        #expect(read(#"{"data":[{"id":"\#(long)"}]}"#).names.isEmpty)
        #expect(read(#"{"data":[{"id":"\#(long.dropLast())"}]}"#).names.count == 1)
    }
}

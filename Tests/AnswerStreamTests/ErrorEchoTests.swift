import JSON
import Randomness
import Testing

@testable import AnswerStream

@Suite struct ErrorEchoTests {
    private func redacted(_ detail: String, sent prompt: String) -> String {
        let bytes = JSONValue.string(prompt).serialized.dropFirst().dropLast()
        return Array(bytes).withUnsafeBytes { ErrorExcerpt.redacting(detail, echoOf: $0) }
    }

    @Test func quotesAreFoundWithTheirCharactersAndWithTheirEscapes() {
        let prompt = "He said \"open the pod bay doors\"\nnow\tor never, caf\u{e9}"
        let plain = "bad input: He said \"open the pod bay doors\" now or never, caf\u{e9}!"
        #expect(redacted(plain, sent: prompt) == "bad input: ***!")
        let escaped = #"bad input: He said \"open the pod bay doors\"\nnow\tor never, caf\#u{e9}!"#
        #expect(redacted(escaped, sent: prompt) == "bad input: ***!")
        #expect(redacted("the model does not exist", sent: prompt) == "the model does not exist")
    }

    @Test func shortRemainsBetweenQuotesGoWithThem() {
        let detail = "got [the quick brown fox] and [jumps over the dog]"
        #expect(
            redacted(detail, sent: "the quick brown fox jumps over the dog") == "got [***]")
    }

    /// Whatever part of a prompt a server quotes, no twelve bytes of it come through.
    @Test func noRunOfThePromptIsTold() {
        var generator = SplitMix64(seed: 12)
        let letters: [Character] = [
            "a", "b", "c", " ", "\"", "\n", "\\", "\t", "\u{e9}", "\u{1F600}",
        ]
        for _ in 0..<200 {
            let length = Int.random(in: 12...120, using: &generator)
            let prompt = String(
                (0..<length).map { _ in letters.randomElement(using: &generator)! })
            let begin = Int.random(in: 0...(length - 12), using: &generator)
            let end = Int.random(in: (begin + 12)...length, using: &generator)
            let quoted = String(Array(prompt)[begin..<end])
            let detail = ErrorExcerpt.clean("error 7: <" + quoted + ">", limit: 200)
            let told = redacted(detail, sent: prompt)
            let window = Array(ErrorExcerpt.clean(prompt, limit: 1_000).utf8)
            let bytes = Array(told.utf8)
            for offset in window.indices.dropLast(11) {
                #expect(bytes.firstRange(of: window[offset..<offset + 12]) == nil, "\(told)")
            }
            #expect(told.hasPrefix("error 7: <"))
        }
    }

    @Test func longPromptsAndRepeatedOnesAreReadOnce() {
        let long = String(repeating: "abcdefgh ijkl ", count: 100_000)
        #expect(redacted("no: ijkl abcdefgh ijkl abc?", sent: long) == "no:***?")
        let same = String(repeating: "a", count: 1 << 20)
        #expect(redacted(String(repeating: "a", count: 200), sent: same) == "***")
    }
}

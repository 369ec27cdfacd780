import Testing

@testable import Scenario

@Suite struct NearestNameTests {
    private static let options = [
        "--grace", "--out", "--url", "--model", "--tokens", "--token-file", "--listen", "--local",
        "--request-rate", "--max-concurrency", "--num-prompts", "--duration", "--seed", "--drain",
    ]

    @Test(
        arguments: [
            ("--rate", nil), ("--trace", nil), ("--host", nil), ("--brace", nil), ("--limit", nil),
            ("--timeout", nil), ("--train", nil), ("--o", nil), ("--urls", "--url"),
            ("--modle", "--model"), ("--max-concurency", "--max-concurrency"),
            ("--requestrate", "--request-rate"), ("--reqest-rate", "--request-rate"),
            ("--num-promts", "--num-prompts"), ("--durtion", "--duration"), ("--sede", "--seed"),
        ] as [(String, String?)])
    func `a name is proposed where letters and beginning are near`(typed: String, meant: String?) {
        #expect(nearestName(to: typed, among: Self.options) == meant)
    }

    @Test(arguments: ["n", "no", "x", "", "p"])
    func `short words are nobody's misspelling`(typed: String) {
        #expect(nearestName(to: typed, among: ["default", "robust", "s", "ns", "h"]) == nil)
    }

    @Test func `a name is nearest to itself, in any spelling of its blanks`() {
        for name in ["first token", "between tokens", "max model length", "ttft"] {
            for typed in [name, name.uppercased(), name.replacing(" ", with: "_")] {
                #expect(nearestName(to: typed, among: ["total", name, "connect"]) == name)
            }
        }
    }
}

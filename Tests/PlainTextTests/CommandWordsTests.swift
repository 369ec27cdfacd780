import Testing

@testable import PlainText

@Suite("Words of a command")
struct CommandWordsTests {
    @Test(
        "No secret is kept",
        arguments: [
            ["--api-key", "s3cret"], ["--api-key=s3cret"], ["--api-key-file", "s3cret"],
            ["--openai-key", "s3cret"], ["--token-file", "s3cret"], ["--token-file=s3cret"],
            ["--header", "authorization: Bearer s3cret"], ["--header=x-a:s3cret"],
            ["-H", "s3cret"], ["--password", "s3cret"],
            ["--url", "http://me:s3cret@host/v1"], ["--url=http://s3cret@host"],
            ["--url", "http://host/v1?api_key=s3cret&x=1"],
            ["--extra-body", #"{"api_key":"s3cret"}"#], ["--extra-body=auth=s3cret"],
        ])
    func secrets(_ words: [String]) {
        let kept = CommandWords.withoutSecrets(["run"] + words + ["--seed", "1"])
        #expect(!kept.joined(separator: " ").contains("s3cret"), "\(kept)")
        #expect(kept.joined(separator: " ").contains("***"))
        #expect(kept.first == "run" && kept.suffix(2) == ["--seed", "1"])
    }

    @Test("What is no secret stays as it was typed")
    func plain() {
        let words = [
            "run", "a b.yaml", "--tokens", "always", "--token-rows", "--num-prompts", "40",
            "--url", "http://host:8000/v1?x=1", "--extra-body", #"{"min_tokens": 1}"#, "--sqlite",
            "--out=/tmp/x", "-m", "key-model", "--seed", "-3",
        ]
        #expect(CommandWords.withoutSecrets(words) == words)
        #expect(
            CommandWords.withoutSecrets(["--header", "x-team: a"]) == ["--header", "x-team: ***"])
        #expect(
            CommandWords.withoutSecrets(["--url", "http://u:p@h/?key=1&b=2"])
                == ["--url", "http://***@h/?key=***&b=2"])
        #expect(CommandWords.withoutSecrets([]) == [])
    }

    @Test("A shell reads the words again")
    func shell() {
        #expect(CommandWords.shell(["legato", "run", "a.yaml"]) == "legato run a.yaml")
        #expect(
            CommandWords.shell(["a b", "it's", "", "$x", "--n=1"])
                == #"'a b' 'it'\''s' '' '$x' --n=1"#)
    }
}

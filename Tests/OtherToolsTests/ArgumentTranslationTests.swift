import Testing

@testable import OtherTools

/// Options of `legato run`, as far as the list writes them.
private let run: Set<String> = [
    "--url", "-u", "--model", "-m", "--endpoint", "--request-rate", "--burstiness", "--spacing",
    "--max-concurrency", "--num-prompts", "--duration", "--warmup", "--input-len", "--output-len",
    "--prompts", "--seed", "--goodput", "--preset", "--no-probe", "--ignore-eos",
    "--no-ignore-eos", "--extra-body",
    "--header", "--api-key-file", "--drain", "--out", "--insecure", "--json", "--agents", "--local",
    "--percentiles", "--ready-timeout",
]

private func words(_ line: [String], owned: Set<String> = run) -> [String]? {
    guard case .arguments(let words, _) = ArgumentTranslation(line, owned: owned, explains: true)
    else { return nil }
    return words
}

private func faults(_ line: [String], owned: Set<String> = run, explains: Bool = true) -> [String] {
    guard case .refused(let faults) = ArgumentTranslation(line, owned: owned, explains: explains)
    else { return [] }
    return faults
}

@Suite("Other tools' options in a command's words")
struct ArgumentTranslationTests {
    @Test(
        "One option has one twin",
        arguments: [
            (["--base-url", "http://a:1"], ["--url=http://a:1"]),
            (["--base-url=http://a:1"], ["--url=http://a:1"]),
            (["--target", "http://a:1"], ["--url=http://a:1"]),
            (["--random-input-len", "512"], ["--input-len=512"]),
            (["--random_input_len", "512"], ["--input-len=512"]),
            (["--random-output-len=128"], ["--output-len=128"]),
            (["--isl", "7", "--osl", "8"], ["--input-len=7", "--output-len=8"]),
            (["--synthetic-input-tokens-mean", "7"], ["--input-len=7"]),
            (["--concurrency", "8"], ["--max-concurrency=8"]),
            (["--num-requests", "40"], ["--num-prompts=40"]),
            (["--request-count", "40"], ["--num-prompts=40"]),
            (["--max-requests", "40"], ["--num-prompts=40"]),
            (["--benchmark-duration", "30"], ["--duration=30 s"]),
            (["--benchmark-duration", "2 min"], ["--duration=2 min"]),
            (["--max-seconds", "1.5"], ["--duration=1.5 s"]),
            (["--benchmark-grace-period", "5"], ["--drain=5 s"]),
            (["--rate", "4"], ["--request-rate=4"]),
            (["--num-warmups", "3"], ["--warmup=3 requests"]),
            (["--num-warmups", "0"], ["--warmup=none"]),
            (["--warmup-duration", "5"], ["--warmup=5 s"]),
            (["--random-seed", "42"], ["--seed=42"]),
            (["--dataset-path", "a.json"], ["--prompts=a.json"]),
            (["--arrival-smoothness", "0.5"], ["--burstiness=0.5"]),
            (["--isl", "100..400"], ["--input-len=100..400"]),
            (["--streaming"], []), (["--disable-tqdm"], []),
            (["--extra-request-body", #"{"a":1}"#], [#"--extra-body={"a":1}"#]),
            (["--temperature", "0.7"], [#"--extra-body={"temperature":0.7}"#]),
            (["--temperature", "0"], [#"--extra-body={"temperature":0}"#]),
            (["--top-p", ".9"], [#"--extra-body={"top_p":0.9}"#]),
            (["--presence-penalty", "-1"], [#"--extra-body={"presence_penalty":-1}"#]),
            (["--top-k", "40"], [#"--extra-body={"top_k":40}"#]),
            (
                ["--chat-template-kwargs", #"{"thinking":true}"#],
                [#"--extra-body={"chat_template_kwargs":{"thinking":true}}"#]
            ),
            (["--extra-inputs", "top_k:40"], [#"--extra-body={"top_k":40}"#]),
            (["--extra-inputs", "tier:gold"], [#"--extra-body={"tier":"gold"}"#]),
            (["--extra-inputs", #"{"a":[1]}"#], [#"--extra-body={"a":[1]}"#]),
            (["--extra-inputs", "ignore_eos:true"], ["--ignore-eos"]),
            (["--extra-inputs", "ignore_eos:false"], ["--no-ignore-eos"]),
            (["--model-names", "a"], ["--model=a"]),
        ] as [([String], [String])])
    func twin(typed: [String], read: [String]) {
        #expect(words(typed) == read)
    }

    @Test("What was typed for each option is known, in the order of its values")
    func typedNames() {
        let line = [
            "--extra-body", "{}", "--temperature", "0", "--extra-inputs", "a:1", "--concurrency",
            "8", "--seed", "3", "--base-url", "http://a:1",
        ]
        guard
            case .arguments(_, let typed) = ArgumentTranslation(line, owned: run, explains: true)
        else {
            Issue.record("refused")
            return
        }
        #expect(typed["--extra-body"] == ["--extra-body", "--temperature", "--extra-inputs"])
        #expect(typed["--max-concurrency"] == ["--concurrency"])
        #expect(typed["--url"] == ["--base-url"] && typed["--seed"] == ["--seed"])
    }

    @Test(
        "Options that belong together become one",
        arguments: [
            (["--host", "gpu7", "--port", "9000"], ["--url=http://gpu7:9000"]),
            (["--port", "9000"], ["--url=http://127.0.0.1:9000"]),
            (["--host", "gpu7"], ["--url=http://gpu7:8000"]),
            (["--host", "::1", "--port", "9"], ["--url=http://[::1]:9"]),
            (["--endpoint", "/v1/chat/completions"], ["--endpoint=chat"]),
            (["--endpoint", "/v1/completions"], ["--endpoint=completions"]),
            (["--endpoint", "v1/chat/completions"], ["--endpoint=chat"]),
            (
                ["--base-url", "http://a:1", "--endpoint", "/v1/chat/completions"],
                ["--url=http://a:1", "--endpoint=chat"]
            ),
            (
                ["--endpoint", "/api/v3/chat/completions?v=1", "--base-url", "http://a:1/"],
                ["--endpoint=chat", "--url=http://a:1/api/v3/chat/completions?v=1"]
            ),
            (
                ["-u", "http://a:1", "--custom-endpoint", "/x/completions"],
                ["--url=http://a:1/x/completions", "--endpoint=completions"]
            ),
            (
                ["--host", "a", "--endpoint", "/x/completions"],
                ["--url=http://a:8000/x/completions", "--endpoint=completions"]
            ),
            (["--endpoint-type", "openai-chat"], ["--endpoint=chat"]),
            (["--request-format", "text_completions"], ["--endpoint=completions"]),
            (["--rate-type", "constant", "--rate", "5"], ["--request-rate=5", "--spacing=even"]),
            (["--rate", "5", "--rate-type", "poisson"], ["--request-rate=5"]),
            (["--rate-type", "concurrent", "--rate", "16"], ["--max-concurrency=16"]),
            (["--rate-type", "synchronous"], ["--max-concurrency=1"]),
            (["--arrival-pattern", "constant"], ["--spacing=even"]),
            (
                [
                    "--ramp-up-strategy", "linear", "--ramp-up-start-rps", "1",
                    "--ramp-up-end-rps", "9",
                ], ["--request-rate=1..9"]
            ),
            (
                ["--model", "/models/llama", "--served-model-name", "llama"],
                ["--model=llama"]
            ),
            (["--served-model-name", "llama", "-m", "/models/llama"], ["--model=llama"]),
            (["--header", "x-team=a", "x-b=c:d"], ["--header=x-team: a", "--header=x-b: c:d"]),
            (["-H", "X-Team: a=b"], ["--header=X-Team: a=b"]),
            (
                ["--data", "prompt_tokens=512,output_tokens=128"],
                ["--input-len=512", "--output-len=128"]
            ),
            (
                [
                    "--data",
                    #"{"prompt_tokens":512,"prompt_tokens_stdev":64,"prompt_tokens_min":1}"#,
                ],
                ["--input-len=normal(mean 512, sd 64, min 1)"]
            ),
            (
                [
                    "--data",
                    "kind=synthetic_text,prompt_tokens=9,prompt_tokens_min=4,prompt_tokens_max=12",
                ], ["--input-len=4..12"]
            ),
            (["--data", "a.jsonl"], ["--prompts=a.jsonl"]),
            (["--constraint", "kind=max_duration,seconds=60"], ["--duration=60 s"]),
            (["--constraint", "kind=max_requests,count=9"], ["--num-prompts=9"]),
        ] as [([String], [String])])
    func together(typed: [String], read: [String]) {
        #expect(words(typed) == read)
    }

    @Test(
        "The scenario behind a list of values is none of them",
        arguments: [
            (
                ["--goodput", "ttft:500", "tpot:50", "chat.yaml"],
                ["--goodput=ttft:500", "--goodput=tpot:50", "chat.yaml"]
            ),
            (
                ["--goodput=ttft:500", "tpot:50", "runs/a", "runs/b"],
                ["--goodput=ttft:500", "--goodput=tpot:50", "runs/a", "runs/b"]
            ),
            (
                ["--goodput", "ttft:500", "tpot", "chat.yaml"],
                ["--goodput=ttft:500", "--goodput=tpot", "chat.yaml"]
            ),
            (["--goodput", "ttft:500 tpot:50", "a"], ["--goodput=ttft:500 tpot:50", "a"]),
            (
                ["--goodput", "request_latency:250", "inter_token_latency:10", "./a:1/b"],
                ["--goodput=request_latency:250", "--goodput=inter_token_latency:10", "./a:1/b"]
            ),
            (
                ["a.yaml", "--goodput", "ttft:5", "--json"],
                ["a.yaml", "--goodput=ttft:5", "--json"]
            ),
            (
                ["--header", "x: 1", "chat.yaml"], ["--header=x: 1", "chat.yaml"]
            ),
        ] as [([String], [String])])
    func lists(typed: [String], read: [String]) {
        #expect(words(typed) == read)
    }

    @Test(
        "What is the command's own stays as it was typed",
        arguments: [
            [], ["chat.yaml"], ["--url", "http://a", "--model", "m", "-m", "n"],
            ["--endpoint", "chat"], ["--endpoint=completions"], ["--json", "a.yaml"],
            ["--num-prompts", "5", "--out", "dir", "a.yaml"], ["--json"], ["--unknown", "x"],
            ["--", "--base-url", "x", "--tokenizer"], ["--out", "--", "--rate"], ["-"],
            ["--endpoint"], ["--header"], ["--seed=4"], ["--input-len", "100..400"],
        ])
    func own(line: [String]) {
        #expect(words(line) == line)
    }

    @Test("Underscores are dashes in names, and stay in values")
    func underscores() {
        #expect(
            words(["--max_concurrency", "4", "--out=a_b", "--num_prompts=7", "a_b.yaml"])
                == ["--max-concurrency", "4", "--out=a_b", "--num-prompts=7", "a_b.yaml"])
    }

    @Test(
        "What has no twin is refused with what does it here",
        arguments: [
            (["--tokenizer", "gpt2"], "--tokenizer: no tokenizer is loaded"),
            (["--backend", "vllm"], "--backend: every server is asked in the OpenAI style"),
            (
                ["--dataset-name", "random"],
                "--dataset-name: the format of --prompts FILE is known"
            ),
            (["--save-result"], "--save-result: every run leaves a folder"),
            (["--max-errors", "3"], "--max-errors: a larger share of failures than --max-failed"),
            (["--random-range-ratio", "0.5"], "--random-range-ratio: vllm and sglang mean"),
            (["--rate-type", "sweep"], "--rate-type: `sweep` is several runs here"),
            (["--rate", "1,2"], "--rate: is one rate here"),
            (["--rate", "1", "--rate", "2"], "--rate: is one rate here"),
            (["--concurrency", "1,2,4"], "--concurrency: is one whole number here"),
            (["--isl", "128,512"], "--isl: is one whole number here (--input-len), not `128,512`"),
            (["--endpoint", "/v1/embeddings"], "--endpoint: `/v1/embeddings` is no path of"),
            (["--endpoint", "/x/completions"], "--endpoint: needs the server it is a path of"),
            (["--endpoint-type", "embeddings"], "--endpoint-type: `embeddings` has no twin"),
            (["--host", "a", "--port", "0"], "--port: is a number from 1 to 65535"),
            (["--host", "http://a"], "--host: is a name or an address"),
            (["--host", "a", "--base-url", "http://b"], "--host: and a URL name the server twice"),
            (["--ramp-up-start-rps", "1"], "--ramp-up-start-rps: needs both ends"),
            (["--data", "gpt/set"], "--data: nothing is downloaded"),
            (["--data", "prompt_tokens=9,images=2"], "--data: `images` has no twin"),
            (["--isl", "5", "--input-len", "6"], "--isl: is --input-len here, which is given"),
            (["--isl", "5", "--random-input-len", "6"], "--random-input-len: is --input-len here"),
            (["--num-warmups", "x"], "--num-warmups: is a whole number of requests"),
            (["--base-url"], "--base-url: needs a value"),
            (["--base-url", "--json"], "--base-url: needs a value"),
            (["--streaming=yes"], "--streaming: takes no value"),
            (["--image-batch-size", "4"], "--image-batch-size: text is what is measured"),
            (["--gsp-num-groups", "4"], "--gsp-num-groups: a class of the scenario has `prefix"),
        ] as [([String], String)])
    func refused(line: [String], words: String) {
        let found = faults(line)
        #expect(found.count == 1 && found.first?.hasPrefix(words) == true, "\(found)")
    }

    @Test("All that is not understood is told at once, each once")
    func allAtOnce() {
        let found = faults([
            "--backend", "openai-chat", "--tokenizer", "a", "--save-result", "--save-result",
        ])
        #expect(
            found.map { $0.prefix { $0 != ":" } } == ["--backend", "--tokenizer", "--save-result"])
    }

    @Test(
        "A key on the command line is refused everywhere and never repeated",
        arguments: [true, false])
    func key(explains: Bool) {
        for line in [["--api-key", "hunter2"], ["--api-key=hunter2"]] {
            let found = faults(line, owned: ["--url", "--api-key-file"], explains: explains)
            #expect(found.count == 1 && found[0].contains("--api-key-file"))
            #expect(found[0].contains("`ps`") && !found[0].contains("hunter2"))
        }
    }

    @Test("A command's own option goes before another tool's of that name")
    func ownFirst() {
        let engine: Set<String> = ["--host", "--port", "--model", "--gpu"]
        let line = ["--host", "0.0.0.0", "--port", "8000", "--base-url", "x", "--tokenizer", "y"]
        guard
            case .arguments(let words, _) = ArgumentTranslation(
                line, owned: engine, explains: false)
        else {
            Issue.record("refused")
            return
        }
        #expect(words == line)
    }

    @Test("No arguments make it trap, and no other tool's option is left over")
    func stability() {
        var state: UInt64 = 24
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let values = [
            "", "-", "--", "=", "--=", "-1", "1", "a", "{", "{}", "a=b", "a:b", "/x", "x,", ":",
            "ü",
            "ttft:1", "kind=max_duration,seconds=", "/chat/completions", "kind=,=", "[1]", "sweep",
        ]
        let names = ForeignOption.all.flatMap(\.names) + run.sorted()
        for _ in 0..<4_000 {
            let line = (0..<random(6)).flatMap { _ -> [String] in
                let name = names[random(names.count)]
                let value = values[random(values.count)]
                return [[name, value], ["\(name)=\(value)"], [name], [value]][random(4)]
            }
            _ = ArgumentTranslation.concerns(line)
            guard let read = words(line) else { continue }
            for word in read.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
                let name = String(word.prefix { $0 != "=" })
                #expect(
                    run.contains(name) || ForeignOption.named(name) == nil, "\(line) -> \(read)")
            }
        }
    }
}

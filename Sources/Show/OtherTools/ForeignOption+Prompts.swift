import ToolRules

/// Lengths and texts of prompts.
extension ForeignOption {
    static let lengths: [ForeignOption] = [
        ForeignOption(
            [
                "--random-input-len", "--random-input", "--sonnet-input-len",
                "--synthetic-input-tokens-mean", "--prompt-input-tokens-mean", "--isl",
            ], [.vllm, .sglang, .aiperf], .option("--input-len", .tokens)),
        ForeignOption(
            [
                "--random-output-len", "--random-output", "--sonnet-output-len",
                "--sharegpt-output-len", "--custom-output-len", "--hf-output-len",
                "--spec-bench-output-len", "--speed-bench-output-len", "--output-tokens-mean",
                "--prompt-output-tokens-mean", "--osl",
            ], [.vllm, .sglang, .aiperf], .option("--output-len", .tokens)),
        ForeignOption(
            ["--random-range-ratio"], [.vllm, .sglang, .aiperf],
            .none(
                "vllm and sglang mean different ranges by it; write the one that is meant, "
                    + "`--input-len 256..768 --output-len 64..192`")),
        ForeignOption(
            [
                "--synthetic-input-tokens-stddev", "--prompt-input-tokens-stddev", "--isl-stddev",
                "--isl-min", "--isl-max",
            ], [.aiperf],
            .none("lengths are one law, `--input-len 'normal(mean 512, sd 64, min 16)'`")),
        ForeignOption(
            [
                "--output-tokens-stddev", "--prompt-output-tokens-stddev", "--osl-stddev",
                "--osl-min", "--osl-max",
            ], [.aiperf],
            .none("lengths are one law, `--output-len 'normal(mean 128, sd 16, min 4)'`")),
        ForeignOption(["--data"], [.guidellm], .rule(.syntheticData)),
        ForeignOption(
            [
                "--random-prefix-len", "--sonnet-prefix-len", "--prefix-repetition-*", "--gsp-*",
                "--prompt-prefix-*", "--prefix-prompt-length", "--num-prefix-prompts",
                "--prefix-prompt-pool-size", "--shared-system-prompt-length",
                "--user-context-prompt-length",
            ], [.vllm, .sglang, .aiperf],
            .none(
                "a class of the scenario has `prefix: 512 tokens`, which all its prompts begin with"
            )),
        ForeignOption(
            ["--sharegpt-context-len", "--max-context-length"], [.sglang, .aiperf],
            .none("a class of the scenario has `context: 8192 tokens`, where its sessions end")),
        ForeignOption(
            ["--conversation-*", "--session-*", "--num-conversations", "--num-sessions"], [.aiperf],
            .none("a class of the scenario has `turns: 1..5` and `think: 8 s`")),
        ForeignOption(
            ["--sequence-distribution", "--seq-dist", "--isl-osl-pairs"], [.aiperf],
            .none(
                "several classes with a `share` each do that, or a file of pairs under `lengths`")),
    ]

    static let prompts: [ForeignOption] = [
        ForeignOption(
            ["--dataset-path", "--input-file"], [.vllm, .sglang, .aiperf],
            .option("--prompts", .text)),
        ForeignOption(
            ["--dataset-name", "--custom-dataset-type"], [.vllm, .sglang, .aiperf],
            .none(
                "the format of --prompts FILE is known by its content, and without a file prompts "
                    + "are made to --input-len; leave this out")),
        ForeignOption(
            ["--public-dataset", "--hf-*", "--hf-name"], [.aiperf, .vllm],
            .none("nothing is downloaded; fetch the file and give it as --prompts FILE")),
        ForeignOption(
            [
                "--fixed-schedule*", "--use-trace-timestamps", "--self-timed", "--mooncake-*",
                "--replay-speedup", "--open-loop-*",
            ], [.aiperf, .sglang, .vllm],
            .none(
                "a stage of the scenario replays a trace: `stages: [{ replay: FILE, scale: 1 }]`")),
        ForeignOption(
            [
                "--disable-shuffle", "--no-oversample", "--allow-dataset-wrap",
                "--dataset-sampling-strategy", "--dataset-*", "--data-*", "--num-dataset-entries",
            ], [.vllm, .sglang, .aiperf, .guidellm],
            .none("conversations of a file are taken in its order and begin anew at its end")),
        ForeignOption(["--no-stream"], [.vllm], .always("files of prompts are read whole")),
        ForeignOption(
            ["--tokenize-prompt"], [.sglang],
            .always(
                "token ids are sent where the server takes them, unless `request.prompt` says no")),
        ForeignOption(
            ["--apply-chat-template", "--skip-chat-template"], [.vllm, .sglang, .aiperf],
            .none("the server applies its template: --endpoint chat with it, completions without")),
        ForeignOption(
            [
                "--image-*", "--random-image-count", "--audio-*", "--video-*", "--random-mm-*",
                "--rankings-*", "--random-batch-size", "--batch-size*", "--prompt-batch-size",
                "--no-reranker", "--blazedit-*", "--spec-bench-*", "--speed-bench-*",
            ], [.vllm, .sglang, .aiperf],
            .none("text is what is measured here: no images, audio, embeddings or rankings")),
        ForeignOption(
            [
                "--tokenizer", "--tokenizer-*", "--skip-tokenizer-init", "--trust-remote-code",
                "--processor", "--processor-args",
            ], [.vllm, .sglang, .aiperf, .guidellm],
            .none(
                "no tokenizer is loaded: the probe learns how the server counts, and its usage is "
                    + "compared; leave this out")),
    ]
}

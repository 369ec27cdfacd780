import ToolRules

/// Servers, models and the load itself.
extension ForeignOption {
    static let servers: [ForeignOption] = [
        ForeignOption(["--base-url"], [.vllm, .sglang], .option("--url", .text)),
        ForeignOption(["--target"], [.guidellm], .option("--url", .text)),
        ForeignOption(["--host", "--port"], [.vllm, .sglang], .rule(.hostAndPort)),
        ForeignOption(
            ["--endpoint", "--custom-endpoint"], [.vllm, .aiperf], .rule(.endpointPath)),
        ForeignOption(
            ["--endpoint-type", "--request-format", "--request-type"],
            [.vllm, .aiperf, .guidellm], .rule(.endpointType)),
        ForeignOption(["--model-names"], [.aiperf], .option("--model", .model)),
        ForeignOption(["--served-model-name"], [.vllm, .sglang], .rule(.servedModel)),
        ForeignOption(["--header", "-H"], [.vllm, .sglang, .aiperf], .rule(.headers)),
        ForeignOption(
            ["--api-key"], [.aiperf],
            .none(
                "a key on the command line is visible in `ps` to everybody on the node; write it "
                    + "into a file for --api-key-file, or set LEGATO_API_KEY or OPENAI_API_KEY")),
        ForeignOption(
            ["--backend", "--service-kind", "--backend-args", "--backend-kwargs"],
            [.vllm, .sglang, .guidellm],
            .none(
                "every server is asked in the OpenAI style; --url names it and --endpoint chat or "
                    + "completions the API, so leave this out")),
        ForeignOption(
            ["--lora-*", "--model-selection-strategy", "--url-strategy"],
            [.vllm, .sglang, .aiperf],
            .none(
                "a class of the scenario names its model or a mix, such as `model: { base: 50 %, "
                    + "adapter-a: 50 % }`; every agent deals its sessions over its own servers in "
                    + "turn")),
        ForeignOption(
            ["--request-timeout-seconds"], [.aiperf],
            .none(
                "time-outs are the scenario's `timeouts`, for example `timeouts: { total: 10 min }`"
            )),
        ForeignOption(
            ["--connection-reuse-strategy", "--transport", "--transport-type"], [.aiperf],
            .none(
                "connections are kept and used again over HTTP/1.1, one request at a time each; "
                    + "--connections fresh opens one a request")),
        ForeignOption(
            ["--ready-check-timeout-sec", "--wait-for-model-timeout"], [.vllm, .aiperf],
            .option("--ready-timeout", .seconds)),
    ]

    static let load: [ForeignOption] = [
        ForeignOption(
            ["--concurrency", "--max-concurrent-requests"], [.aiperf],
            .option("--max-concurrency", .count)),
        ForeignOption(["--rate", "--rate-type"], [.guidellm], .rule(.rate)),
        ForeignOption(
            ["--num-requests", "--request-count", "--max-requests"], [.aiperf, .guidellm],
            .option("--num-prompts", .count)),
        ForeignOption(
            ["--benchmark-duration", "--max-seconds", "--max-duration"], [.aiperf, .guidellm],
            .option("--duration", .seconds)),
        ForeignOption(["--constraint"], [.guidellm], .rule(.constraint)),
        ForeignOption(
            ["--benchmark-grace-period"], [.aiperf], .option("--drain", .seconds)),
        ForeignOption(
            [
                "--num-warmups", "--warmup-requests", "--warmup-request-count",
                "--num-warmup-requests",
            ],
            [.vllm, .sglang, .aiperf], .option("--warmup", .requests)),
        ForeignOption(["--warmup-duration"], [.aiperf], .option("--warmup", .seconds)),
        ForeignOption(
            ["--warmup-*"], [.aiperf],
            .none(
                "the warm-up has the rate or concurrency of the first stage; --warmup says how long"
            )
        ),
        ForeignOption(
            ["--cooldown"], [.guidellm],
            .none(
                "nothing is cut off the end; the steady window, which is found, leaves out what "
                    + "follows the last arrival")),
        ForeignOption(
            ["--arrival-smoothness", "--vllm-burstiness"], [.aiperf],
            .option("--burstiness", .text)),
        ForeignOption(
            ["--arrival-pattern", "--request-rate-mode"], [.aiperf], .rule(.arrivalPattern)),
        ForeignOption(
            ["--ramp-up-strategy", "--ramp-up-start-rps", "--ramp-up-end-rps"], [.vllm],
            .rule(.rampUp)),
        ForeignOption(
            ["--rampup", "--request-rate-ramp-duration", "--concurrency-ramp-duration"],
            [.guidellm, .aiperf],
            .none("a ramp is a rate from one to another, `--request-rate 4..12 --duration 60`")),
        ForeignOption(["--random-seed"], [.aiperf, .guidellm], .option("--seed", .count)),
        ForeignOption(
            ["--sweep-*", "--search-*", "--override"], [.aiperf, .guidellm],
            .none("a run has one rate or concurrency; run it once for each")),
        ForeignOption(
            ["--user-centric-rate", "--num-users"], [.aiperf],
            .none(
                "sessions arrive at --request-rate, or --max-concurrency of them at once; a "
                    + "class's `turns` and `think` make conversations of them")),
        ForeignOption(
            ["--prefill-concurrency*", "--request-cancellation-*"], [.aiperf],
            .none("prefill is not told apart here, and every request is read to its end")),
        ForeignOption(
            ["--probe-request-rate"], [.vllm],
            .none(
                "a class of short requests with a small `share` in a scenario does the same, and "
                    + "is reported apart")),
        ForeignOption(
            ["--config", "--scenario"], [.aiperf, .guidellm],
            .none("the scenario is the first argument, without an option: `legato run FILE`")),
    ]
}

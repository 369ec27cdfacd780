import ToolRules

/// Contents of requests, measurements, output, and how the tools run themselves.
extension ForeignOption {
    static let requestBody: [ForeignOption] = [
        ForeignOption(
            ["--extra-request-body"], [.sglang], .option("--extra-body", .text)),
        ForeignOption(["--extra-inputs"], [.aiperf], .rule(.extraInputs)),
        ForeignOption(["--temperature"], [.vllm, .sglang], .member("temperature")),
        ForeignOption(["--top-p"], [.vllm, .sglang], .member("top_p")),
        ForeignOption(["--top-k"], [.vllm], .member("top_k")),
        ForeignOption(["--min-p"], [.vllm], .member("min_p")),
        ForeignOption(["--frequency-penalty"], [.vllm], .member("frequency_penalty")),
        ForeignOption(["--presence-penalty"], [.vllm], .member("presence_penalty")),
        ForeignOption(["--repetition-penalty"], [.vllm], .member("repetition_penalty")),
        ForeignOption(["--chat-template-kwargs"], [.vllm], .member("chat_template_kwargs")),
        ForeignOption(
            ["--logprobs", "--return-logprob", "--top-logprobs-num", "--token-ids-logprob"],
            [.vllm, .sglang],
            .none("goes into the body, `--extra-body '{\"logprobs\": true}'` for chat")),
        ForeignOption(
            ["--use-beam-search"], [.vllm],
            .none("a reader reads one answer as it comes, which a beam search does not stream")),
        ForeignOption(
            ["--streaming", "--stream"], [.aiperf], .always("every request asks for a stream")),
        ForeignOption(
            ["--disable-ignore-eos"], [.sglang],
            .none("--no-ignore-eos lets answers end by themselves")),
        ForeignOption(
            ["--disable-stream"], [.sglang],
            .none("every request asks for a stream: what readers get, token by token, counts")),
        ForeignOption(
            ["--use-server-token-count", "--per-chunk-usage"], [.aiperf],
            .always("usage is asked for and compared with what came")),
        ForeignOption(
            ["--request-id-prefix"], [.vllm],
            .none("`x-request-id` is the run's id and the request's number")),
    ]

    static let measures: [ForeignOption] = [
        ForeignOption(
            ["--metric-percentiles"], [.vllm],
            .option("--percentiles", .text)),
        ForeignOption(
            ["--max-error-rate", "--max-errors", "--failed-request-threshold"],
            [.aiperf, .guidellm],
            .none("a larger share of failures than --max-failed, 5 % by default, is not valid")),
        ForeignOption(
            [
                "--e2e-sla-ms", "--ttft-sla-ms", "--tpot-sla-ms", "--itl-sla-ms",
                "--slo-attainment-fraction", "--request-latency-sla-ms",
            ], [.aiperf],
            .none("bounds are one option, `--goodput ttft:500 tpot:50 e2e:20000` in ms")),
        ForeignOption(
            ["--slice-duration", "--stats-interval"], [.aiperf],
            .none("requests.jsonl has every token time, for slices of any length")),
        ForeignOption(
            ["--detect-saturation", "--over-saturation", "--default-over-saturation"],
            [.guidellm],
            .none("a run goes to its end; compare runs of several rates")),
        ForeignOption(
            ["--server-metrics*", "--no-server-metrics"], [.aiperf],
            .none(
                "servers are asked for their /metrics once a second; --scrape off leaves that out, "
                    + "--scrape 2/s asks more often")),
        ForeignOption(
            ["--gpu-telemetry*", "--no-gpu-telemetry", "--cache-report"], [.aiperf, .sglang],
            .none("figures of GPUs and caches are not read: results are what readers got")),
        ForeignOption(
            ["--network-latency-*"], [.aiperf],
            .none("nothing is subtracted: latencies are those of this client, from its own node")),
    ]

    static let results: [ForeignOption] = [
        ForeignOption(
            [
                "--save-result", "--save-detailed", "--append-result", "--output-details",
                "--export-*", "--profile-export-*", "--outputs", "--output-formats", "--output",
            ], [.vllm, .sglang, .aiperf, .guidellm],
            .none(
                "every run leaves a folder of its own with summary.json and requests.jsonl; leave "
                    + "this out, and take --out DIR to name it")),
        ForeignOption(
            [
                "--result-dir", "--result-filename", "--output-file", "--output-path",
                "--output-dir", "--artifact-dir", "--output-artifact-dir",
            ], [.vllm, .sglang, .aiperf, .guidellm],
            .none(
                "--out DIR names the run's folder, which must be new; --json prints the summary")),
        ForeignOption(
            ["--label", "--labels", "--metadata", "--tag"], [.vllm, .sglang, .guidellm],
            .none("the scenario's `name` names a run, and --out DIR its folder")),
        ForeignOption(
            [
                "--plot-*", "--timeline-itl-thresholds", "--generate-plots", "--auto-plot",
                "--sample-requests",
            ], [.vllm, .sglang, .aiperf, .guidellm],
            .none("nothing is plotted; requests.jsonl has every token time")),
        ForeignOption(
            ["--otel-*", "--mlflow-*", "--wandb-*"], [.aiperf],
            .none("nothing is sent elsewhere; summary.json of the run's folder has the figures")),
    ]

    static let machinery: [ForeignOption] = [
        ForeignOption(
            ["--disable-tqdm", "--disable-progress", "--disable-console-interactive"],
            [.vllm, .sglang, .guidellm],
            .always("standard output has the result alone; progress goes to standard error")),
        ForeignOption(
            ["--disable-console", "--disable-console-outputs", "--ui", "--ui-type"],
            [.guidellm, .aiperf],
            .none("standard output has the result alone, and --json makes it JSON")),
        ForeignOption(
            [
                "--profile", "--profile-*", "--profiler-*", "--server-profiler*", "--flush-cache*",
                "--reset-kv-cache*", "--pd-separated", "--fake-prefill",
            ], [.vllm, .sglang, .aiperf, .guidellm],
            .none(
                "the server is not steered, only asked; the load of guidellm's profiles is "
                    + "--request-rate or --max-concurrency")),
        ForeignOption(
            [
                "--workers-max", "--max-workers", "--total-workers", "--record-processor*",
                "--rust-client", "--rust-worker-threads",
            ], [.aiperf, .sglang],
            .none("--local N starts so many agents here, --agents N waits for those of other nodes")
        ),
    ]
}

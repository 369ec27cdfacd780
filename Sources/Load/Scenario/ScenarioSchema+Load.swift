internal import Goodput
import Workload

/// Fields of the scenario itself, its servers, stages and classes.
extension ScenarioSchema {
    static let endpoints = Endpoint.allCases.map(\.rawValue)
    static let presets = Preset.allCases.map(\.rawValue)
    static let traceFormats = ["auto"] + TraceFormat.allCases.map(\.rawValue)

    static let scenario: [Field] = [
        Field("name", .text, "the file's name", "names the run and its folder", "chat-and-code"),
        Field("seed", .whole, "0", "one seed owns every draw: the same seed, the same plan", "42"),
        Field(
            "servers", .list(.server), "embedded engines",
            "what each agent drives: its own node's servers", "[{ url: http://localhost:8000 }]"),
        Field(
            "endpoint", .choice(endpoints), "what a server's URL names, else chat",
            "the OpenAI-style endpoint that requests go to; where nothing names it, a server that "
                + "has the other one alone is driven over that", "completions"),
        Field(
            "model", .text, "the server's first", "the model that requests name",
            "meta-llama/Llama-3.1-8B-Instruct"),
        Field(
            "warmup", .warmup, "none",
            "load before the first stage that counts in no figure: at its rate or concurrency",
            "30 requests"),
        Field(
            "stages", .list(.stage), nil, "the load, one after the other",
            "[{ rate: 4/s, duration: 2 min }]"),
        Field(
            "classes", .list(.class), nil, "kinds of requests and their shares",
            "[{ name: chat, input: 200 tokens, output: 99 tokens }]"),
        Field(
            "preset", .choice(presets), "default",
            "the scoring that readers start from", "robust"),
        Field(
            "reader", .section(.reader), "the preset's",
            "the reader of every class that has none of its own", "{ speed: 20/s }"),
        Field(
            "agent reader", .section(.reader), "the preset agent",
            "who takes the answers of steps that nobody reads; they count in a class `agent`, or "
                + "in the scenario's own class of that name, with its reader",
            "{ preset: agent, tau: 2 min }"),
        Field(
            "goodput", .section(.goodput), "no bounds",
            "service level objectives of the classic kind", "{ ttft: 500 ms, tpot: 50 ms }"),
        Field(
            "timeouts", .section(.timeouts), "the section's own", "when a request fails",
            "{ first token: 60 s }"),
        Field(
            "connections", .text, "kept",
            "which connections an agent's requests go out on: `kept` (a free one, else a new one), "
                + "`fresh` (a new one a request), or so many to each server at most: requests then "
                + "wait for a free one, which counts in their latencies",
            "64"),
        Field(
            "scrape", .rateOrOff, "1/s",
            "how often each agent asks its servers for their metrics (/metrics, Prometheus's "
                + "format) while the load runs; a server without them is left alone",
            "off"),
        Field(
            "request", .section(.request), "the section's own", "what requests carry",
            "{ ignore eos: true }"),
        Field(
            "ready timeout", .quantity(.span), "0 s",
            "how long servers that are still loading a model are waited for before the start",
            "10 min"),
        Field(
            "validity", .section(.validity), "the section's own", "what makes a run not valid",
            "{ failed: 5 % }"),
        Field(
            "probe", .flag, "true",
            "each agent asks its servers before the start what they accept: a few short requests",
            "false"),
        Field(
            "drain", .quantity(.span), "30 s",
            "how long requests in flight may go on after the last stage, and after Ctrl-C; then "
                + "they are cut; 10 min where nothing is given and a stage has no duration",
            "1 min"),
        Field(
            "grace", .quantity(.span), "60 s",
            "how long the run waits for an agent that is away", "2 min"),
        Field(
            "deal", .deal, "round robin",
            "how sessions go to agents: `round robin`, one weight an agent in the order of their "
                + "names (`1, 2, 1`), or the agents by name with their weights: a run then takes "
                + "these alone", "{ node-a: 2, node-b: 1 }"),
        Field(
            "engine", .section(.engine), "the section's own", "the embedded engines",
            "{ gpu: H100 }"),
    ]

    static let server: [Field] = [
        Field(
            "url", .text, nil,
            "as the agent reaches it: http, https, or unix:/PATH for a socket; a base URL, or the "
                + "whole one that requests are posted to (.../chat/completions, or with a query)",
            "http://localhost:8000"),
        Field(
            "model", .text, "the scenario's",
            "the model that its requests name; "
                + "servers of one URL with different models are as many",
            "my-model"),
        Field(
            "headers", .textMap, "none",
            "sent with every request; kept out of every result", "{ x-tenant: bench }"),
    ]

    static let stage: [Field] = [
        Field(
            "rate", .rateOrRamp, nil,
            "open loop: sessions that arrive per second (a replay: its mean rate)", "4/s..12/s"),
        Field(
            "burstiness", .number, "1",
            "shape of the gamma gaps: 1 is Poisson, less is burstier, CV = burstiness^-1/2", "0.5"),
        Field(
            "spacing", .choice(["random", "even"]), "random",
            "whether gaps are drawn or all equal", "even"),
        Field(
            "concurrency", .whole, nil, "closed loop: sessions at once, over all agents", "64"),
        Field("burst", .whole, nil, "open loop: so many sessions at one instant", "100"),
        Field("every", .quantity(.span), "once", "repeats the burst", "10 s"),
        Field(
            "replay", .file, nil,
            "sends a trace's arrivals, with its lengths where the class has none, sessions of "
                + "agents with their tools' times (otel, tracelab), or the prompts of a file with "
                + "`timestamp`s (aiperf, mooncake with text_input)",
            "traces/azure.csv"),
        Field(
            "format", .choice(traceFormats), "auto",
            "the trace's format; auto knows it by its first line", "azure"),
        Field(
            "time", .choice(TraceTime.allCases.map(\.rawValue)), "the format's",
            "unit of the trace's times: mooncake has ms, bailian, burstgpt and vidur have s", "s"),
        Field(
            "block", .whole, "found by the rows' lengths",
            "tokens of a block of the trace's `hash_ids`: mooncake has 512, bailian 16", "16"),
        Field("scale", .number, "1", "speed of a replay: 2 sends twice as fast", "2"),
        Field("from", .quantity(.span), "0 s", "where in the trace to begin", "10 min"),
        Field(
            "spread", .flag, "false",
            "spreads a replay's arrivals of one instant over the time to the next", "true"),
        Field(
            "max concurrency", .whole, "no bound",
            "open loop: most requests in flight over all agents; what is due beyond it waits, and "
                + "the wait counts in every latency",
            "16"),
        Field(
            "duration", .quantity(.span), "until `requests`",
            "length of the stage; of a replay: of the window, in the trace's own time", "2 min"),
        Field(
            "requests", .count, "until `duration`",
            "ends the stage after so many requests, turns included", "500"),
    ]

    static let classFields: [Field] = [
        Field("name", .text, nil, "names the class in every table", "chat"),
        Field("share", .quantity(.share), "equal shares", "of the sessions", "80 %"),
        Field(
            "model", .modelMix, "the server's",
            "the model that its sessions ask for, or several with their shares (adapters of one "
                + "server); drawn for each session", "{ base: 50 %, adapter-a: 50 % }"),
        Field(
            "input", .law(.tokens), nil, "new prompt tokens of a turn",
            "lognormal(median 220, p90 900)"),
        Field("output", .law(.tokens), nil, "answer tokens of a turn", "100..400 tokens"),
        Field(
            "lengths", .file, nil,
            "a file of observed pairs instead of input and output (any trace format)",
            "traces/sharegpt.csv"),
        Field(
            "format", .choice(traceFormats), "auto", "the format of `lengths`", "vidur"),
        Field(
            "prompts", .file, nil,
            "a file of prompts to send instead of made ones, in file order: `prompt` or `messages` "
                + "a line or in a list, a line of text each (.txt), a table (.csv), ShareGPT, "
                + "OpenAI batch, aiperf, Mooncake `text_input`; `output` over the file's lengths",
            "sharegpt.json"),
        Field(
            "column", .text, "prompt, text, question, ...",
            "the column of a table that holds the prompts", "question"),
        Field(
            "history", .choice(PromptHistory.allCases.map(\.rawValue)), "recorded",
            "what later turns of a recorded conversation are sent with: what people said before "
                + "and the file's answers (`recorded`), the server's own (`live`), or none "
                + "(`prompts`)",
            "live"),
        Field(
            "steps", .list(.step), "one request after the other, as `turns` says",
            "the requests of a session that is a graph: an agent's turns with its tools, its "
                + "sub-agents, what joins them; instead of input, output, turns and think",
            "[{ name: plan, input: 900 tokens, output: 200 tokens }]"),
        Field("turns", .law(nil), "1", "requests of a session", "1..5"),
        Field(
            "think", .law(.span), "0 s", "between the end of a turn and the next",
            "exponential(mean 8 s)"),
        Field(
            "prefix", .quantity(.tokens), "0 tokens",
            "tokens that all prompts of the class begin with, beside its lengths", "512 tokens"),
        Field(
            "context", .quantity(.tokens), "no bound",
            "prompt and answer together stay within; sessions end before they pass it",
            "8192 tokens"),
        Field(
            "reader", .section(.reader), "the scenario's", "who reads the answers",
            "{ speed: 5/s, ttft: 1 s }"),
    ]
}

internal import EngineModel
internal import Goodput
import Workload

/// Fields of scoring, of requests and of the embedded engine.
extension ScenarioSchema {
    static let reader: [Field] = [
        Field(
            "preset", .choice(presets), "the scenario's", "what the fields below change", "robust"),
        Field("speed", .quantity(.speed), "20/s", "tokens that the reader takes in", "5/s"),
        Field(
            "ttft", .quantity(.span), "1 s", "wait for the first token that the reader grants",
            "500 ms"),
        Field(
            "anchor", .choice(["arrival", "first token"]), "arrival",
            "where deadlines start; from the first token a system can game", "arrival"),
        Field(
            "penalty", .choice(Penalty.kinds), "linear", "what idle time costs, in tokens",
            "fraction"),
        Field("alpha", .number, "1", "weight of the penalty", "2.5"),
        Field("exponent", .number, "2", "of the penalty `power`", "2"),
        Field(
            "tau", .quantity(.span), "1 s", "of the penalties `exponential` and `fraction`",
            "10 s"),
        Field("grace", .quantity(.span), "500 ms", "of the penalty `hinge`", "500 ms"),
        Field(
            "reads", .choice(ReadPart.allCases.map(\.rawValue)), "all",
            "the tokens that are read and earn: all, or the answer without the thoughts before it, "
                + "which are waited through", "answer"),
        Field(
            "incomplete", .choice(IncompletePolicy.allCases.map(\.rawValue)), "delivered",
            "what becomes of requests that do not complete", "void"),
    ]

    static let goodput: [Field] = [
        Field("ttft", .quantity(.span), nil, "bound on the time to the first token", "500 ms"),
        Field("tpot", .quantity(.span), nil, "bound on the mean time per further token", "50 ms"),
        Field("tbt", .quantity(.span), nil, "bound on the largest gap between tokens", "200 ms"),
        Field("e2e", .quantity(.span), nil, "bound on the time to the last token", "20 s"),
    ]

    static let timeouts: [Field] = [
        Field("connect", .quantity(.span), "10 s", "for a connection", "5 s"),
        Field("first token", .quantity(.span), "60 s", "from the send to the first token", "30 s"),
        Field("between tokens", .quantity(.span), "30 s", "between two events", "10 s"),
        Field("total", .quantity(.span), "10 min", "from the send to the end", "5 min"),
    ]

    static let request: [Field] = [
        Field(
            "ignore eos", .flag, "where the server takes it",
            "asks for exactly the planned output (`ignore_eos`, `min_tokens`)", "false"),
        Field(
            "prompt", .choice(PromptForm.allCases.map(\.rawValue)), "auto",
            "how prompts are made: `tokens` are ids, exact, for completions alone; `auto` takes "
                + "them where it can", "words"),
        Field(
            "extra", .json, "none", "fields added to every request's body",
            "{ temperature: 0 }"),
    ]

    static let validity: [Field] = [
        Field(
            "failed", .quantity(.share), "5 %",
            "share of requests that may fail, be given up by the server, or bring no token",
            "1 %"),
        Field(
            "steady", .flag, "false",
            "whether a run whose load was in no steady state is not valid", "true"),
    ]

    static let engine: [Field] = [
        Field(
            "gpu", .choice(GPU.allCases.map(\.rawValue)), "H100", "the simulated GPU",
            "A100-80"),
        Field(
            "model", .choice(ServedModel.allCases.map(\.rawValue)), "Llama-3.1-8B",
            "the simulated model", "Qwen2-7B"),
        Field(
            "scheduler", .choice(SchedulerKind.allCases.map(\.rawValue)), "chunked",
            "how batches are made", "prefill-first"),
        Field(
            "chunk budget", .quantity(.tokens), "2048 tokens", "tokens of a chunked step",
            "512 tokens"),
        Field(
            "host profile", .choice(HostProfile.allCases.map(\.rawValue)), "vllm-v1",
            "overhead of the serving process", "vllm-0.6"),
        Field("max sequences", .whole, "256", "sequences that run at once", "128"),
        Field(
            "max model length", .quantity(.tokens), "8192 tokens", "prompt and answer together",
            "4096 tokens"),
        Field(
            "kv cache", .quantity(.tokens), "what the GPU leaves", "key/value capacity",
            "100000 tokens"),
        Field(
            "mean answer", .quantity(.tokens), "as asked",
            "mean length of answers that end by themselves", "200 tokens"),
        Field("engines", .whole, "1", "engines behind one address", "4"),
        Field(
            "order", .choice(PromptOrder.allCases.map(\.rawValue)), "fcfs",
            "in which order those that wait are admitted", "shortest-prompt"),
        Field(
            "routing", .choice(Routing.allCases.map(\.rawValue)), "round-robin",
            "how a request finds its engine", "prefix-aware"),
        Field(
            "prefill engines", .whole, "half of them",
            "engines for prompts alone, where disaggregated", "1"),
        Field(
            "preemption", .choice(PreemptionKind.allCases.map(\.rawValue)), "recompute",
            "what becomes of a sequence when memory is short", "swap"),
        Field(
            "prefix cache", .flag, "false", "whether equal prefixes of prompts are kept", "true"),
        Field(
            "proposed tokens", .whole, "0", "tokens proposed and checked in a step", "4"),
        Field(
            "acceptance", .quantity(.share), "70 %",
            "chance that a proposed token is right after those before it", "60 %"),
        Field(
            "abandon", .quantity(.speed), "never",
            "reading speed for whose sake late answers are given up", "20 tokens/s"),
        Field(
            "abandon budget", .quantity(.span), "1 s", "when that reader wants the first token",
            "500 ms"),
        Field(
            "stream interval", .whole, "1",
            "tokens that an event waits for, but for the first and at the end", "8"),
        Field(
            "thoughts", .quantity(.share), "0 %",
            "the part of each chat's output that is thought before it answers, in "
                + "`reasoning_content`; a real server decides that itself, and is asked for "
                + "thoughts and answer together",
            "80 %"),
        Field(
            "hidden thoughts", .flag, "false",
            "whether thoughts are silence, and counted in the usage alone", "true"),
        Field(
            "output delay", .quantity(.span), "0 s",
            "time between a token and the next one, at least", "95 ms"),
        Field(
            "hold first", .quantity(.span), "0 s",
            "time from when the first token is ready to when tokens leave", "500 ms"),
        Field(
            "costs", .section(.costs), "those of the GPU and the model",
            "terms of a step's time that a server was measured to have", "{ step: 1.8 ms }"),
        Field("seed", .whole, "0", "of the engine's own draws", "7"),
    ]

    static let costs: [Field] = [
        Field(
            "step", .quantity(.span), "the table's", "a step, whatever runs in it", "1.8 ms"),
        Field("sequence", .quantity(.span), "the table's", "a sequence in the step", "15 us"),
        Field("weights", .quantity(.span), "the table's", "reading all weights once", "5.5 ms"),
        Field("token", .quantity(.span), "the table's", "a new token's arithmetic", "20 us"),
        Field(
            "sharpness", .number, "the table's",
            "how sharply a step turns from reading weights to arithmetic", "2.5"),
        Field(
            "context", .quantity(.span), "the table's",
            "reading the keys and values of 1,000 tokens", "45 us"),
        Field(
            "attention", .quantity(.span), "the table's",
            "a prompt's attention to 1,000,000 pairs of its tokens", "0.9 ms"),
        Field(
            "front end", .quantity(.span), "22 ms", "from a step's end to its tokens'", "22 ms"),
    ]
}

extension Glossary {
    private static let audit = GlossaryEntry.Place.summary("agents[].audit")

    static let agents: [GlossaryEntry] = [
        GlossaryEntry(
            "agent", ["agents"], "A process that drives the servers of its node.",
            place: .summary("agents[].name"), in: .agents),
        GlossaryEntry(
            "stamps", ["stamp_source"],
            "Who stamped the tokens: `kernel` (when the bytes came in), `loop` (when the client "
                + "read them), or mixed.",
            place: .summary("agents[].stamps"), in: .agents),
        GlossaryEntry(
            "start error", ["start_error"],
            "The first request's send against the instant that was meant, all agents starting "
                + "together.", unit: "ns", place: .summary("agents[].start_error"), in: .agents),
        GlossaryEntry(
            "client", [], "The client's audit of itself, agent by agent.", place: audit, in: .agents
        ),
        GlossaryEntry(
            "busy", ["busiest s"],
            "The share of time in which the client's loop had something to do, over the run and in "
                + "its busiest second; near 100 % the client is the limit.",
            unit: "share", place: audit, in: .agents),
        GlossaryEntry(
            "cores", [], "Processor cores that the agent's process kept busy.", place: audit,
            in: .agents),
        GlossaryEntry(
            "read delay", ["delay"], "How long bytes waited from the kernel's stamp to their read.",
            unit: "ns", place: audit, in: .agents),
        GlossaryEntry(
            "queue", ["queue p99"], "Bytes that were waiting when the client read.", unit: "bytes",
            place: audit, in: .agents),
        GlossaryEntry(
            "joined", [], "The share of reads that took in what came apart.", unit: "share",
            place: audit, in: .agents),
        GlossaryEntry(
            "odd", [], "Stamps out of order or missing.", place: audit, in: .agents),
        GlossaryEntry(
            "time-outs", ["timeouts"], "Requests that ran into one of the scenario's time limits.",
            place: audit, in: .agents),
        GlossaryEntry(
            "priority", [], "The priority that the client's thread got (--priority).", place: audit,
            in: .agents),
        GlossaryEntry(
            "running", ["sent", "done", "asked"],
            "While the load runs: requests in flight, beside those sent, over, and asked for.",
            in: .agents),
        GlossaryEntry(
            "server", ["server_metrics", "KV", "kv cache"],
            "What a server's own /metrics said: requests in its batch and its queue, the share of "
                + "its key-value cache that is held, preemptions. While the load runs: `ok`, a "
                + "queue, `link lost` where the agent goes on by itself, `done` where it has "
                + "ended.",
            place: .summary("agents[].server_metrics"), in: .agents),
        GlossaryEntry(
            "host", [], "The host of the coordinator.",
            place: .file("manifest.json", "host.hostname"), in: .agents),
        GlossaryEntry(
            "run", ["runs", "folder", "name"],
            "A run's folder, or the scenario's name; of repeats and sweeps how many runs they "
                + "have.",
            place: .summary("name"), in: .agents),
        GlossaryEntry(
            "age", ["when", "began"], "How long ago a run began.",
            place: .file("manifest.json", "epoch.realtime_ns"), in: .agents),
        GlossaryEntry(
            "size", [], "Bytes of a run's folder on disk; of a clock's break, how large it was.",
            in: .agents),
    ]
}

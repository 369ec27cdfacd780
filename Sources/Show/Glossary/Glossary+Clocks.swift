extension Glossary {
    static let clocks: [GlossaryEntry] = [
        GlossaryEntry(
            "clock", ["clock bounds"],
            "In brackets behind a rate: all that the clocks leave open, every agent's guaranteed "
                + "bounds at their extremes. As a table: how well each agent's clock is known.",
            place: .summary("clock"), in: .clocks),
        GlossaryEntry(
            "clock +-", ["clock_half_width", "half-width", "hard"],
            "The guaranteed half-width of an agent's clock against the coordinator's: it holds as "
                + "long as no message travels back in time.",
            unit: "ns", place: .summary("agents[].clock_half_width"), in: .clocks),
        GlossaryEntry(
            "budget +-", ["budget"],
            "The half-width if the two ways of a probe differ by at most 35 % of the least round "
                + "trip.", unit: "ns", place: .file("manifest.json", "agents[].clock"),
            in: .clocks),
        GlossaryEntry(
            "est +-", ["est"], "The clock estimate's own spread, advisory.", unit: "ns",
            place: .file("manifest.json", "agents[].clock"), in: .clocks),
        GlossaryEntry(
            "probes", ["exchanges"],
            "Exchanges between coordinator and agent that the clock rests on.",
            place: .file("manifest.json", "agents[].clock"), in: .clocks),
        GlossaryEntry(
            "min RTT", ["rtt"],
            "The least round trip of a probe; no bound is less than about half "
                + "of it.", unit: "ns", place: .file("manifest.json", "agents[].clock"), in: .clocks
        ),
        GlossaryEntry(
            "skew ppm", ["skew"], "How much faster the coordinator's clock runs than the agent's.",
            unit: "ppm", place: .file("manifest.json", "agents[].clock"), in: .clocks),
        GlossaryEntry(
            "events", ["event", "breaks"],
            "Where a clock was stepped, changed its rate or was suspended, and where it may have; "
                + "`none` is well.",
            place: .file("manifest.json", "agents[].clock"), in: .clocks),
        GlossaryEntry(
            "against the truth", [],
            "The estimate's error where the true times are known (legato clock --map).", unit: "ns",
            in: .clocks),
    ]
}

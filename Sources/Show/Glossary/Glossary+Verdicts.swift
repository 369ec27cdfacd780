extension Glossary {
    private static let steady = GlossaryEntry.Place.summary("steady")

    static let verdicts: [GlossaryEntry] = [
        GlossaryEntry(
            "next", ["next steps", "worth doing next"],
            "What is worth doing after this run, at most three things, each with a figure of it.",
            in: .verdicts),
        GlossaryEntry(
            "verdict", [],
            "Whether a run's figures may be used: valid, simulated, partial or not valid; the exit "
                + "code is 0 for the first two, else 2.",
            place: .summary("verdict"), in: .verdicts),
        GlossaryEntry(
            "valid", [], "All figures hold.", place: .summary("verdict"), in: .verdicts),
        GlossaryEntry(
            "simulated", ["virtual"],
            "Valid, of a run in virtual time: its servers and its client are models.",
            place: .summary("verdict"), in: .verdicts),
        GlossaryEntry(
            "partial", [],
            "Some of the run is missing: an agent was lost, it was interrupted, or one figure does "
                + "not hold; the reasons stand below the table.",
            place: .summary("verdict"), in: .verdicts),
        GlossaryEntry(
            "not valid", ["invalid"],
            "No figure may be used: a clock was not bound, the client and not the server was the "
                + "limit, or too many requests failed.",
            place: .summary("verdict"), in: .verdicts),
    ]

    static let uncertainty: [GlossaryEntry] = [
        GlossaryEntry(
            "95 % CI", ["ci", "confidence interval"],
            "How far another run of the scenario may come out, with 95 % confidence; of a "
                + "difference, where the true one lies.",
            place: .summary("sampling.run.smooth_goodput"), in: .uncertainty),
        GlossaryEntry(
            "steady", ["steady state", "residence", "backlog"],
            "The window in which the load was steady, scored by itself, or why there is none: too "
                + "short (how long to run), overloaded, or drifting.",
            place: steady, in: .uncertainty),
        GlossaryEntry(
            "too short", [], "The run is too short to tell whether its load was steady.",
            place: steady, in: .uncertainty),
        GlossaryEntry(
            "overloaded", [], "Arrivals outran the server: requests in flight grew to the end.",
            place: steady, in: .uncertainty),
        GlossaryEntry(
            "drifting", [], "The load or the server's pace changed within the run.", place: steady,
            in: .uncertainty),
        GlossaryEntry(
            "over-saturated", ["over_saturated"],
            "A sweep's point that was ended early, since its servers cannot serve that load.",
            place: .file("sweep.json", "curves[].points[].over_saturated"), in: .uncertainty),
        GlossaryEntry(
            "load", [],
            "In a row of a stage or a point: whether its load was steady there, or why not.",
            place: .summary("steady.verdict"), in: .uncertainty),
        GlossaryEntry(
            "stage", [], "A part of the run's plan with a load of its own.",
            place: .file("manifest.json", "load.stages"), in: .uncertainty),
        GlossaryEntry(
            "from", ["to", "at"],
            "When a stage, a stretch or a break begins (to: ends; at: most likely was), after the "
                + "run's start.", unit: "ns", in: .uncertainty),
        GlossaryEntry(
            "between runs", [], "The standard deviation of a figure over repeated runs.",
            place: .file("joined.json", "figures"), in: .uncertainty),
        GlossaryEntry(
            "beyond sampling", [],
            "What of the deviation between runs is more than requests drawn anew explain.",
            place: .file("joined.json", "figures"), in: .uncertainty),
    ]
}

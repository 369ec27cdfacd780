extension Glossary {
    private static let points = GlossaryEntry.Place.file("sweep.json", "curves[].points")

    static let sweeps: [GlossaryEntry] = [
        GlossaryEntry(
            "rate", ["request rate", "concurrency", "sessions"],
            "The load of a sweep's point: requests a second, requests in flight, or a field's "
                + "value.", place: points, in: .sweeps),
        GlossaryEntry(
            "tok/s/user", ["tokens per user"],
            "How fast a user is served: tokens a second of one answer.", unit: "tokens/s",
            place: points, in: .sweeps),
        GlossaryEntry(
            "tok/s/GPU", ["tokens per gpu"], "Throughput over the number of GPUs.",
            unit: "tokens/s",
            place: points, in: .sweeps),
        GlossaryEntry(
            "smooth/GPU", [], "Smooth goodput over the number of GPUs.", unit: "tokens/s",
            place: points, in: .sweeps),
        GlossaryEntry(
            "req/s/GPU", [], "Complete answers a second over the number of GPUs.",
            unit: "requests/s",
            place: points, in: .sweeps),
        GlossaryEntry(
            "$/M tokens", [], "What a million delivered tokens cost at --price.", unit: "$",
            place: points, in: .sweeps),
        GlossaryEntry(
            "$/M smooth", [], "What a million tokens of smooth goodput cost at --price.", unit: "$",
            place: points, in: .sweeps),
        GlossaryEntry(
            "front", ["pareto front"],
            "Points that no other one beats in both: the speed of a user and what a GPU serves.",
            place: points, in: .sweeps),
        GlossaryEntry(
            "best", ["of"],
            "The load (and the settings) with the greatest smooth goodput a GPU for readers of "
                + "that "
                + "speed.", place: .file("sweep.json", "by_reading_speed"), in: .sweeps),
        GlossaryEntry(
            "peak", [], "The load at which the figure that is sought is greatest.",
            place: .file("sweep.json", "curves[].peak"), in: .sweeps),
        GlossaryEntry(
            "bound", ["boundary"],
            "A condition such as `ttft.p99 < 500 ms`, and the greatest load up to which it holds.",
            place: .file("sweep.json", "curves[].boundary"), in: .sweeps),
        GlossaryEntry(
            "difference", ["share"],
            "The other system's figure less the base's, paired where both had the same plan; as a "
                + "share of the base's.", in: .sweeps),
        GlossaryEntry(
            "finding", ["no difference shown", "better", "worse"],
            "Whether a difference is shown: its 95 % interval neither holds 0 nor lies within the "
                + "floor.", in: .sweeps),
        GlossaryEntry(
            "base", [], "The system that the others are compared with: the first one named.",
            in: .sweeps),
    ]
}

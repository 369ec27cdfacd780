extension Glossary {
    private static let sg = "arXiv 2410.14257"
    private static let parameters = GlossaryEntry.Place.summary("classes_scored_as[].parameters")

    static let reader: [GlossaryEntry] = [
        GlossaryEntry(
            "reader", ["preset"],
            "For whom a class is scored: a preset (robust, default, answer, agent, paper-v1, "
                + "paper-v2), or the penalty's kind with the reading speed S.",
            place: parameters, in: .reader),
        GlossaryEntry(
            "S", ["reading speed", "reading_speed"],
            "How many tokens a second the reader takes in.",
            rule: "V = 1 / S a token; token i is due at d_i = origin + V * i", unit: "tokens/s",
            place: .summary("classes_scored_as[].parameters.reading_speed"), source: "\(sg) eq. 5",
            in: .reader),
        GlossaryEntry(
            "deadline", ["due", "d_i"],
            "When a token has to be there so that its reader does not wait.",
            rule: "d_i = origin + V * i", unit: "ns", source: "\(sg) eq. 5", in: .reader),
        GlossaryEntry(
            "anchor", ["origin"],
            "Where deadlines count from: `arrival`, the schedule and the TTFT budget, or "
                + "`first_token`, under which holding the first token back costs nothing.",
            place: .summary("classes_scored_as[].parameters.anchor"), in: .reader),
        GlossaryEntry(
            "TTFT budget", ["ttft_budget"],
            "How long a reader waits for the first token before it counts as waiting.", unit: "ns",
            place: .summary("classes_scored_as[].parameters.ttft_budget"), in: .reader),
        GlossaryEntry(
            "alpha", ["weight of waiting"],
            "The weight of the penalty for waiting; at 0 smooth goodput is throughput.",
            place: .summary("classes_scored_as[].parameters.alpha"), source: "\(sg) eq. 10",
            in: .reader),
        GlossaryEntry(
            "penalty", ["f", "linear", "power", "exponential", "hinge", "fraction", "step"],
            "The tokens that idle time costs: linear (those that could have been read meanwhile), "
                + "power, exponential, hinge (free up to a grace), fraction (a share of the "
                + "tokens, "
                + "all of them from tau on) or step (all for any waiting).",
            rule: "f(idle), f(0) = 0", unit: "tokens",
            place: .summary("classes_scored_as[].parameters.penalty"), in: .reader),
        GlossaryEntry(
            "incomplete", ["delivered", "void"],
            "What becomes of a request that did not complete: `delivered` (what came counts), "
                + "`waiting` (the reader also waited until its end) or `void` (it earns nothing).",
            place: .summary("classes_scored_as[].parameters.incomplete"), in: .reader),
        GlossaryEntry(
            "surface", [],
            "Smooth goodput for every reading speed and weight of waiting (score --surface).",
            unit: "tokens/s", in: .reader),
        GlossaryEntry(
            "class", [], "Requests of one kind of the scenario, with a reader of their own.",
            place: .summary("classes"), in: .reader),
    ]

    static let losses: [GlossaryEntry] = [
        GlossaryEntry(
            "lost", ["loss", "where the rest went"],
            "Throughput less smooth goodput, and the causes that it was lost to.",
            unit: "tokens", place: .summary("loss.tokens_lost"), in: .losses),
        GlossaryEntry(
            "requests that left late", ["client_late"],
            "Lost to the client's own lateness.", unit: "tokens",
            place: .summary("loss.causes.client_late"), in: .losses),
        GlossaryEntry(
            "first token late", ["first_token"], "Lost to waits for the first token.",
            unit: "tokens", place: .summary("loss.causes.first_token"), in: .losses),
        GlossaryEntry(
            "stalls", ["stall"],
            "Lost to waits at a later token whose gap is far above the request's usual one.",
            unit: "tokens", place: .summary("loss.causes.stall"), in: .losses),
        GlossaryEntry(
            "decode slower than the reader", ["slow_decode", "slow decode"],
            "Lost to waits at any other token: the server made tokens slower than they were read.",
            unit: "tokens", place: .summary("loss.causes.slow_decode"), in: .losses),
        GlossaryEntry(
            "tokens that never came", [], "Lost to waits for a token that never came (`waiting`).",
            unit: "tokens", place: .summary("loss.causes.unfinished"), in: .losses),
        GlossaryEntry(
            "answers that did not complete", [],
            "Tokens that were earned and taken back, since the request did not complete (`void`).",
            unit: "tokens", place: .summary("loss.causes.void"), in: .losses),
        GlossaryEntry(
            "thoughts that nobody reads", ["thoughts"],
            "Tokens before an answer that its reader passes over.", unit: "tokens",
            place: .summary("loss.causes"), in: .losses),
        GlossaryEntry(
            "pacing alone", ["pacing", "gameability"],
            "What a server that delays tokens would have made of the classic figures on this very "
                + "timeline; smooth goodput gains nothing by it.",
            place: .summary("gameability.delay"), in: .losses),
        GlossaryEntry(
            "holding", ["held tokens"],
            "A server that keeps tokens back and sends them in groups or at a beat; it is named on "
                + "the first screen.",
            place: .summary("holding"), in: .losses),
    ]
}

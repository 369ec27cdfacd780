/// Fields of a class's steps.
extension ScenarioSchema {
    static let step: [Field] = [
        Field("name", .text, nil, "what other steps of the class call it", "search"),
        Field(
            "after", .names, "the steps that it continues and includes",
            "the steps that it waits for, with all their copies and rounds; a step without any "
                + "begins with the session",
            "[plan, search]"),
        Field(
            "count", .law(nil), "1", "copies that run beside each other, drawn for each session",
            "2..5"),
        Field(
            "repeat", .law(nil), "1",
            "rounds of each copy, one after the other, each continuing the conversation of the "
                + "one before: an agent that thinks and calls tools in turn",
            "lognormal(median 6, p90 20, max 60)"),
        Field(
            "wait", .law(.span), "0 s",
            "time of a tool, or of thinking, before each round: from the end of the last of what "
                + "it waits for; not for a step that begins with the session",
            "exponential(mean 4 s)"),
        Field("input", .law(.tokens), nil, "new prompt tokens of a round", "200..900 tokens"),
        Field(
            "output", .law(.tokens), nil, "answer tokens of a round",
            "lognormal(median 120, p90 500)"),
        Field(
            "continues", .text, "a new conversation",
            "the step whose conversation, prompt and answer, its own prompt begins with, which a "
                + "prefix cache may hold; where the class's `context` is full it begins anew",
            "plan"),
        Field(
            "includes", .names, "none",
            "steps whose answers, those of each copy's last round, are new input beside `input`",
            "search"),
        Field(
            "prefix", .quantity(.tokens), "the class's",
            "tokens that all prompts of the step begin with, beside its lengths: the system prompt "
                + "of a sub-agent; a step that continues another has that one's",
            "2000 tokens"),
        Field(
            "reader", .choice(["class", "nobody"]),
            "class for the last round of a step that no other waits for, else nobody",
            "whether the class's reader reads its answers; what nobody reads counts in the class "
                + "`agent`",
            "nobody"),
    ]
}

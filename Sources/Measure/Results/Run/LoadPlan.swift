import JSON
package import RunRecord

/// A run's load as it was meant: what the requests alone cannot say.
package struct LoadPlan: Hashable, Sendable {
    /// Requests of one phase.
    package struct Count: Hashable, Sendable {
        /// In the plan, those included that were never due.
        package var planned: Int
        /// Never due: held in reserve for a closed loop that time bounds, or due after a person
        /// stopped the run. They are in no file.
        package var notNeeded: Int

        package init(planned: Int, notNeeded: Int) {
            self.planned = planned
            self.notNeeded = notNeeded
        }
    }

    package var scored: Count
    package var warmup: Count
    /// The share of requests that may fail in a valid run, 0 to 1.
    package var mostFailed = Self.mostFailedByDefault
    /// Whether a run that was in no steady state is not valid.
    package var requiresSteady = false
    /// The scored stages in order; empty where they are not known.
    package var stages: [LoadStage] = []
    /// Whether answers were to have exactly the planned length (`ignore_eos` was wanted).
    package var pinsOutput = false
    /// The load in a few words, for the head of the table; empty words are left out.
    package var words = LoadWords()

    /// `--max-failed` where nothing is said.
    package static let mostFailedByDefault = 0.05

    package init(scored: Count, warmup: Count) {
        self.scored = scored
        self.warmup = warmup
    }
}

extension LoadPlan {
    /// `load` of `manifest.json`.
    var json: JSONValue {
        [
            "planned": .integer(Int64(scored.planned)),
            "not_needed": .integer(Int64(scored.notNeeded)),
            "warmup_planned": .integer(Int64(warmup.planned)),
            "warmup_not_needed": .integer(Int64(warmup.notNeeded)),
            "most_failed": .real(mostFailed), "requires_steady": .bool(requiresSteady),
            "pins_output": .bool(pinsOutput), "stages": .array(stages.map(\.json)),
            "endpoint": .string(words.endpoint), "rate": .string(words.load),
            "lengths": .string(words.lengths), "duration": .string(words.duration),
            "warmup": .string(words.warmup),
        ]
    }

    init(json: JSONValue) throws(JSONFieldError) {
        scored = Count(
            planned: try json.integer("planned"), notNeeded: try json.integer("not_needed"))
        warmup = Count(
            planned: try json.integer("warmup_planned"),
            notNeeded: try json.integer("warmup_not_needed"))
        mostFailed = try json.field("most_failed", "a share from 0 to 1") { value in
            value.double.flatMap { (0...1).contains($0) ? $0 : nil }
        }
        requiresSteady =
            try json.optionalField("requires_steady", "true or false") { $0.bool } ?? false
        stages =
            try json.optionalField("stages", "an array") { $0.array }?.map {
                value throws(JSONFieldError) in try LoadStage(json: value)
            } ?? []
        pinsOutput = try json.field("pins_output", "true or false") { $0.bool }
        words.endpoint = try json.text("endpoint")
        words.load = try json.text("rate")
        words.lengths = try json.text("lengths")
        words.duration = try json.text("duration")
        words.warmup = try json.text("warmup")
    }
}

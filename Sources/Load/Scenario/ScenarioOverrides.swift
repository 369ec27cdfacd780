/// The command line's changes to a scenario, as typed; nil leaves a field as it is.
package struct ScenarioOverrides: Hashable, Sendable {
    /// Sessions per second as typed: a number, a rate with its unit, a ramp `4..12`, or `inf` for
    /// all at once.
    package var requestRate: String?
    package var burstiness: String?
    /// As a stage's `spacing`.
    package var spacing: String?
    package var maxConcurrency: String?
    package var numPrompts: String?
    /// Such as "2 min"; a bare number is seconds, as other tools have it.
    package var duration: String?
    /// As a scenario's `warmup`.
    package var warmup: String?
    /// Lengths as a class's `input` and `output`; a bare number is tokens.
    package var inputLen: String?
    package var outputLen: String?
    /// A file of prompts for every class, relative to the current folder.
    package var prompts: String?
    /// The column of a table that holds the prompts.
    package var column: String?
    package var model: String?
    package var endpoint: String?
    package var seed: String?
    /// Bounds as typed, "ttft:500" in ms; empty leaves the scenario's.
    package var goodput: [String] = []
    package var preset: String?
    /// The share of requests that may fail: "5 %".
    package var maxFailed: String?
    /// Whether a run that was in no steady state is not valid; nil leaves the scenario's.
    package var requireSteady: Bool?
    /// False asks no server what it accepts.
    package var probe: Bool?
    /// Whether answers are to have exactly the planned length.
    package var ignoreEOS: Bool?
    /// Such as "10 min"; a bare number is seconds.
    package var readyTimeout: String?
    /// As a scenario's `connections`.
    package var connections: String?
    /// As a scenario's `scrape`.
    package var scrape: String?
    /// Objects whose members go into every request's body, as JSON; a later one goes first.
    package var extraBodies: [String] = []
    /// Base URLs; empty leaves the scenario's servers.
    package var urls: [String] = []
    /// The embedded engines, instead of the scenario's `engine` section.
    package var engine: Document?
    /// Changes of single fields, which go before all others.
    package var fields: [FieldChange] = []
    /// The options that people typed for these, where they are another tool's: for each option the
    /// names, in the order of its values.
    package var typedNames: [String: [String]] = [:]

    package init() {}

    /// The option that changes the field `key` of a stage or a class; nil for none.
    static func option(for key: String) -> String? {
        switch key {
        case "rate": "--request-rate"
        case "burst": "--request-rate inf"
        case "concurrency", "max concurrency": "--max-concurrency"
        case "spacing", "burstiness", "duration", "prompts", "column": "--\(key)"
        case "requests": "--num-prompts"
        case "input": "--input-len"
        case "output": "--output-len"
        default: nil
        }
    }

    /// Where `option` was written, under the name that was typed for its value number `index`, the
    /// last without.
    package func origin(_ option: String, _ index: Int? = nil) -> Origin {
        let names = typedNames[option] ?? []
        guard let index else { return .option(names.last ?? option) }
        return .option(index < names.count ? names[index] : option)
    }

    /// `document` with the changes where a scenario would say the same, so that
    /// whatever is wrong with them is found and reported as there, by the option's name.
    ///
    /// - Throws: ``ScenarioError`` for a stage option on a scenario of several stages, an option
    ///   that is no quantity, and options that contradict each other.
    func apply(to document: Document, file: String) throws(ScenarioError) -> Document {
        let collector = DiagnosticCollector()
        var result = document
        set(&result, "model", model, "--model")
        if model != nil {
            for key in ["servers", "classes"] { Self.dropModels(of: key, in: &result) }
        }
        set(&result, "endpoint", endpoint, "--endpoint")
        set(&result, "preset", preset, "--preset")
        set(&result, "seed", seed, "--seed")
        set(&result, "probe", probe.map { String($0) }, "--no-probe")
        set(
            &result, "ready timeout", readyTimeout.map { Quantity.text($0, bareUnit: " s") },
            "--ready-timeout")
        set(&result, "connections", connections, "--connections")
        set(&result, "scrape", scrape, "--scrape")
        if !urls.isEmpty {
            result["servers"] = .list(
                urls.enumerated().map { index, url in
                    let origin = origin("--url", index)
                    let value = Document.scalar(url, isPlain: false, origin)
                    return .map([.init(key: "url", keyOrigin: origin, value: value)], origin)
                }, origin("--url"))
        }
        if let engine { result["engine"] = engine }
        set(&result, "warmup", warmup, "--warmup")
        applyRequest(&result, collector)
        applyValidity(&result)
        applyGoodput(&result, collector)
        applyStage(&result, collector)
        applyPrompts(&result)
        applyLengths(&result, collector)
        for field in fields { field.apply(to: &result, collector) }
        try collector.throwIfAny(file: file)
        return result
    }

    /// An option goes before what the file says of one server or class.
    private static func dropModels(of key: String, in document: inout Document) {
        guard case .list(let parts, let origin)? = document[key] else { return }
        document[key] = .list(
            parts.map { each in
                var copy = each
                copy["model"] = nil
                return copy
            }, origin)
    }

    private func set(_ part: inout Document, _ key: String, _ value: String?, _ option: String) {
        guard let value else { return }
        part[key] = .scalar(value, isPlain: true, origin(option))
    }

    private func applyValidity(_ document: inout Document) {
        guard maxFailed != nil || requireSteady != nil else { return }
        let option = maxFailed == nil ? "--require-steady" : "--max-failed"
        var validity = document["validity"] ?? .map([], origin(option))
        set(&validity, "failed", maxFailed, "--max-failed")
        set(&validity, "steady", requireSteady.map { "\($0)" }, "--require-steady")
        document["validity"] = validity
    }

    private func applyGoodput(_ document: inout Document, _ collector: DiagnosticCollector) {
        guard !goodput.isEmpty else { return }
        let origin = origin("--goodput")
        do throws(QuantityError) {
            let bounds = try BoundText.parse(goodput)
            document["goodput"] = .map(
                bounds.map {
                    .init(
                        key: $0.kind.rawValue, keyOrigin: origin,
                        value: .scalar($0.span, isPlain: true, origin))
                }, origin)
        } catch {
            collector.report(origin, error.message)
        }
    }

    /// The first option that changes a stage; nil for none.
    private var stageOption: String? {
        let options = [
            (requestRate, "--request-rate"), (maxConcurrency, "--max-concurrency"),
            (numPrompts, "--num-prompts"), (duration, "--duration"), (burstiness, "--burstiness"),
            (spacing, "--spacing"),
        ]
        return options.first { $0.0 != nil }?.1
    }

    private func applyStage(_ document: inout Document, _ collector: DiagnosticCollector) {
        guard let option = stageOption else { return }
        guard case .list(let stages, let origin)? = document["stages"], stages.count == 1,
            case .map = stages[0]
        else {
            collector.report(
                self.origin(option),
                "changes the stage of a scenario with one; this one has not one stage")
            return
        }
        var stage = stages[0]
        applyDriver(&stage, collector)
        if spacing?.lowercased() == "even" { stage["burstiness"] = nil }
        set(&stage, "burstiness", burstiness, "--burstiness")
        set(&stage, "spacing", spacing, "--spacing")
        // One end replaces the other, unless both are given: then the first to come ends it.
        if let numPrompts {
            set(&stage, "requests", numPrompts, "--num-prompts")
            if duration == nil, stage["replay"] == nil { stage["duration"] = nil }
        }
        if let duration {
            set(&stage, "duration", Quantity.text(duration, bareUnit: " s"), "--duration")
            if numPrompts == nil { stage["requests"] = nil }
        }
        document["stages"] = .list([stage], origin)
    }

    /// Fields of a stage that an open loop alone has.
    private static let openFields = [
        "rate", "burst", "every", "replay", "format", "time", "block", "scale", "from", "spread",
        "burstiness", "spacing", "max concurrency",
    ]

    private func applyDriver(_ stage: inout Document, _ collector: DiagnosticCollector) {
        let isUnbounded = ["inf", "infinity"].contains(requestRate?.lowercased())
        if let maxConcurrency {
            // With a rate, or where the stage has such a bound already, it is the bound of an open
            // loop.
            let isBound =
                requestRate.map { _ in !isUnbounded } ?? (stage["max concurrency"] != nil)
            guard isBound else {
                for key in Self.openFields { stage[key] = nil }
                set(&stage, "concurrency", maxConcurrency, "--max-concurrency")
                return
            }
            set(&stage, "max concurrency", maxConcurrency, "--max-concurrency")
        }
        guard let requestRate else { return }
        stage["concurrency"] = nil
        for key in ["burst", "every"] { stage[key] = nil }
        if isUnbounded {
            guard let numPrompts else {
                collector.report(
                    origin("--request-rate"), "`inf` sends all at once; add --num-prompts")
                return
            }
            for key in ["rate", "burstiness", "spacing"] { stage[key] = nil }
            set(&stage, "burst", numPrompts, "--num-prompts")
            return
        }
        if stage["replay"] != nil { stage["scale"] = nil }
        set(&stage, "rate", Quantity.text(requestRate, bareUnit: "/s"), "--request-rate")
    }

    /// The file says what lengths and turns there are, so that what the class said goes.
    private func applyPrompts(_ document: inout Document) {
        guard prompts != nil || column != nil,
            case .list(let classes, let origin)? = document["classes"]
        else { return }
        document["classes"] = .list(
            classes.map { each in
                var copy = each
                if prompts != nil {
                    for key in [
                        "input", "output", "lengths", "format", "turns", "prefix", "column",
                    ] {
                        copy[key] = nil
                    }
                }
                set(&copy, "prompts", prompts, "--prompts")
                set(&copy, "column", column, "--column")
                return copy
            }, origin)
    }

    private func applyLengths(_ document: inout Document, _ collector: DiagnosticCollector) {
        guard inputLen != nil || outputLen != nil else { return }
        guard case .list(let classes, let origin)? = document["classes"] else { return }
        let given = inputLen == nil ? "--output-len" : "--input-len"
        document["classes"] = .list(
            classes.map { each in
                var copy = each
                if copy["lengths"] != nil {
                    if inputLen == nil || outputLen == nil {
                        collector.report(
                            self.origin(given),
                            "replaces a file of `lengths`; give --input-len and --output-len both")
                    }
                    copy["lengths"] = nil
                    copy["format"] = nil
                }
                set(&copy, "input", inputLen.map(Self.tokens), "--input-len")
                set(&copy, "output", outputLen.map(Self.tokens), "--output-len")
                return copy
            }, origin)
    }

    private static func tokens(_ text: String) -> String {
        Quantity.text(text, bareUnit: " tokens")
    }
}

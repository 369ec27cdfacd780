/// What the command line changes of a scenario. Nil leaves it as it is.
package struct ScenarioOverrides: Hashable, Sendable {
    /// Sessions per second as typed: a number, a rate with its unit, a ramp `4..12`, or `inf` for
    /// all at once.
    package var requestRate: String?
    package var burstiness: Double?
    /// As a stage's `spacing`.
    package var spacing: String?
    package var maxConcurrency: Int?
    package var numPrompts: Int?
    /// As typed: "2 min"; a bare number is seconds, as other tools have it.
    package var duration: String?
    /// As a scenario's `warmup`.
    package var warmup: String?
    /// Lengths as a class's `input` and `output`; a bare number is tokens.
    package var inputLen: String?
    package var outputLen: String?
    /// A file of prompts for every class, relative to the current folder.
    package var prompts: String?
    package var model: String?
    package var endpoint: String?
    package var seed: UInt64?
    /// Bounds as typed, "ttft:500" in ms; empty leaves the scenario's.
    package var goodput: [String] = []
    package var preset: String?
    /// The share of requests that may fail, as typed: "5 %".
    package var maxFailed: String?
    /// False asks no server what it accepts.
    package var probe: Bool?
    /// Whether answers are to have exactly the planned length.
    package var ignoreEOS: Bool?
    /// As typed: "10 min".
    package var readyTimeout: String?
    /// Objects whose members go into every request's body, as JSON; a later one goes first.
    package var extraBodies: [String] = []
    /// Base URLs; empty leaves the scenario's servers.
    package var urls: [String] = []

    package init() {}

    /// `document` with the changes in the places where a scenario would say the same, so that
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
        set(&result, "seed", seed.map { String($0) }, "--seed")
        set(&result, "probe", probe.map { String($0) }, "--no-probe")
        set(&result, "ready timeout", readyTimeout, "--ready-timeout")
        if !urls.isEmpty {
            let origin = Origin.option("--url")
            result["servers"] = .list(
                urls.map { url in
                    let value = Document.scalar(url, isPlain: false, origin)
                    return .map([.init(key: "url", keyOrigin: origin, value: value)], origin)
                }, origin)
        }
        set(&result, "warmup", warmup, "--warmup")
        applyRequest(&result, collector)
        if let maxFailed {
            let origin = Origin.option("--max-failed")
            let value = Document.scalar(maxFailed, isPlain: true, origin)
            result["validity"] = .map(
                [.init(key: "failed", keyOrigin: origin, value: value)], origin)
        }
        applyGoodput(&result, collector)
        applyStage(&result, collector)
        applyPrompts(&result)
        applyLengths(&result, collector)
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
        part[key] = .scalar(value, isPlain: true, .option(option))
    }

    private func applyGoodput(_ document: inout Document, _ collector: DiagnosticCollector) {
        guard !goodput.isEmpty else { return }
        let origin = Origin.option("--goodput")
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

    private var changesStage: Bool {
        requestRate != nil || burstiness != nil || spacing != nil || maxConcurrency != nil
            || numPrompts != nil
            || duration != nil
    }

    private func applyStage(_ document: inout Document, _ collector: DiagnosticCollector) {
        guard changesStage else { return }
        guard case .list(let stages, let origin)? = document["stages"], stages.count == 1,
            case .map = stages[0]
        else {
            let option =
                requestRate != nil
                ? "--request-rate"
                : maxConcurrency != nil
                    ? "--max-concurrency"
                    : numPrompts != nil
                        ? "--num-prompts"
                        : duration != nil
                            ? "--duration" : burstiness != nil ? "--burstiness" : "--spacing"
            collector.report(
                .option(option),
                "changes the stage of a scenario with one; this one has not one stage")
            return
        }
        var stage = stages[0]
        applyDriver(&stage, collector)
        set(&stage, "burstiness", burstiness.map { "\($0)" }, "--burstiness")
        if spacing == "even" { stage["burstiness"] = nil }
        set(&stage, "spacing", spacing, "--spacing")
        // One end replaces the other, unless both are given: then the first to come ends it.
        if let numPrompts {
            set(&stage, "requests", String(numPrompts), "--num-prompts")
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
        let isUnbounded = requestRate == "inf"
        if let maxConcurrency {
            // With a rate, or where the stage has such a bound already, it is the bound of an open
            // loop.
            let isBound =
                requestRate.map { _ in !isUnbounded } ?? (stage["max concurrency"] != nil)
            guard isBound else {
                for key in Self.openFields { stage[key] = nil }
                set(&stage, "concurrency", String(maxConcurrency), "--max-concurrency")
                return
            }
            set(&stage, "max concurrency", String(maxConcurrency), "--max-concurrency")
        }
        guard let requestRate else { return }
        stage["concurrency"] = nil
        for key in ["burst", "every"] { stage[key] = nil }
        if isUnbounded {
            guard let numPrompts else {
                collector.report(
                    .option("--request-rate"), "`inf` sends all at once; add --num-prompts")
                return
            }
            for key in ["rate", "burstiness", "spacing"] { stage[key] = nil }
            set(&stage, "burst", String(numPrompts), "--request-rate")
            return
        }
        if stage["replay"] != nil { stage["scale"] = nil }
        set(&stage, "rate", Quantity.text(requestRate, bareUnit: "/s"), "--request-rate")
    }

    /// The file says what lengths and turns there are, so that what the class said goes.
    private func applyPrompts(_ document: inout Document) {
        guard let prompts, case .list(let classes, let origin)? = document["classes"] else {
            return
        }
        document["classes"] = .list(
            classes.map { each in
                var copy = each
                for key in ["input", "output", "lengths", "format", "turns", "prefix", "column"] {
                    copy[key] = nil
                }
                set(&copy, "prompts", prompts, "--prompts")
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
                            .option(given),
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

/// What the command line changes of a scenario. Nil leaves it as it is.
package struct ScenarioOverrides: Hashable, Sendable {
    /// Sessions per second as typed: a number, or `inf` for all at once.
    package var requestRate: String?
    package var burstiness: Double?
    package var maxConcurrency: Int?
    package var numPrompts: Int?
    /// As typed: "2 min"; a bare number is seconds, as other tools have it.
    package var duration: String?
    package var inputLen: Int?
    package var outputLen: Int?
    /// A file of prompts for every class, relative to the current folder.
    package var prompts: String?
    package var model: String?
    package var endpoint: String?
    package var seed: UInt64?
    /// As typed: "ttft:500 tpot:50" in ms.
    package var goodput: String?
    package var preset: String?
    /// The share of requests that may fail, as typed: "5 %".
    package var maxFailed: String?
    /// False asks no server what it accepts.
    package var probe: Bool?
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
        if model != nil { Self.dropModels(ofServersIn: &result) }
        set(&result, "endpoint", endpoint, "--endpoint")
        set(&result, "preset", preset, "--preset")
        set(&result, "seed", seed.map { String($0) }, "--seed")
        set(&result, "probe", probe.map { String($0) }, "--no-probe")
        if !urls.isEmpty {
            let origin = Origin.option("--url")
            result["servers"] = .list(
                urls.map { url in
                    let value = Document.scalar(url, isPlain: false, origin)
                    return .map([.init(key: "url", keyOrigin: origin, value: value)], origin)
                }, origin)
        }
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

    /// An option goes before what the file says of one server.
    private static func dropModels(ofServersIn document: inout Document) {
        guard case .list(let servers, let origin)? = document["servers"] else { return }
        document["servers"] = .list(
            servers.map { each in
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
        guard let goodput else { return }
        let origin = Origin.option("--goodput")
        let known = ScenarioSchema.fields(.goodput).map(\.key)
        var entries: [Document.Entry] = []
        for part in goodput.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            guard halves.count == 2, let ms = Double(halves[1]), ms > 0, ms.isFinite else {
                collector.report(
                    origin, "`\(part)` is no bound; write for example `ttft:500 tpot:50` (ms)")
                continue
            }
            // Other tools write e2el and itl for the same figures.
            let aliases = ["e2el": "e2e", "itl": "tbt"]
            let name = aliases[String(halves[0])] ?? String(halves[0])
            guard known.contains(name) else {
                let hint = nearestName(to: name, among: known).map { "did you mean `\($0)`?" }
                collector.report(
                    origin,
                    "there is no bound `\(name)`; "
                        + (hint ?? "write one of \(known.joined(separator: ", "))"))
                continue
            }
            entries.append(
                .init(
                    key: name, keyOrigin: origin,
                    value: .scalar("\(halves[1]) ms", isPlain: true, origin)))
        }
        document["goodput"] = .map(entries, origin)
    }

    private var changesStage: Bool {
        requestRate != nil || burstiness != nil || maxConcurrency != nil || numPrompts != nil
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
                        ? "--num-prompts" : duration != nil ? "--duration" : "--burstiness"
            collector.report(
                .option(option),
                "changes the stage of a scenario with one; this one has not one stage")
            return
        }
        var stage = stages[0]
        applyDriver(&stage, collector)
        set(&stage, "burstiness", burstiness.map { "\($0)" }, "--burstiness")
        // One end replaces the other, unless both are given: then the first to come ends it.
        if let numPrompts {
            set(&stage, "requests", String(numPrompts), "--num-prompts")
            if duration == nil, stage["replay"] == nil { stage["duration"] = nil }
        }
        if let duration {
            let isBare = Double(duration) != nil
            set(&stage, "duration", isBare ? duration + " s" : duration, "--duration")
            if numPrompts == nil { stage["requests"] = nil }
        }
        document["stages"] = .list([stage], origin)
    }

    private func applyDriver(_ stage: inout Document, _ collector: DiagnosticCollector) {
        let isUnbounded = requestRate == "inf"
        if let maxConcurrency {
            if requestRate != nil, !isUnbounded {
                collector.report(
                    .option("--max-concurrency"),
                    "a stage has a rate or a concurrency; leave one of the two options out")
                return
            }
            for key in ["rate", "burst", "every", "replay", "format", "scale", "from", "spread"] {
                stage[key] = nil
            }
            for key in ["burstiness", "spacing"] { stage[key] = nil }
            set(&stage, "concurrency", String(maxConcurrency), "--max-concurrency")
            return
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
        set(
            &stage, "rate", requestRate.contains("/") ? requestRate : requestRate + "/s",
            "--request-rate")
    }

    /// The file says what lengths and turns there are, so that what the class said goes.
    private func applyPrompts(_ document: inout Document) {
        guard let prompts, case .list(let classes, let origin)? = document["classes"] else {
            return
        }
        document["classes"] = .list(
            classes.map { each in
                var copy = each
                for key in ["input", "output", "lengths", "format", "turns", "prefix"] {
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
                set(&copy, "input", inputLen.map { "\($0) tokens" }, "--input-len")
                set(&copy, "output", outputLen.map { "\($0) tokens" }, "--output-len")
                return copy
            }, origin)
    }
}

internal import Goodput
internal import Workload

extension ScenarioReader {
    typealias ReadStage = (spec: StageSpec, reader: SectionReader)
    typealias ReadClass = (spec: ClassSpec, reader: SectionReader)

    func stages(_ top: SectionReader, prompts: PromptReader.Options) -> [ReadStage] {
        guard top.has("stages") else {
            if top.lacks("stages") {
                top.collector.report(
                    top.origin,
                    "a scenario needs `stages`, for example `- { rate: 4/s, duration: 2 min }`")
            }
            return []
        }
        return (top.sections("stages") ?? []).compactMap { section in
            stage(section, prompts).map { ($0, section) }
        }
    }

    /// Sessions a second: one a nanosecond, the unit of the schedule.
    private static let greatestRate = 1e9
    private static let drivers = ["concurrency", "burst", "replay", "rate"]

    private func stage(
        _ section: SectionReader, _ prompts: PromptReader.Options
    ) -> StageSpec? {
        let given = Self.drivers.filter(section.has)
        let isReplay = given.contains("replay")
        let driver = isReplay ? "replay" : given.first
        guard let driver, given.count == 1 || (isReplay && given == ["replay", "rate"]) else {
            if !given.isEmpty {
                let isBounded = given == ["concurrency", "rate"]
                section.collector.report(
                    section.origin,
                    "a stage has one of \(given.joined(separator: " and ")), not both"
                        + (isBounded
                            ? "; for a rate with a bound write `max concurrency`" : ""))
            } else if Self.drivers.allSatisfy(section.lacks) {
                section.collector.report(
                    section.origin, "a stage needs one of rate, concurrency, burst or replay")
            }
            return nil
        }
        rejectUnused(section, driver: driver)
        let durationNs = section.span("duration")
        let requests = section.parsed("requests") { text throws(QuantityError) in
            try requestCount(text)
        }
        let bound = section.whole("max concurrency", UInt32(1)...1_000_000)
        switch driver {
        case "concurrency":
            guard let slots = section.whole("concurrency", UInt32(1)...1_000_000) else {
                return nil
            }
            return StageSpec(
                load: .closed(concurrency: slots), durationNs: durationNs, requests: requests)
        case "burst":
            let size = section.parsed("burst") { text throws(QuantityError) in
                try requestCount(text)
            }
            guard let size else { return nil }
            return StageSpec(
                load: .open(.burst(size: size, everyNs: section.span("every"))),
                durationNs: durationNs, requests: requests, maxInFlight: bound)
        case "replay":
            // The window's length is in the trace's own time; the plan scales it.
            guard
                let replay = replay(
                    section, durationNs: durationNs, requests: requests, prompts)
            else { return nil }
            return StageSpec(load: .open(.replay(replay)), requests: requests, maxInFlight: bound)
        default:
            guard let arrivals = rate(section) else { return nil }
            return StageSpec(
                load: .open(arrivals), durationNs: durationNs, requests: requests,
                maxInFlight: bound)
        }
    }

    /// Fields that another kind of stage would use are mistakes, not noise.
    private func rejectUnused(_ section: SectionReader, driver: String) {
        let owners = [
            "burstiness": "rate", "spacing": "rate", "every": "burst", "format": "replay",
            "scale": "replay", "from": "replay", "spread": "replay", "time": "replay",
            "block": "replay",
        ]
        if driver == "concurrency", section.has("max concurrency") {
            section.refuse(
                "max concurrency",
                "bounds a stage with `rate`, `burst` or `replay`; this one has `concurrency`, "
                    + "which holds so many all the time")
        }
        for (key, owner) in owners.sorted(by: { $0.key < $1.key })
        where owner != driver && section.has(key) {
            section.refuse(
                key,
                "belongs to a stage with \(section.spelling(owner)), this one has "
                    + section.spelling(driver))
        }
    }

    private func rate(_ section: SectionReader) -> Arrivals? {
        let burstiness = section.number(
            "burstiness", { $0 >= 1e-3 && $0 <= 1e6 }, "between 0.001 and 1000000")
        let isEven = section.choice("spacing") == "even"
        if isEven, section.has("burstiness") {
            section.refuse(
                "burstiness", "has no meaning with \(section.spelling("spacing")) even")
        }
        let spacing = isEven ? Spacing.even : .gamma(burstiness: burstiness ?? 1)
        let ends = section.parsed("rate") { text throws(QuantityError) -> (Double, Double) in
            func plain(_ part: String) throws(QuantityError) -> Double {
                let value = try Quantity.parse(part, .rate)
                guard value >= 0 else { throw QuantityError(message: "`\(part)` is negative") }
                guard value <= Self.greatestRate else {
                    throw QuantityError(
                        message: "`\(part)` is more than a session a nanosecond; write a rate up "
                            + "to 1e9/s, or `inf` for all at once")
                }
                return value
            }
            if let (low, high) = try Quantity.range(text, plain) { return (low, high) }
            let value = try plain(text)
            guard value > 0 else { throw QuantityError(message: "`\(text)` is no positive rate") }
            return (value, value)
        }
        return ends.map { .rate(from: $0.0, to: $0.1, spacing: spacing) }
    }

    private func replay(
        _ section: SectionReader, durationNs: Int64?, requests: UInt32?,
        _ prompts: PromptReader.Options
    ) -> TraceReplay? {
        let scale = section.number("scale", { $0 > 0 }, "positive")
        guard let (rows, library, file) = replayed(section, prompts) else { return nil }
        let replay = TraceReplay(
            rows: rows, prompts: library, fromNs: section.span("from", allowsZero: true) ?? 0,
            durationNs: durationNs, scale: scale ?? 1, spread: section.flag("spread") ?? false)
        files.add(file(replay.leftOut(requests: requests)))
        guard section.has("rate") else { return replay }
        if section.has("scale") {
            section.report("scale", "a replay has a `scale` or a `rate`, not both")
        }
        guard let rate = section.quantity("rate", .rate) else { return nil }
        guard let scaled = replay.scaled(toRate: rate) else {
            section.report("rate", "the window has fewer than two instants, so no rate to scale")
            return nil
        }
        return scaled
    }

    /// The rows of a trace, or those of a file of prompts with times; and what is to be noted of
    /// the file once it is known what the stage leaves out.
    private func replayed(
        _ section: SectionReader, _ prompts: PromptReader.Options
    ) -> ([TraceRow], PromptLibrary?, (LeftOut) -> InputFile)? {
        guard let named = section.filledText("replay") else { return nil }
        let format = section.choice("format") ?? "auto"
        do throws(TraceFileError) {
            let path = TraceFile.path(named, relativeTo: folder)
            if format == "auto", try PromptFile.isOne(path) {
                if section.has("block") {
                    section.refuse(
                        "block", "is of a trace of lengths, and this is a file of prompts")
                }
                var prompts = prompts
                prompts.isReplay = true
                prompts.time = time(section)
                let library = try PromptFile.read(path, prompts)
                if let line = library.firstLineWithoutTime {
                    throw TraceFileError(
                        message: "\(path):\(line): this prompt has no `timestamp`; a replay needs "
                            + "one of each, in ms (or say `time: s`); without them the file is the "
                            + "`prompts` of a class")
                }
                let rows = library.rows
                return (rows, library, { library.noted(leftOut: $0) })
            }
        } catch {
            section.fault("replay", error.message, subject: .namedFile)
            return nil
        }
        return trace(section, key: "replay", isReplay: true).map { ($0, nil, $1) }
    }

    private func trace(
        _ section: SectionReader, key: String, isReplay: Bool
    ) -> ([TraceRow], (LeftOut) -> InputFile)? {
        guard let named = section.filledText(key) else { return nil }
        var options = TraceReader.Options(
            format: section.choice("format").flatMap(TraceFormat.init(rawValue:)))
        options.isReplay = isReplay
        if isReplay {
            options.time = time(section)
            options.blockTokens = section.whole("block", 1...TokenLength.limit)
        }
        let path = TraceFile.path(named, relativeTo: folder)
        do throws(TraceFileError) {
            let (rows, reader) = try TraceFile.read(path, options)
            if options.time != nil, reader.time == nil {
                section.refuse(
                    "time",
                    "has no meaning with \(reader.format?.rawValue ?? "") times, which say it "
                        + "themselves")
            }
            let count = rows.count
            return (
                rows,
                { outside in
                    InputFile(
                        file: path, format: reader.format?.rawValue ?? "",
                        entries: reader.entries,
                        used: count - outside.total,
                        leftOut: reader.leftOut.adding(outside),
                        reading: isReplay ? reader.reading(of: rows) : [])
                }
            )
        } catch {
            section.fault(key, error.message, subject: .namedFile)
            return nil
        }
    }

    /// The unit of a replay's times; nil where the stage does not say it.
    private func time(_ section: SectionReader) -> TraceTime? {
        section.choice("time").flatMap(TraceTime.init(rawValue:))
    }

    func classes(
        _ top: SectionReader, scoring: ScoringParameters, prompts: PromptReader.Options
    ) -> ([ReadClass], [ScoringParameters]) {
        guard top.has("classes") else {
            if top.lacks("classes") {
                top.collector.report(
                    top.origin,
                    "a scenario needs `classes`, for example `- { name: chat, input: 200 tokens, "
                        + "output: 100 tokens }`")
            }
            return ([], [])
        }
        let sections = top.sections("classes") ?? []
        var classes: [ReadClass] = []
        var scores: [ScoringParameters] = []
        let shared = sections.filter { $0.has("share") }
        var sharesAreKnown = true
        for section in sections where section.lacks("share") && !shared.isEmpty {
            section.report("share", "give every class a `share`, or none")
        }
        for section in sections {
            let given = section.quantity("share", .share)
            sharesAreKnown = sharesAreKnown && given != nil
            let share = given ?? 100 / Double(sections.count)
            let own = section.section("reader").map { reader($0, base: scoring) } ?? scoring
            classes.append((classSpec(section, share: share, prompts), section))
            scores.append(own)
        }
        let total = classes.reduce(0) { $0 + $1.spec.share }
        if !shared.isEmpty, sharesAreKnown, abs(total - 100) > 0.01 {
            top.report("classes", "the shares of the classes add up to \(total) %, not 100 %")
        }
        return (classes, scores)
    }

    private func classSpec(
        _ section: SectionReader, share: Double, _ prompts: PromptReader.Options
    ) -> ClassSpec {
        let name = section.nameText("name")
        if section.lacks("name") { section.report("name", "a class needs a `name`") }
        let turns = length(section, "turns", dimension: nil) ?? .fixed(1)
        let think = section.parsed("think") { text throws(QuantityError) in
            try LawText.parse(text, .span)
        }
        let given = self.prompts(section, prompts)
        for key in ["column", "history"] where section.has(key) && !section.has("prompts") {
            section.refuse(key, "belongs to a class with \(section.spelling("prompts"))")
        }
        let steps = self.steps(section)
        // The file's mistake has been reported; that it brought no lengths is not to be reported
        // too.
        let standIn = ClassLengths.independent(input: .fixed(1), output: .fixed(1))
        let answersAlone = !section.has("input") && !section.has("lengths")
        return ClassSpec(
            name: name ?? "", share: share,
            lengths: section.has("prompts")
                ? (given == nil ? standIn : nil) : section.has("steps") ? nil : lengths(section),
            prompts: given,
            answer: answersAlone ? length(section, "output", dimension: .tokens) : nil,
            turns: turns,
            think: think?.law ?? .fixed(0),
            prefixTokens: section.tokens("prefix", allowsZero: true) ?? 0,
            contextTokens: section.tokens("context"), models: models(section), steps: steps)
    }

    /// The class's file of prompts, which brings lengths and turns.
    private func prompts(
        _ section: SectionReader, _ options: PromptReader.Options
    ) -> PromptLibrary? {
        guard let path = section.filledText("prompts") else { return nil }
        for key in ["input", "lengths", "turns", "prefix", "format"] where section.has(key) {
            section.refuse(
                key, "has no meaning beside \(section.spelling("prompts")), whose file says it")
        }
        var options = options
        options.column = section.filledText("column")
        options.history =
            section.choice("history").flatMap(PromptHistory.init(rawValue:)) ?? options.history
        do throws(TraceFileError) {
            let library = try PromptFile.read(
                TraceFile.path(path, relativeTo: folder), options)
            files.add(library.noted(leftOut: LeftOut()))
            if let line = library.firstLineWithoutOutput, !section.has("output") {
                throw TraceFileError(
                    message: "\(library.file):\(line): this prompt says nothing of its answer's "
                        + "length; give the class an `output` (--output-len)")
            }
            return library
        } catch {
            section.fault("prompts", error.message, subject: .namedFile)
            return nil
        }
    }

    private func lengths(_ section: SectionReader) -> ClassLengths? {
        if section.has("lengths") {
            for key in ["input", "output"] where section.has(key) {
                section.report(key, "a class has `lengths` or `\(key)`, not both")
            }
            return trace(section, key: "lengths", isReplay: false).map { rows, file in
                files.add(file(LeftOut()))
                return .pairs(rows.flatMap(\.lengths))
            }
        }
        if section.has("format") { section.refuse("format", "belongs to `lengths`") }
        let input = length(section, "input", dimension: .tokens)
        let output = length(section, "output", dimension: .tokens)
        guard section.has("input") || section.has("output") else { return nil }
        // An `output` alone is that of prompts which a replay brings.
        guard section.has("input") else { return nil }
        if section.lacks("output") {
            section.report("output", "a class needs both `input` and `output`; add `output`")
        }
        guard let input, let output else {
            return .independent(input: .fixed(1), output: .fixed(1))
        }
        return .independent(input: input, output: output)
    }

    func length(
        _ section: SectionReader, _ key: String, dimension: Dimension?
    ) -> TokenLength? {
        section.parsed(key) { text throws(QuantityError) in
            let law = try LawText.parse(text, dimension)
            func bound(_ value: Double?, _ fallback: UInt32) throws(QuantityError) -> UInt32 {
                guard let value else { return fallback }
                guard value >= 1, value <= Double(TokenLength.limit), value == value.rounded()
                else {
                    throw QuantityError(
                        message: "`\(text)` has a bound that is no whole number from 1 to "
                            + "\(TokenLength.limit)")
                }
                return UInt32(value)
            }
            let ceiling: UInt32 = dimension == nil ? 65_535 : TokenLength.limit
            let length = TokenLength(
                law.law, minimum: try bound(law.minimum, 1),
                maximum: try bound(law.maximum, ceiling))
            if let defect = length.defect { throw QuantityError(message: "`\(text)` \(defect)") }
            if case .fixed(let value) = law.law, value < 1 || value != value.rounded() {
                throw QuantityError(message: "`\(text)` is no whole number of at least 1")
            }
            return length
        }
    }

    /// Fields of a stage that options set, those first that say most of its load.
    static let stageFields = [
        "rate", "burst", "concurrency", "requests", "duration", "max concurrency",
    ]

    /// Reports a defect of a section as a whole: where options changed it, by the first of these
    /// whose field is one of `fields`.
    private func report(
        _ section: SectionReader, _ fields: [String], _ subject: String, _ defect: String
    ) {
        let option = fields.filter(section.has).map(section.origin).first { origin in
            if case .option = origin { true } else { false }
        }
        collector.report(
            option ?? section.origin, option == nil ? "\(subject) \(defect)" : defect)
    }

    /// Reports the mistakes that no field shows alone, each at the stage or class it is about.
    func check(
        _ spec: WorkloadSpec, top: SectionReader, stages: [SectionReader], classes: [SectionReader]
    ) {
        let isComplete = stages.count == top.itemCount("stages")
        for (index, (stage, section)) in zip(spec.stages, stages).enumerated() {
            let isLast = index == stages.count - 1
            if isComplete, section.isSound, let defect = stage.defect(isLast: isLast) {
                report(section, Self.stageFields, "this stage", defect)
            }
        }
        // A stage that could not be read may be the one that brings lengths.
        guard isComplete else { return }
        let needsLengths = spec.stages.contains { !$0.bringsLengths }
        for (each, section) in zip(spec.classes, classes) where section.isSound {
            if let defect = each.defect(needsLengths: needsLengths) {
                report(section, ["prompts", "input", "output"], "class `\(each.name)`", defect)
            }
        }
        guard collector.diagnostics.isEmpty else { return }
        do throws(WorkloadError) {
            try spec.validate()
        } catch {
            collector.report(top.origin(of: "warmup"), "\(error)")
        }
    }
}

extension PromptLibrary {
    /// Facts to be noted of its file, where a stage leaves `outside` out.
    fileprivate func noted(leftOut outside: LeftOut) -> InputFile {
        InputFile(
            file: file, format: format.rawValue, entries: "conversations",
            used: conversations.count - outside.total, leftOut: leftOut.adding(outside),
            reading: reading)
    }
}

extension TraceReader {
    /// The name of its rows.
    fileprivate var entries: String { format?.hasSessions == true ? "sessions" : "rows" }

    /// How the rows of a replay were read: what would be otherwise if the file meant something
    /// else.
    fileprivate func reading(of rows: [TraceRow]) -> [String] {
        var words: [String] = []
        if let time { words.append("times in \(time.rawValue)") }
        if let rate = Trace.meanRate(rows) {
            words.append("\(short(rate)) \(entries)/s")
        }
        if let blockTokens { words.append("blocks of \(blockTokens) tokens") }
        return words
    }
}

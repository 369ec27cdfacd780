import Bytes
import Goodput
import Journal
import Wire
import Workload

extension RunOpening {
    /// Most bytes of a text that a person wrote, and of the scenario: longer texts, which are only
    /// shown, are cut, and a longer scenario is left out.
    private static let textLimit = 4 << 10
    private static let scenarioLimit = 8 << 20
    /// Most notes, classes and stages.
    private static let listLimit = 1 << 16

    func encode(into writer: inout ByteWriter) {
        runID.encode(into: &writer)
        clock.encode(into: &writer)
        writer.sentence(version, limit: Self.textLimit)
        writer.sentence(name, limit: Self.textLimit)
        writer.fixed(seed)
        writer.text(
            scenarioJSON.utf8.count <= Self.scenarioLimit ? scenarioJSON : "null",
            limit: Self.scenarioLimit)
        host.encode(into: &writer)
        writer.varint(UInt64(agents))
        writer.varint(UInt64(requests))
        writer.flag(rounds != nil)
        rounds?.encode(into: &writer)
        writer.varint(UInt64(classes.count))
        for each in classes {
            writer.sentence(each.name, limit: Self.textLimit)
            each.parameters.encode(into: &writer)
        }
        writer.varint(UInt64(modelNames.count))
        for name in modelNames { writer.sentence(name, limit: Self.textLimit) }
        for word in [words.endpoint, words.load, words.lengths, words.duration, words.warmup] {
            writer.sentence(word, limit: Self.textLimit)
        }
        writer.fixed(mostFailed.bitPattern)
        writer.flag(pinsOutput)
        writer.varint(UInt64(percentiles.ranks.count))
        for rank in percentiles.ranks { writer.varint(UInt64(rank.thousandths)) }
        writer.sentence(engine, limit: Self.textLimit)
        writer.flag(isInsecure)
        writer.varint(UInt64(notes.count))
        for note in notes { writer.sentence(note, limit: Self.textLimit) }
        writer.varint(UInt64(stages.count))
        for stage in stages { stage.encode(into: &writer) }
        writer.flag(requiresSteady)
        let words = command.prefix(Self.listLimit)
        writer.varint(UInt64(words.count))
        for word in words { writer.sentence(word, limit: Self.textLimit) }
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        let runID = try RunID(from: &reader, "run id")
        let clock = try ClockName(from: &reader)
        let version = try reader.text("run version", limit: Self.textLimit)
        let name = try reader.text("run name", limit: Self.textLimit)
        let seed: UInt64 = try reader.fixed("run seed")
        let scenario = try reader.text("run scenario", limit: Self.scenarioLimit)
        let host = try HostFacts(from: &reader)
        let agents: UInt16 = try reader.number("run agents")
        let requests = UInt32(
            try reader.varint("run requests", limit: UInt64(WireLimits.requests)))
        let rounds = try reader.flag("run rounds") ? try PlanRounds(from: &reader) : nil
        var classes: [RunClass] = []
        for _ in 0..<(try reader.count("class count", limit: Self.listLimit, bytesEach: 30)) {
            classes.append(
                RunClass(
                    name: try reader.text("class name", limit: Self.textLimit),
                    parameters: try ScoringParameters(from: &reader)))
        }
        guard !classes.isEmpty else {
            throw reader.error("class count", back: 0, .contradiction("there is none"))
        }
        let models = try Self.texts("model name", from: &reader)
        var words = LoadWords()
        words.endpoint = try reader.text("load endpoint", limit: Self.textLimit)
        words.load = try reader.text("load rate", limit: Self.textLimit)
        words.lengths = try reader.text("load lengths", limit: Self.textLimit)
        words.duration = try reader.text("load duration", limit: Self.textLimit)
        words.warmup = try reader.text("load warm-up", limit: Self.textLimit)
        let mostFailed = Double(bitPattern: try reader.fixed("most failed"))
        guard (0...1).contains(mostFailed) else {
            throw reader.error("most failed", back: 8, .contradiction("it is no share"))
        }
        let pinsOutput = try reader.flag("pinned output")
        let percentiles = try Self.percentiles(from: &reader)
        self.init(
            runID: runID, clock: clock, version: version, name: name, seed: seed,
            scenarioJSON: scenario, host: host,
            agents: agents, requests: requests, rounds: rounds, classes: classes,
            modelNames: models, words: words, mostFailed: mostFailed, pinsOutput: pinsOutput,
            percentiles: percentiles,
            engine: try reader.text("run engine", limit: Self.textLimit),
            isInsecure: try reader.flag("run security"),
            notes: try Self.texts("run note", from: &reader))
        // Openings of before end here: nothing is known of their stages.
        guard reader.remaining > 0 else { return }
        for _ in 0..<(try reader.count("stage count", limit: Self.listLimit, bytesEach: 9)) {
            stages.append(try LoadStage(from: &reader))
        }
        requiresSteady = try reader.flag("steady load required")
        // Nor of the command, in those of a little later.
        guard reader.remaining > 0 else { return }
        command = try Self.texts("command word", from: &reader)
    }

    private static func texts(
        _ field: StaticString, from reader: inout ByteReader
    ) throws(DecodeError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try reader.count(field, limit: listLimit)) {
            texts.append(try reader.text(field, limit: textLimit))
        }
        return texts
    }

    private static func percentiles(
        from reader: inout ByteReader
    ) throws(DecodeError) -> PercentileRanks {
        var ranks: Set<PercentileRank> = []
        for _ in 0..<(try reader.count("percentile count", limit: PercentileRanks.most)) {
            ranks.insert(
                PercentileRank(
                    thousandths: Int(try reader.varint("percentile", limit: 100_000))))
        }
        guard !ranks.isEmpty else {
            throw reader.error("percentile count", back: 0, .contradiction("there is none"))
        }
        return PercentileRanks(ranks)
    }
}

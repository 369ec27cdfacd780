/// The kind of value that a field of a scenario may hold.
indirect enum FieldKind: Hashable, Sendable {
    case text
    case flag
    /// A whole number.
    case whole
    /// A real number without a unit.
    case number
    case quantity(Dimension)
    /// A rate, or "a..b" for a ramp.
    case rateOrRamp
    /// A rate, or "off".
    case rateOrOff
    /// A number of requests, bare or with the unit.
    case count
    /// A number of requests, or a span.
    case warmup
    /// A law of tokens, of seconds, or (nil) of plain numbers.
    case law(Dimension?)
    /// One of these names.
    case choice([String])
    /// A path, relative to the scenario's folder.
    case file
    /// Names and texts.
    case textMap
    /// A name, or a list of names.
    case names
    /// A model's name, or names and their shares.
    case modelMix
    /// A rule of dealing: text, or names and weights.
    case deal
    /// Any JSON.
    case json
    case section(SectionName)
    case list(SectionName)

    /// The kind in words, with its unit, for `--explain`.
    var words: String {
        switch self {
        case .text: "text"
        case .flag: "true or false"
        case .whole: "whole number"
        case .number: "number"
        case .quantity(let dimension): Self.words(dimension)
        case .rateOrRamp: "rate in /s, /min or /h, or a ramp a..b"
        case .rateOrOff: "`off`, or a rate in /s, /min or /h"
        case .count: "number of requests"
        case .warmup: "number of requests, or a time"
        case .law(.tokens?): "tokens: a number, a range a..b or a law"
        case .law(.span?): "time: a number, a range a..b or a law"
        case .law: "a number, a range a..b or a law"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .file: "path, relative to the scenario"
        case .textMap: "names and texts"
        case .names: "a name, or a list of names"
        case .modelMix: "a name, or names and per cent"
        case .deal: "`round robin`, weights, or names and weights"
        case .json: "any JSON object"
        case .section(let name): "section `\(name.rawValue)`"
        case .list(let name): "list of `\(name.rawValue)`"
        }
    }

    private static func words(_ dimension: Dimension) -> String {
        switch dimension {
        case .span: "time in ns, us, ms, s, min, h or d, or hh:mm:ss"
        case .rate, .speed: "rate in /s, /min or /h"
        case .share: "per cent"
        case .tokens: "tokens"
        case .requests: "requests"
        case .bytes: "size in kB, MB, GB, KiB, MiB or GiB"
        }
    }
}

/// The sections of a scenario.
enum SectionName: String, Hashable, Sendable, CaseIterable {
    case scenario
    case server
    case stage
    case `class`
    case step
    case reader
    case goodput
    case timeouts
    case request
    case validity
    case engine
    case costs

    /// The purpose of the section, as a sentence.
    var meaning: String {
        switch self {
        case .scenario: "The file itself."
        case .server: "One of `servers`: a server that every agent reaches under this URL."
        case .stage:
            "One of `stages`: a stretch of load with a rate, a concurrency, a burst or a replay."
        case .class: "One of `classes`: a kind of request, its lengths and its reader."
        case .step:
            "One of a class's `steps`: a request of a session that is a graph, such as an agent's."
        case .reader:
            "Who reads an answer, and what waiting costs: the parameters of smooth goodput."
        case .goodput: "Bounds of the classic kind, reported beside smooth goodput."
        case .timeouts: "A request that passes one of them has failed."
        case .request: "What every request carries beside its prompt."
        case .validity: "What a run must keep to, or it is not valid."
        case .engine: "The simulated server that each local agent gets when no server is named."
        case .costs: "Terms of the embedded engine's step times, such as `legato calibrate` finds."
        }
    }

    /// `a stage`, `an engine`, and `costs` as it is.
    var withArticle: String {
        switch self {
        case .costs, .timeouts: rawValue
        case .engine: "an \(rawValue)"
        default: "a \(rawValue)"
        }
    }
}

/// One field: the parser, `--explain` and the nearest name all read this.
struct Field: Hashable, Sendable {
    var key: String
    var kind: FieldKind
    /// The default in words; nil for none.
    var fallback: String?
    var meaning: String
    var example: String

    init(
        _ key: String, _ kind: FieldKind, _ fallback: String? = nil, _ meaning: String,
        _ example: String
    ) {
        self.key = key
        self.kind = kind
        self.fallback = fallback
        self.meaning = meaning
        self.example = example
    }
}

/// The one table of fields.
enum ScenarioSchema {
    static func fields(_ section: SectionName) -> [Field] {
        switch section {
        case .scenario: scenario
        case .server: server
        case .stage: stage
        case .class: classFields
        case .step: step
        case .reader: reader
        case .goodput: goodput
        case .timeouts: timeouts
        case .request: request
        case .validity: validity
        case .engine: engine
        case .costs: costs
        }
    }

    static func field(_ section: SectionName, _ key: String) -> Field? {
        fields(section).first { $0.key == key }
    }
}

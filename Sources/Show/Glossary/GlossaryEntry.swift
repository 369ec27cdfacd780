/// A word of the result tables, explained.
package struct GlossaryEntry: Hashable, Sendable {
    /// A group of words.
    package enum Chapter: String, Hashable, Sendable, CaseIterable {
        case rates = "Rates and shares"
        case latencies = "Latencies"
        case reader = "The reader and the penalty"
        case losses = "Where the rest went"
        case verdicts = "Verdicts"
        case uncertainty = "Intervals and steady states"
        case clocks = "Clocks"
        case agents = "Agents, clients and servers"
        case sweeps = "Sweeps and comparisons"
    }

    /// A place in the files of a run.
    package enum Place: Hashable, Sendable {
        /// Names of members of `summary.json`, joined by dots; `[]` stands for each element.
        case summary(String)
        /// Another file, and its members.
        case file(String, String)

        package var text: String {
            switch self {
            case .summary(let path): "`\(path)` of summary.json"
            case .file(let name, let path): "`\(path)` of \(name)"
            }
        }
    }

    /// As the table writes it.
    package var word: String
    /// Other names of the same, as people and other tools have them.
    package var aliases: [String]
    package var chapter: Chapter
    /// Sentences.
    package var meaning: String
    /// The equation or the rule; nil where the meaning is one.
    package var rule: String?
    package var unit: String?
    package var place: Place?
    /// The paper or the tool that it comes from.
    package var source: String?

    init(
        _ word: String, _ aliases: [String] = [], _ meaning: String, rule: String? = nil,
        unit: String? = nil, place: Place? = nil, source: String? = nil, in chapter: Chapter
    ) {
        self.word = word
        self.aliases = aliases
        self.chapter = chapter
        self.meaning = meaning
        self.rule = rule
        self.unit = unit
        self.place = place
        self.source = source
    }
}

/// Which columns of a table hold a prompt and the length of its answer.
struct PromptTable: Hashable, Sendable {
    /// Names that say what a column holds, the surest first; in any case.
    static let promptNames = [
        "prompt", "text", "question", "instruction", "query", "input", "content",
    ]
    static let outputNames = [
        "output_tokens", "output_length", "output_len", "max_tokens", "max_completion_tokens",
    ]

    var prompt: Int
    var output: Int?
    /// The name of the column of prompts.
    private let name: String

    /// The columns that a row of names says.
    ///
    /// - Parameter wanted: The column that somebody named; nil finds it.
    init(header: [[UInt8]], wanted: String?) throws(PromptFault) {
        let names = header.map { field in
            TraceColumns.name(field[...])
        }
        let listed = names.prefix(12).map(Self.shown).joined(separator: ", ")
        func column(_ name: String) -> Int? {
            names.firstIndex { $0.lowercased() == name.lowercased() }
        }
        output = Self.outputNames.lazy.compactMap(column).first
        if let wanted {
            guard let named = column(wanted) else {
                throw PromptFault(problem: "there is no column `\(wanted)`; the file has \(listed)")
            }
            prompt = named
            name = names[named]
            return
        }
        let isTrace = TraceFormat.allCases.contains { format in
            format.columns.map { names.contains($0.input) && names.contains($0.output) } ?? false
        }
        guard !isTrace else {
            throw PromptFault(
                problem:
                    "this is a file of lengths and not of prompts; name it as `lengths` of a class "
                    + "or as a stage's `replay`")
        }
        guard let found = Self.promptNames.lazy.compactMap(column).first else {
            throw PromptFault(
                problem: names.count == 1
                    ? "the one column's name is not known to be of prompts; if it is, say so with "
                        + "`column:` (--column), and call a file without a line of names .txt"
                    : "none of the columns \(listed) is known to hold prompts; name it with "
                        + "`column:` (--column)")
        }
        prompt = found
        name = names[found]
    }

    /// A name for people; a text that is no name may be a prompt, and is not shown.
    private static func shown(_ name: String) -> String {
        let isName =
            name.utf8.count <= 40 && name.split(separator: " ").count <= 3
            && name.allSatisfy { $0.isLetter || $0.isNumber || " _-.#/()".contains($0) }
        return isName ? "`\(name)`" : "a text that is no name"
    }

    /// How the table was read, for people.
    func reading(_ separator: UInt8) -> [String] {
        ["column `\(name)`"] + (TableHead.name(of: separator).map { ["parted by \($0)"] } ?? [])
    }
}

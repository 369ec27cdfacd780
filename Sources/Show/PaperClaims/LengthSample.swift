import Randomness

/// The lengths that requests of a study have.
package struct LengthSample: Hashable, Sendable {
    /// Tokens of a prompt and of its answer.
    package struct Lengths: Hashable, Sendable {
        package var prompt: Int
        package var output: Int

        package init(prompt: Int, output: Int) {
            self.prompt = prompt
            self.output = output
        }
    }

    private let lengths: [Lengths]

    /// - Parameter lengths: At least one; each is drawn as often as the others.
    package init(_ lengths: [Lengths]) {
        precondition(!lengths.isEmpty, "a sample has lengths")
        self.lengths = lengths
    }

    /// The rows of a table of numbers separated by commas, its first line a heading: tokens of the
    /// prompt, tokens of the answer, and columns that do not matter.
    ///
    /// - Throws: ``LengthTableError`` with the line.
    package init(parsing table: String) throws(LengthTableError) {
        var lengths: [Lengths] = []
        for (index, line) in table.split(whereSeparator: \.isNewline).enumerated().dropFirst() {
            let columns = line.split(separator: ",", omittingEmptySubsequences: false)
            guard columns.count >= 2, let prompt = Int(columns[0]), let output = Int(columns[1]),
                prompt > 0, output > 0
            else { throw LengthTableError(line: index + 1, text: String(line.prefix(60))) }
            lengths.append(Lengths(prompt: prompt, output: output))
        }
        guard !lengths.isEmpty else { throw LengthTableError(line: 2, text: "") }
        self.lengths = lengths
    }

    /// One of the lengths, each as likely.
    func draw(using random: inout RandomStream) -> Lengths {
        lengths[Int.random(in: lengths.indices, using: &random)]
    }
}

/// A line of a table of lengths that has none.
package struct LengthTableError: Error, Hashable, Sendable, CustomStringConvertible {
    package var line: Int
    package var text: String

    package var description: String {
        "line \(line) of the lengths, \"\(text)\", is no `prompt,output` in tokens, both above 0"
    }
}

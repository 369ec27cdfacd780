/// A problem of a file or a folder: what is wrong, where, and what to do, in one sentence for
/// standard error.
package struct FileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The command's exit status that fits.
    package enum Kind: Hashable, Sendable {
        /// The content of the file is not as it should be (exit 65).
        case content
        /// The system refused (exit 1).
        case system
    }

    package var kind: Kind
    /// As the user gave it.
    package var path: String
    /// From 1, where one line is to blame.
    package var line: Int?
    /// From 1, in bytes, where one byte of the line is.
    package var column: Int?
    package var problem: String

    package init(
        _ kind: Kind, _ path: String, line: Int? = nil, column: Int? = nil, _ problem: String
    ) {
        self.kind = kind
        self.path = path
        self.line = line
        self.column = column
        self.problem = problem
    }

    package var description: String {
        let position = [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
        return "\(path)\(position): \(problem)"
    }
}

/// The mistake in another tool's file, and where it is.
package struct ForeignProblem: Error, Hashable, Sendable {
    /// In bytes from the beginning of the file.
    package var offset: Int
    /// The members and elements that lead there, such as `itls[3][2]`; empty at the top.
    package var member: String
    /// The mistake and what to do, as a clause.
    package var problem: String

    package init(offset: Int, member: String = "", _ problem: String) {
        self.offset = offset
        self.member = member
        self.problem = problem
    }

    /// Both in a sentence that follows the file's name.
    package var sentence: String { member.isEmpty ? problem : "`\(member)` \(problem)" }

    /// The line and the column of the offset in `bytes`, from 1, the column in bytes.
    package func position(in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var start = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            start = index + 1
        }
        return (line, offset - start + 1)
    }
}

/// A bound of a sweep that cannot be read.
package struct SweepError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package var text: String
    /// From 1: the first character of what cannot be read.
    package var column: Int
    package var problem: String

    package var description: String { "`\(text)`, column \(column): \(problem)" }
}

/// The figures of a run as a tool would have made them, and what its rule loses here.
package struct PrintedFigures: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        /// In the file's unit.
        case number(Double)
        case missing(MissingReason)

        /// The number; nil where it is missing.
        package var number: Double? {
            guard case .number(let number) = self else { return nil }
            return number
        }
    }

    package struct Figure: Hashable, Sendable {
        package var row: ToolRow
        package var value: Value
    }

    package var tool: Tool
    /// In the order of the tool's file.
    package var figures: [Figure]
    package var remarks: [ToolRemark]

    /// The value of the figure whose members are `path`, joined by dots; nil where the tool has no
    /// such figure. O(figures).
    package subscript(path: String) -> Value? {
        figures.first { $0.row.path.joined(separator: ".") == path }?.value
    }

    /// Why figures are missing, each reason once, in the order of the figures.
    package var missing: [MissingReason] {
        var reasons: [MissingReason] = []
        for case .missing(let reason) in figures.map(\.value) where !reasons.contains(reason) {
            reasons.append(reason)
        }
        return reasons
    }
}

extension SteadyState.Verdict {
    /// The word in files; nil where there is none to give.
    package var word: String? {
        switch self {
        case .steady: "steady"
        case .tooShort: "too short"
        case .overloaded: "overloaded"
        case .drifting: "drifting"
        case .stages: nil
        }
    }

    /// The reason's word in files; nil for a steady state.
    package var reason: String? {
        switch self {
        case .steady: nil
        case .tooShort(let shortage): shortage.rawValue
        case .overloaded: "backlog"
        case .drifting(let drift): drift.rawValue
        case .stages: "stages"
        }
    }
}

extension NoInterval {
    /// The word in files.
    package var word: String {
        switch self {
        case .verdict(let verdict): verdict.word ?? "stages"
        case .constant: "constant"
        case .wanders: "wanders"
        case .count: "count"
        case .empty: "empty"
        case .runs: "runs"
        case .tooLarge: "too large"
        }
    }
}

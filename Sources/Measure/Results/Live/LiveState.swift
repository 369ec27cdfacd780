package import Goodput

/// All that a live page and the metrics of a coordinator say of a run at one moment.
package struct LiveState: Sendable {
    /// The run as it is known before it begins.
    package struct About: Hashable, Sendable {
        package var version = ""
        package var scenario = ""
        package var seed: UInt64 = 0
        /// How many agents take part.
        package var agents = 1
        /// Further facts for people: what serves, when it began.
        package var facts: [String] = []
        /// Bounds that all classes share.
        package var objectives = Objectives()

        package init() {}
    }

    /// Where the run is on its way.
    package enum Phase: Hashable, Sendable {
        /// These agents are here, and others are missing, or prepare themselves.
        case gathering(here: [String])
        /// Everybody was told when to start; the snapshot's time is below 0 until then.
        case running
        /// Nothing is sent any more: the results are being made.
        case concluding
        case ended(Ending)
    }

    /// The end of a run, or of all its repeats.
    package struct Ending: Hashable, Sendable {
        /// As a user may type it.
        package var folder: String
        package var verdict: String
        /// Whether its report was written.
        package var hasReport: Bool

        package init(folder: String, verdict: String, hasReport: Bool) {
            self.folder = folder
            self.verdict = verdict
            self.hasReport = hasReport
        }
    }

    package var about: About
    package var phase: Phase
    package var snapshot = LiveSnapshot()
    /// nil before the start.
    package var detail: LiveDetail?
    /// The servers that were asked for their metrics.
    package var servers: [LiveServer] = []

    package init(about: About, phase: Phase) {
        self.about = about
        self.phase = phase
    }
}

extension Objectives {
    /// The bounds on which all of `classes` agree.
    package static func shared(by classes: [ScoringParameters]) -> Objectives {
        func same(_ bound: KeyPath<Objectives, Int64?>) -> Int64? {
            let bounds = Set(classes.map { $0.objectives[keyPath: bound] })
            return bounds.count == 1 ? bounds.first ?? nil : nil
        }
        return Objectives(
            ttft: same(\.ttft), tpot: same(\.tpot), tbt: same(\.tbt), e2e: same(\.e2e))
    }
}

extension LiveState.Phase {
    /// All names, in their order.
    package static let names = ["gathering", "running", "concluding", "ended"]

    /// Its name, as metrics and the page's data have it.
    package var name: String {
        switch self {
        case .gathering: Self.names[0]
        case .running: Self.names[1]
        case .concluding: Self.names[2]
        case .ended: Self.names[3]
        }
    }
}

/// A folder of a store of runs, as far as it is known from its small files.
package struct StoreEntry: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case run
        /// Runs of one scenario, joined.
        case repeats
        case sweep
    }

    package enum State: Hashable, Sendable {
        /// Over; of several runs the worst one's.
        case over(Verdict)
        /// Without an end, and written to within ``StoreEntry/youngest``.
        case underWay
        /// Without an end: its coordinator died, or a sweep was cut off.
        case unfinished
        /// Files that cannot be used, with a sentence.
        case damaged(String)

        /// The state in the table and in ``StoreFilter``.
        package var word: String {
            switch self {
            case .over(let verdict): verdict.rawValue
            case .underWay: "under way"
            case .unfinished: "unfinished"
            case .damaged: "damaged"
            }
        }

        package static let words =
            Verdict.allCases.map(\.rawValue) + ["under way", "unfinished", "damaged"]
    }

    /// Seconds since its last write after which a run without an end is no longer taken for one
    /// that goes on: a coordinator writes many times a second.
    package static let youngest: Int64 = 3_600

    /// Its name within the store.
    package var folder: String
    /// Nil where it is no run's folder.
    package var kind: Kind? = .run
    package var state: State
    /// The scenario's; the folder's where that is not known.
    package var name: String
    /// Runs in it.
    package var runs = 1
    /// Unix time of its begin, or of its last write where that is not known, s.
    package var began: Int64
    /// Unix time of its last write, s.
    package var written: Int64
    /// Tokens a second; of repeats the mean, of a sweep the greatest.
    package var smooth: Double?
    package var throughput: Double?
    /// Base URLs; empty for embedded engines in virtual time.
    package var servers: [String] = []
    /// The engine that was simulated; nil for real servers.
    package var simulated: String?
    package var host: String?
    /// On disk.
    package var byteCount = 0
    /// A file within that no run writes, relative to the folder; nil where there is none.
    package var foreign: String?

    package init(folder: String, state: State, written: Int64) {
        self.folder = folder
        self.state = state
        self.written = written
        name = folder
        began = written
    }

    /// The server in one word.
    package var server: String {
        if simulated != nil { return "simulated" }
        return servers.count > 1 ? "\(servers.count) servers" : servers.first ?? "-"
    }
}

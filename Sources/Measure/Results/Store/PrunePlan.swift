/// Which entries of a store are removed, and which of those that were meant are left.
package struct PrunePlan: Hashable, Sendable {
    /// Why an entry is left.
    package enum Reason: Hashable, Sendable {
        /// It goes on, or may: it was written to a moment ago.
        case underWay
        /// It holds a file that no run writes.
        case foreign(String)
        case noRun

        package func sentence(of folder: String) -> String {
            switch self {
            case .underWay:
                "\(folder) is left: it may still be written; try again when its run is over"
            case .noRun: "\(folder) is left: it is no run's folder; remove it yourself"
            case .foreign(let file):
                "\(folder) is left: it holds \(file), which no run writes; move that away, or "
                    + "remove the folder yourself"
            }
        }
    }

    package struct Left: Hashable, Sendable {
        package var folder: String
        package var reason: Reason
    }

    package private(set) var removed: [StoreEntry] = []
    package private(set) var left: [Left] = []

    /// Seconds since their last write within which repeats and sweeps may go on, between two runs.
    static let pause: Int64 = 60

    /// - Parameters:
    ///   - entries: Those that are meant, the newest first.
    ///   - keep: Number of the newest of them that stay.
    ///   - now: Unix time, s.
    package init(_ entries: [StoreEntry], keep: Int, now: Int64) {
        for entry in entries.dropFirst(keep) {
            if entry.kind == nil {
                left.append(Left(folder: entry.folder, reason: .noRun))
            } else if entry.state == .underWay
                || entry.kind != .run && now - entry.written < Self.pause
            {
                left.append(Left(folder: entry.folder, reason: .underWay))
            } else if let foreign = entry.foreign {
                left.append(Left(folder: entry.folder, reason: .foreign(foreign)))
            } else {
                removed.append(entry)
            }
        }
    }

    package var byteCount: Int { removed.reduce(0) { $0 + $1.byteCount } }
}

/// The content of `run.sqlite`: what its SQL, its documentation and the rows are made of, so that
/// none of them can say another thing than the others.
package enum DatabaseSchema {
    /// `PRAGMA user_version`: raised whenever a name or a meaning changes.
    package static let format = 1
    /// `PRAGMA application_id`, `Lgto`: what tells the file from other databases.
    package static let application: Int32 = 0x4c67_746f
    /// The first bytes of every SQLite file, and where ``application`` stands behind them.
    package static let magic = Array("SQLite format 3\0".utf8)
    package static let applicationOffset = 68

    /// All tables in the order in which they are made, with the one of `storage`.
    static func tables(_ storage: TokenStorage) -> [TableShape] {
        [
            run.shape, agents.shape, clocks.shape, clockLedger.shape, servers.shape,
            serverSamples.shape, classes.shape, percentiles.shape, findings.shape, requests.shape,
            storage == .deltas ? tokens.shape : tokenEvents.shape,
        ]
    }

    /// All views, each behind those that it looks at.
    static func views(_ storage: TokenStorage) -> [View] {
        (storage == .deltas ? [decodedTokens] : []) + figureViews
    }
}

/// The form in which token times are kept.
package enum TokenStorage: Hashable, Sendable {
    /// One BLOB a request.
    case deltas
    /// A row an event: several times as large, and faster to ask.
    case rows
}

import GRDB
import GRDBSQLite
import Results

/// A database file while it is written: one transaction, no journal beside it.
struct DatabaseFile {
    private let database: Database
    /// The path that the file will have: that of problems.
    private let path: String

    /// Opens the empty file `temporary`, hands it to `body` within one transaction and closes it.
    ///
    /// The file is thrown away as a whole on failure, so that SQLite keeps no journal and syncs
    /// nothing; who renames it syncs it before.
    ///
    /// - Throws: ``FileProblem`` of `path`, and those of `body`.
    static func write<Result>(
        at temporary: String, shownAs path: String, _ body: (DatabaseFile) throws -> Result
    ) throws(FileProblem) -> Result {
        do {
            var configuration = Configuration()
            // A pass that fails leaves the transaction open: the file is thrown away with it.
            configuration.allowsUnsafeTransactions = true
            let queue = try DatabaseQueue(path: temporary, configuration: configuration)
            let result = try queue.writeWithoutTransaction { database in
                for setting in [
                    "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE",
                    "cache_size = -\(cacheKiB)", "temp_store = FILE",
                    "application_id = \(DatabaseSchema.application)",
                    "user_version = \(DatabaseSchema.format)",
                ] {
                    try database.execute(sql: "PRAGMA \(setting)")
                }
                try database.execute(sql: "BEGIN")
                let result = try body(DatabaseFile(database: database, path: path))
                try database.execute(sql: "COMMIT")
                return result
            }
            try queue.close()
            return result
        } catch let problem as FileProblem {
            throw problem
        } catch {
            throw .database(error, path)
        }
    }

    /// The pages that SQLite keeps in memory.
    private static let cacheKiB = 16 << 10

    func execute(_ statement: String) throws { try database.execute(sql: statement) }

    /// Enters a row for each of `rows`.
    func insert<Row>(_ rows: [Row], into table: Table<Row>) throws {
        guard !rows.isEmpty else { return }
        let inserter = try inserter(table)
        for row in rows { try inserter.insert(row) }
    }

    /// The statement that enters rows into `table`, prepared once.
    func inserter<Row>(_ table: Table<Row>) throws -> RowInserter<Row> {
        try RowInserter(table, into: database, path: path)
    }
}

/// Enters rows into one table: values go straight to SQLite, with no box around each.
struct RowInserter<Row> {
    private let columns: [Column<Row>]
    /// Kept, since the statement ends with it.
    private let owner: Statement
    private let connection: OpaquePointer?
    private let path: String

    fileprivate init(_ table: Table<Row>, into database: Database, path: String) throws {
        columns = table.columns
        owner = try database.makeStatement(sql: table.shape.insertion)
        connection = database.sqliteConnection
        self.path = path
    }

    func insert(_ row: Row) throws(FileProblem) {
        let statement = owner.sqliteStatement
        for (index, column) in columns.enumerated() {
            try check(column.field(row).bind(to: statement, at: Int32(index + 1)), SQLITE_OK)
        }
        let code = sqlite3_step(statement)
        try check(code, SQLITE_DONE)
        sqlite3_reset(statement)
    }

    private func check(_ code: Int32, _ expected: Int32) throws(FileProblem) {
        guard code != expected else { return }
        let message = connection.map { String(cString: sqlite3_errmsg($0)) }
        throw .database(
            DatabaseError(resultCode: ResultCode(rawValue: code), message: message), path)
    }
}

extension Field {
    /// Hands the value to SQLite, which copies it before the call ends.
    ///
    /// - Returns: SQLite's result code.
    fileprivate func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        // SQLITE_TRANSIENT, a macro of C that is no declaration: SQLite makes its own copy.
        let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch self {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let value): return sqlite3_bind_int64(statement, index, value)
        case .real(let value): return sqlite3_bind_double(statement, index, value)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(
                        statement, index, $0.baseAddress, Int32($0.count), copies)
                }
            }
        case .blob(let bytes):
            // No address would be NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(
                    statement, index, $0.baseAddress, UInt64($0.count), copies)
            }
        }
    }
}

extension FileProblem {
    /// The refusal of SQLite to write the file that will be at `path`.
    fileprivate static func database(_ error: any Error, _ path: String) -> FileProblem {
        guard let error = error as? DatabaseError else {
            return FileProblem(.system, path, "cannot be written: \(error)")
        }
        let advice =
            switch error.resultCode {
            case .SQLITE_FULL: "free space on its disk, or name another place with --out"
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
                "its permissions must let you; check them, or name another place with --out"
            default: "check its disk, or name another place with --out"
            }
        return FileProblem(
            .system, path,
            "cannot be written: SQLite says \(error.message ?? "error \(error.resultCode)"); "
                + advice)
    }
}

import GRDB
import Results
import SampleRuns
import Scratch
import Testing

@testable import Database

/// A run's database in a scratch folder, opened to read.
struct WrittenRun {
    let summary: RunSummary
    let folder: ScratchFolder
    let database: DatabaseQueue

    var path: String { folder.path + "/run.sqlite" }

    init(_ result: RunResult = SampleRun.result, _ storage: TokenStorage = .deltas) throws {
        folder = ScratchFolder()
        summary = try RunSummary(result)
        _ = try RunDatabase.write(
            summary, of: StoredRequests(result.requests), to: folder.path + "/run.sqlite",
            tokens: storage)
        var configuration = Configuration()
        configuration.readonly = true
        database = try DatabaseQueue(
            path: folder.path + "/run.sqlite", configuration: configuration)
    }

    func rows(_ sql: String) throws -> [Row] {
        try database.read { try Row.fetchAll($0, sql: sql) }
    }

    /// The first value of the first row.
    func value(_ sql: String) throws -> DatabaseValue {
        try #require(try rows(sql).first?.databaseValues.first, "\(sql)")
    }

    /// The real of each scope, name and figure, or of each scope and name.
    func figures(_ view: String) throws -> [String: Double?] {
        var figures: [String: Double?] = [:]
        for row in try rows("SELECT * FROM \(view)") {
            let values = Array(row.databaseValues)
            let key = values.dropLast().map { String.fromDatabaseValue($0) ?? "?" }
            figures[key.joined(separator: "/")] = Double.fromDatabaseValue(values[values.count - 1])
        }
        return figures
    }
}

import Foundation
import GRDB
import Goodput
import Results
import SampleRuns
import Scratch
import Testing
import TokenLog

@testable import Database

@Suite("A run's database")
struct RunDatabaseTests {
    @Test(
        "It is one sound file of its format, with STRICT tables and indices",
        arguments: [TokenStorage.deltas, .rows])
    func sound(storage: TokenStorage) throws {
        let run = try WrittenRun(SampleRun.result, storage)
        #expect(try run.value("PRAGMA integrity_check") == "ok".databaseValue)
        #expect(try run.value("PRAGMA user_version") == DatabaseSchema.format.databaseValue)
        #expect(
            try run.value("PRAGMA application_id") == DatabaseSchema.application.databaseValue)
        #expect(try run.value("PRAGMA journal_mode") == "delete".databaseValue)
        let tables = DatabaseSchema.tables(storage)
        #expect(
            try run.value(
                "SELECT count(*) FROM pragma_table_list WHERE strict AND name <> 'sqlite_schema'")
                == tables.count.databaseValue)
        let indices = try run.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
        #expect(indices.count == tables.reduce(0) { $0 + $1.indices.count })
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.path).count == 1)
        let mode = try FileManager.default.attributesOfItem(atPath: run.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test(
        "Views and tables have the columns that they are documented with",
        arguments: [TokenStorage.deltas, .rows])
    func columns(storage: TokenStorage) throws {
        let run = try WrittenRun(SampleRun.result, storage)
        var documented = DatabaseSchema.views(storage).map { ($0.name, $0.columns) }
        documented += DatabaseSchema.tables(storage).map { ($0.name, $0.columns.map(\.name)) }
        for (name, columns) in documented {
            let found = try run.database.read { try $0.columns(in: name).map(\.name) }
            #expect(found == columns, "\(name)")
        }
    }

    @Test("A request has all that its line has, NULL where the line has nothing")
    func request() throws {
        var result = SampleRun.result
        result.requests[2].error?.detail = "'; DROP TABLE requests; --\u{0}\"ü"
        let run = try WrittenRun(result)
        #expect(try run.value("SELECT count(*) FROM requests") == 8.databaseValue)
        let failed = try #require(try run.rows("SELECT * FROM requests WHERE id = 2").first)
        #expect(failed["request_id"] == "r7-2")
        #expect(failed["model"] == "m\"1")
        #expect(failed["agent"] == "node-01")
        #expect(failed["class"] == "chat")
        #expect(failed["scheduled_ns"] == 500_000_000)
        #expect(failed["sent_ns"] == 500_061_002)
        #expect(failed["late_ns"] == 61_002)
        #expect(failed["outcome"] == "failed")
        #expect(failed["error_kind"] == "reset")
        #expect(failed["error_status"] == 200)
        let detail = try run.value("SELECT hex(error_detail) FROM requests WHERE id = 2")
        let bytes = Data("'; DROP TABLE requests; --\u{0}\"ü".utf8)
        #expect(detail == bytes.map { String(format: "%02X", $0) }.joined().databaseValue)
        #expect(failed["events"] == 5)
        #expect(failed["tokens"] == 8)
        #expect(failed["ttft_ns"] == 200_000_000)
        let unsent = try #require(try run.rows("SELECT * FROM requests WHERE id = 3").first)
        for column in ["sent_ns", "late_ns", "stamp_source", "prompt_tokens", "ttft_ns"] {
            #expect(unsent[column] as DatabaseValue? == .null, "\(column)")
        }
        #expect(unsent["tokens"] == 0)
        let odd = try #require(try run.rows("SELECT * FROM requests WHERE id = 4").first)
        #expect(odd["finish_reason"] == "budget_spent")
        #expect(odd["hidden_tokens"] == 200)
        #expect(odd["unknown_field"] == "thinking")
        #expect(odd["marks_json"] == #"["framing_guessed","body_left_open"]"#)
        let warmup = try #require(try run.rows("SELECT * FROM requests WHERE id = 0").first)
        #expect(warmup["phase"] == "warmup")
        #expect(warmup["benefit_tokens"] as DatabaseValue? == .null)
    }

    @Test(
        "Token times are the requests' own, in both forms",
        arguments: [TokenStorage.deltas, .rows])
    func tokens(storage: TokenStorage) throws {
        let run = try WrittenRun(SampleRun.result, storage)
        for request in SampleRun.requests {
            let rows = try run.rows(
                "SELECT * FROM token_events WHERE id = \(request.id) ORDER BY event")
            let events = rows.map { TokenEvent(time: $0["time_ns"], count: $0["tokens"]) }
            #expect(events == request.tokens, "\(request.id)")
            #expect(rows.map { $0["event"] as Int } == Array(rows.indices))
        }
    }

    @Test("Agents, clocks, classes and findings have their rows")
    func others() throws {
        let run = try WrittenRun()
        #expect(try run.value("SELECT seed FROM run") == String(UInt64.max).databaseValue)
        #expect(try run.value("SELECT summary_json FROM run") == run.summary.json.databaseValue)
        let clock = try #require(
            try run.rows("SELECT * FROM clocks WHERE agent = 'node-01'").first)
        #expect(clock["valid"] == 0)
        #expect(clock["low_ns"] == -7_100)
        #expect(clock["min_rtt_ns"] == 14_600)
        #expect(try run.value("SELECT count(*) FROM clock_ledger") == 2.databaseValue)
        #expect(
            try run.value("SELECT ttft_slo_ns FROM classes WHERE name = 'chat'")
                == 500_000_000.databaseValue)
        #expect(
            try run.value("SELECT sentence FROM findings WHERE kind = 'invalid'")
                == "probe gap".databaseValue)
        #expect(
            try run.value("SELECT sentence FROM findings WHERE kind = 'gap'")
                == "agent killed".databaseValue)
        let reasons = try run.rows("SELECT * FROM findings WHERE kind = 'reason'")
        #expect(reasons.map { $0["sentence"] } == run.summary.header.findings.map(\.sentence))
    }

    @Test("Ten queries run, in both forms, and say the same")
    func queries() throws {
        let runs = [try WrittenRun(), try WrittenRun(SampleRun.result, .rows)]
        #expect(DatabaseSchema.queries.count == 10)
        for query in DatabaseSchema.queries {
            let answers = try runs.map { try $0.rows(query.sql) }
            #expect(answers[0] == answers[1], "\(query.title)")
            let mayBeEmpty = query.title.contains("queue")  // the sample has no server's metrics
            #expect(!answers[0].isEmpty || mayBeEmpty, "\(query.title)")
        }
    }

    @Test("The article has the schema that is written")
    func article() throws {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/System/Database/Documentation.docc/Database.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(
            text.contains(
                "-->\n\n" + DatabaseSchema.markdown + "\n<!-- schema end -->"),
            "draw it anew: legato sqlite --schema")
    }

    @Test("A database is replaced as a whole; what is none is left alone")
    func replacing() throws {
        let run = try WrittenRun()
        let requests = StoredRequests(SampleRun.requests)
        _ = try RunDatabase.write(run.summary, of: requests, to: run.path)
        let names = ["tokens.log", "other.sqlite", "empty", "link", "folder"]
        let paths = names.map { "\(run.folder.path)/\($0)" }
        let files = FileManager.default
        try Data("no database, but somebody's".utf8).write(to: URL(fileURLWithPath: paths[0]))
        let other = try DatabaseQueue(path: paths[1])
        try other.write { try $0.execute(sql: "CREATE TABLE t (a)") }
        try other.close()
        try Data().write(to: URL(fileURLWithPath: paths[2]))
        try files.createSymbolicLink(atPath: paths[3], withDestinationPath: paths[0])
        try files.createDirectory(atPath: paths[4], withIntermediateDirectories: false)
        for path in paths {
            let before = files.contents(atPath: path)
            let problem = #expect(throws: FileProblem.self) {
                try RunDatabase.write(run.summary, of: requests, to: path)
            }
            #expect(problem?.kind == .system && problem?.path == path)
            #expect(files.contents(atPath: path) == before, "\(path)")
        }
        let missing = #expect(throws: FileProblem.self) {
            try RunDatabase.write(
                run.summary, of: requests, to: run.folder.path + "/no/run.sqlite")
        }
        #expect(missing?.kind == .system)
        #expect(try files.contentsOfDirectory(atPath: run.folder.path).count == 6)
    }

    /// Requests that end in the middle.
    private struct BrokenRequests: MeasuredRequests {
        var path: String { "requests.jsonl" }

        func forEach(
            withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
        ) throws(FileProblem) {
            for request in SampleRun.requests.prefix(5) { try body(request) }
            throw FileProblem(.content, path, line: 6, "is cut off")
        }
    }

    @Test("A pass that fails leaves the former file, and nothing beside it")
    func failing() throws {
        let run = try WrittenRun()
        let before = FileManager.default.contents(atPath: run.path)
        let problem = #expect(throws: FileProblem.self) {
            try RunDatabase.write(run.summary, of: BrokenRequests(), to: run.path)
        }
        #expect(problem?.description == "requests.jsonl:6: is cut off")
        #expect(FileManager.default.contents(atPath: run.path) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.path).count == 1)
    }

    @Test("Two requests of one id, which no file has, are the database's refusal")
    func twice() throws {
        var result = SampleRun.result
        let summary = try RunSummary(result)
        result.requests.append(result.requests[1])
        let folder = ScratchFolder()
        let problem = #expect(throws: FileProblem.self) {
            try RunDatabase.write(
                summary, of: StoredRequests(result.requests),
                to: folder.path + "/run.sqlite")
        }
        #expect(problem?.problem.contains("UNIQUE") == true, "\(String(describing: problem))")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}

import Goodput
package import Results
import RunRecord
import Storage
import TimeBase
import Workload

/// `run.sqlite`: a run as tables, for SQL.
package enum RunDatabase {
    /// A file that was written.
    package struct Written: Hashable, Sendable {
        package let path: String
        package let requests: Int
        package let byteCount: Int
    }

    /// Writes the database of a run with these figures to `path`: in one pass over its requests,
    /// beside the path, then synced and renamed. On failure nothing of it stays, and what was at
    /// `path` is as it was.
    ///
    /// Memory: 16 MiB of SQLite's pages, and one request with its tokens.
    ///
    /// - Throws: ``FileProblem``: for what is at `path` and no database of this kind, for what the
    ///   system refuses, and from the pass.
    /// - Complexity: O(tokens).
    package static func write(
        _ summary: RunSummary, of requests: any MeasuredRequests, to path: String,
        tokens: TokenStorage = .deltas
    ) throws(FileProblem) -> Written {
        let (folder, name) = try place(path)
        let directory = try RunDirectory(reading: folder)
        if let found = try directory.firstBytes(
            DatabaseSchema.applicationOffset + 4, of: name), !isOwn(found)
        {
            throw FileProblem(
                .system, path,
                "exists and is no database that Legato wrote; name another file with --out")
        }
        var file = try directory.newFile(name)
        let written = try DatabaseFile.write(at: file.temporaryPath, shownAs: path) { database in
            try fill(database, with: summary, of: requests, tokens)
        }
        try file.commit()
        return Written(
            path: path, requests: written, byteCount: directory.byteCount(of: name) ?? 0)
    }

    /// The folder and the name of a file.
    private static func place(_ path: String) throws(FileProblem) -> (String, String) {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty, name != ".", name != ".." else {
            throw FileProblem(.system, path, "is no file's name; name a file with --out")
        }
        guard let slash else { return (".", name) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }

    /// Whether the first bytes of a file are those of a database that was written here; an empty
    /// file is anybody's.
    private static func isOwn(_ bytes: [UInt8]) -> Bool {
        let mark = withUnsafeBytes(of: DatabaseSchema.application.bigEndian) { Array($0) }
        return bytes.starts(with: DatabaseSchema.magic)
            && bytes.dropFirst(DatabaseSchema.applicationOffset).elementsEqual(mark)
    }

    /// - Returns: How many requests there are.
    private static func fill(
        _ database: DatabaseFile, with summary: RunSummary, of requests: any MeasuredRequests,
        _ storage: TokenStorage
    ) throws -> Int {
        let tables = DatabaseSchema.tables(storage)
        try tables.forEach { try database.execute($0.creation) }
        let header = summary.header
        try database.insert([summary], into: DatabaseSchema.run)
        try database.insert(header.agents, into: DatabaseSchema.agents)
        try database.insert(header.agents, into: DatabaseSchema.clocks)
        try database.insert(header.clockLedger, into: DatabaseSchema.clockLedger)
        for agent in header.agents {
            let servers = agent.targets.map { ServerRow(agent: agent.name, target: $0) }
            try database.insert(servers, into: DatabaseSchema.servers)
            for server in servers {
                let samples = (server.target.metrics?.kept ?? []).map {
                    ServerSampleRow(agent: agent.name, target: server.target.url, sample: $0)
                }
                try database.insert(samples, into: DatabaseSchema.serverSamples)
            }
        }
        try database.insert(summary.classParameters, into: DatabaseSchema.classes)
        try database.insert(summary.percentiles.ranks, into: DatabaseSchema.percentiles)
        try database.insert(FindingRow.rows(of: summary), into: DatabaseSchema.findings)
        let count = try fillRequests(database, with: summary, of: requests, storage)
        for table in tables { try table.indexCreations.forEach(database.execute) }
        try DatabaseSchema.views(storage).forEach { try database.execute($0.creation) }
        return count
    }

    private static func fillRequests(
        _ database: DatabaseFile, with summary: RunSummary, of requests: any MeasuredRequests,
        _ storage: TokenStorage
    ) throws -> Int {
        let scorer = try RequestScorer(summary, path: requests.path)
        let rows = try database.inserter(DatabaseSchema.requests)
        let deltas = storage == .deltas ? try database.inserter(DatabaseSchema.tokens) : nil
        let events = storage == .rows ? try database.inserter(DatabaseSchema.tokenEvents) : nil
        var count = 0
        try requests.forEach(withTokens: true) { request throws(FileProblem) in
            count += 1
            try rows.insert(try scorer.scored(request))
            let tokens = request.tokens ?? []
            try deltas?.insert(
                EncodedTokens(
                    id: request.id, events: tokens.count,
                    deltas: TokenDeltas.encoded(tokens, since: request.scheduled.ns)))
            guard let events else { return }
            for (index, event) in tokens.enumerated() {
                try events.insert(TokenRow(id: request.id, index: index, event: event))
            }
        }
        return count
    }
}

/// Scores requests one by one as the summary of their run did.
private struct RequestScorer {
    private let summary: RunSummary
    private let path: String
    private let readers: [String: Reader]
    private let robust: Reader

    init(_ summary: RunSummary, path: String) throws(FileProblem) {
        self.summary = summary
        self.path = path
        do throws(ScoringError) {
            var readers: [String: Reader] = [:]
            for each in summary.classParameters {
                readers[each.name] = try Reader(each.parameters)
            }
            self.readers = readers
            robust = try Reader(.robust)
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }

    func scored(_ request: MeasuredRequest) throws(FileProblem) -> ScoredRequest {
        let times = summary.times(of: request)
        var scores: (own: RequestScore, robust: RequestScore)?
        if request.phase == .scored, let reader = readers[request.className] {
            do throws(ScoringError) {
                scores = (
                    try RequestScore(times, for: reader), try RequestScore(times, for: robust)
                )
            } catch {
                throw FileProblem(.content, path, "\(error)")
            }
        }
        return ScoredRequest(
            runID: summary.header.runID, request: request, isStreamed: times.isStreamed,
            own: scores?.own, robust: scores?.robust)
    }
}

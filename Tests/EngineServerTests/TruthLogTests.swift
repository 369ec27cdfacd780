import EventLoop
import Foundation
import Testing
import TimeBase

@testable import EngineServer

@Suite("Truth log")
struct TruthLogTests {
    private var path: String {
        FileManager.default.temporaryDirectory
            .appending(path: "legato-truth-\(UUID().uuidString).csv").path
    }

    @Test("Each token has its due and its send time, in order, under the request's own name")
    func lines() async throws {
        let path = path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try await TestServer { $0.truthPath = path }
        let before = RawClock.now().ns
        let answer = try await server.exchange(
            "POST", "/v1/completions", body: #"{"prompt":"a b","max_tokens":5,"stream":true}"#,
            headers: "x-request-id: run,\"1\"-7\r\n")
        await server.close()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines[0] == "request_id,token,due_raw_ns,sent_raw_ns")
        try #require(lines.count == 6)
        var last = before
        for (index, line) in lines.dropFirst().enumerated() {
            let columns = line.split(separator: ",")
            try #require(columns.count == 4)
            #expect(columns[0] == "run1-7" && columns[1] == "\(index)")
            let due = try #require(Int64(columns[2]))
            let sent = try #require(Int64(columns[3]))
            #expect(due > last && sent >= due)
            last = due
        }
        #expect(answer.tokens.count == 5)
    }

    @Test("A file that cannot be written is named, and nothing is left open")
    func unwritable() async throws {
        let error = await #expect(throws: SystemError.self) {
            _ = try await TestServer { $0.truthPath = "/nonexistent/truth.csv" }
        }
        #expect(error?.description.contains("/nonexistent/truth.csv") == true)
    }
}

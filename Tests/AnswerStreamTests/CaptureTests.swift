import ByteCuts
import JSON
import Testing
import TokenLog

@testable import AnswerStream

@Suite(.enabled(if: Captures.areHere)) struct CaptureTests {
    private func check(_ replay: Replay, _ capture: Captures.Case, _ cut: String) {
        let expected = capture.expected
        let result = replay.result
        func same(_ what: String, _ found: some Equatable, _ wanted: some Equatable) {
            #expect("\(found)" == "\(wanted)", "\(capture.name), \(cut): \(what)")
        }
        same("status", Int64(result.status), expected["status"]?.int64 ?? -1)
        same("events", Int64(result.events), expected["events"]?.int64 ?? -1)
        same("content", Int64(result.contentEvents), expected["content_events"]?.int64 ?? -1)
        same("tokens", Int64(result.outputTokens), expected["tokens"]?.int64 ?? -1)
        let evidence =
            switch result.evidence {
            case .tokenIDs: "token_ids"
            case .continuousUsage: "continuous_usage"
            case .finalUsage: "final_usage"
            case .contentEvents: "content_events"
            case .none: "none"
            }
        same("evidence", evidence, expected["evidence"]?.string ?? "")
        let finish = result.finishReason.map { "\($0.word)" } ?? "null"
        same("finish", finish, expected["finish_reason"]?.string ?? "null")
        same("outcome", "\(result.outcome)", expected["outcome"]?.string ?? "")
        same(
            "prompt tokens", result.promptTokens.map { Int64($0) } ?? -1,
            expected["prompt_tokens"]?.int64 ?? -1)
        let ended =
            switch result.end {
            case .terminalChunk: ["terminal_chunk"]
            case .contentLength: ["content_length"]
            case .close: ["close"]
            case .cut: ["cut", "silence"]
            case .open: ["open"]
            }
        #expect(
            ended.contains(expected["ended"]?.string ?? ""), "\(capture.name), \(cut): \(ended)")
        if let done = expected["done"]?.bool { same("done", result.isDone, done) }
        if let comments = expected["comments"]?.int64 {
            same("comments", Int64(result.comments), comments)
        }
        if let empty = expected["empty_content_events"]?.int64 {
            same("empty", Int64(result.emptyContentEvents), empty)
        }
        if let error = expected["error_event"]?.bool {
            same("error event", result.hasErrorEvent, error)
        }
        if let choices = expected["choices"]?.int64 {
            same("choices", Int64(result.choices), choices)
        }
        let interim = expected["interim"]?.array?.compactMap(\.int64) ?? []
        same("interim", result.interim.map { Int64($0) }, interim)
        #expect((result.outcome == .failed) == (result.error != nil))
        if result.evidence == .tokenIDs || result.evidence == .continuousUsage {
            same("sum of records", replay.tokenSum, Int(result.outputTokens))
        }
    }

    private func expectation(_ capture: Captures.Case) -> AnswerStream.Expectation {
        ["models", "health"].contains(capture.expected["name"]?.string ?? "") ? .document : .stream
    }

    @Test func everyCaptureGivesWhatIsExpected() throws {
        let captures = try Captures.all()
        #expect(captures.count > 80)
        // As if one server had sent them all: each finds what the others left.
        let memory = ServerMemory()
        for capture in captures {
            let asked = expectation(capture)
            check(
                Replay(capture.pieces, expecting: asked, memory: memory), capture, "as captured")
            let joined = Array(capture.pieces.joined())
            check(Replay([joined], expecting: asked, memory: memory), capture, "whole")
            check(
                Replay(Cut.everyByte.pieces(joined), expecting: asked), capture, "every byte")
        }
    }

    @Test func everyCaptureSplitInTwoAtEveryEleventhByteGivesTheSame() throws {
        for capture in try Captures.all() {
            let asked = expectation(capture)
            let joined = Array(capture.pieces.joined())
            guard joined.count < 6_000 else { continue }
            let whole = Replay([joined], expecting: asked)
            for offset in stride(from: 1, to: joined.count, by: 11) {
                let halves = [Array(joined[..<offset]), Array(joined[offset...])]
                guard Replay(halves, expecting: asked) != whole else { continue }
                Issue.record("\(capture.name) differs when split at byte \(offset)")
                break
            }
        }
    }

    @Test func aKilledEngineIsAStreamError() throws {
        let tail = try Captures.read("vllm-cpu.engine_killed_midstream.txt")
        let first = try #require(tail.indices.first { tail[$0...].starts(with: "data:".utf8) })
        let end = try #require(tail.indices.first { tail[$0...].starts(with: "== curl".utf8) })
        // The tail begins inside the first event: only whole events and their chunks are fed.
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        let size = try #require(tail[..<first].dropLast(2).lastIndex(of: 0x0A)) + 1
        let bytes =
            Array((head + "transfer-encoding: chunked\r\n\r\n").utf8) + tail[size..<end]
        let result = Replay([bytes]).result
        #expect(result.outcome == .failed && result.error?.kind == .streamError)
        #expect(result.events == 4 && result.contentEvents == 2 && result.isDone)
        #expect(result.error?.detail.contains("InternalServerError") == true)
    }

    @Test func noErrorTellsAnythingOfTheAnswersText() throws {
        for capture in try Captures.all() {
            let joined = Array(capture.pieces.joined())
            for length in stride(from: 0, to: joined.count, by: 97) {
                let detail = Replay([Array(joined[..<length])]).result.error?.detail ?? ""
                #expect(!detail.contains("content\":"), "\(capture.name) cut at \(length)")
                #expect(detail.utf8.count <= RequestError.detailLimit)
            }
        }
    }
}

import Bytes
import CoordinatorCore
import Foundation
import Journal
import Testing
import TimeBase
import TokenLog

@testable import Coordinator

/// Journals, read back.
@Suite("The contents of a journal")
struct JournalContentsTests {
    private func contents(_ entries: [JournalEntry]) throws -> JournalContents {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("journal-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }  // a leftover is the system's
        let header = SegmentHeader(
            clock: ClockName(host: "h", bootID: "b"), runID: RunID(high: 1, low: 2), agent: nil,
            incarnation: 0, segment: 0, generation: 1)
        try Data(header.encoded() + entries.flatMap { $0.encoded() }).write(to: file)
        return try JournalContents(path: file.path, manifest: nil)
    }

    private func records(_ error: RequestError?, of id: UInt32) -> LogBatch {
        let now = LocalInstant(ns: 1_000)
        return LogBatch([
            .sent(SentRecord(request: id, scheduled: now, sent: now, target: 0)),
            .finish(
                FinishRecord(
                    request: id, at: now, outcome: error == nil ? .completed : .failed,
                    error: error)),
        ])
    }

    private func batch(_ records: LogBatch, of agent: UInt16) -> JournalEntry {
        var encoder = TokenLogEncoder()
        return .batch(
            JournalBatch(
                agentIndex: agent, incarnation: 1, number: 1, records: 2,
                payload: encoder.encode(records)))
    }

    private func note(_ agent: Int, _ requests: [UInt32]) throws -> JournalEntry {
        let clock = JournalNote.Clock(bootID: "b", timeNamespace: "", isOwn: true)
        return .note(
            try JournalNote.agent(
                index: agent, name: "a\(agent)", clock: clock, requests: requests
            ).json)
    }

    @Test("Requests are their agents' wherever the notes stand: at the deal, or as ever at joining")
    func owners() throws {
        let start = JournalEntry.note(
            try JournalNote.start(rawNs: 1, offsetsNs: [0, 0]).json)
        let notes = [try note(0, [1]), try note(1, [0])]
        let batches = [batch(records(nil, of: 0), of: 1), batch(records(nil, of: 1), of: 0)]
        for entries in [notes + [start] + batches, [notes[0], start, notes[1]] + batches] {
            let contents = try contents(entries)
            #expect(contents.damage == nil)
            #expect(contents.merge.request(0)?.agent == 1)
            #expect(contents.merge.request(1)?.agent == 0)
            #expect(contents.merge.finished == 2)
        }
    }

    @Test("Errors of journals of before say the same as those of now")
    func errors() throws {
        let now = RequestError(kind: .httpStatus, status: 503, detail: "busy")
        for detail in ["busy", "the server answered 503: busy"] {
            let written = RequestError(kind: .httpStatus, status: 503, detail: detail)
            let contents = try contents([
                try note(0, [0]), .note(try JournalNote.start(rawNs: 1, offsetsNs: [0]).json),
                batch(records(written, of: 0), of: 0),
            ])
            #expect(contents.merge.request(0)?.finish?.error == now)
        }
    }
}

import Foundation
import Goodput
import Host
import Journal
import Results
import Storage
import Timeline
import TokenLog

/// The end of a run, and every score of it: from the journal to the files.
package struct ResultsBenchmark {
    private let journal: SampleJournal
    private let isJudged: Bool

    init(_ size: BenchSize) {
        self.init(tokens: size == .full ? 4_000_000 : 40_000, isJudged: size == .full)
    }

    /// - Parameter tokens: About how many the run has.
    package init(tokens: Int, isJudged: Bool = true) {
        // As many streams as some nodes have, so that the run lasts minutes to an hour.
        let perRound = 4 * 256 * 200
        journal =
            tokens < perRound
            ? SampleJournal(agents: 2, streams: 4, tokensPerRequest: 50, rounds: tokens / 400)
            : SampleJournal(
                agents: 4, streams: 256, tokensPerRequest: 200, rounds: tokens / perRound)
        self.isJudged = isJudged
    }

    /// CPU of all threads a token, and the most memory that was resident.
    package func rows() throws(BenchFailure) -> [BenchRow] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "legato-bench-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }  // nobody misses it
        do {
            let directory = try RunDirectory.create(at: folder)
            try journal.write(into: folder, seed: 7)
            let floor = try decoding(directory.journal())
            let before = Self.residentPeak(fromNow: true)
            let begin = ProcessTime.cpuNs
            let summary = try directory.write(try JournalRun(directory.journal()))
            let spent = Double(ProcessTime.cpuNs - begin)
            let peak = Self.residentPeak(fromNow: false)
            try verify(summary, folder)
            let count = Double(journal.tokens)
            let name = "\(journal.tokens / 1_000) k tokens"
            return [
                BenchRow(
                    benchmark: .results, name: "journal to files, \(name)",
                    value: count / spent * 1e9, unit: "tokens/s", floor: count / floor * 1e9,
                    goal: isJudged ? .atLeast(2e6) : nil),
                BenchRow(
                    benchmark: .results, name: "resident at most, \(name)",
                    value: Double(peak) / 1e6, unit: "MB", floor: Double(before) / 1e6,
                    goal: isJudged ? .atMost(500) : nil),
            ]
        } catch {
            throw (error as? BenchFailure) ?? wrong("\(error)")
        }
    }

    /// The floor: each record decoded once, ns of CPU.
    private func decoding(_ file: JournalFile) throws -> Double {
        var batch = LogBatch()
        var tokens = 0
        let begin = ProcessTime.cpuNs
        var fault: (any Error)?
        _ = try file.read { entry, _ in
            guard case .batch(let journalled) = entry else { return }
            do {
                try TokenLogDecoder.decode(journalled.payload, into: &batch)
            } catch {
                fault = error
            }
            tokens += batch.tokens.count
        }
        let spent = Double(ProcessTime.cpuNs - begin)
        if let fault { throw fault }
        guard tokens == journal.tokens else { throw wrong("\(tokens) tokens were decoded") }
        return spent
    }

    private func verify(_ summary: RunSummary, _ folder: String) throws {
        guard summary.run.totals.tokens == journal.tokens,
            summary.run.totals.requests == journal.requests, summary.header.complete
        else {
            throw wrong(
                "the summary has \(summary.run.totals.tokens) tokens of "
                    + "\(summary.run.totals.requests) requests")
        }
        guard let clock = summary.header.agents.compactMap(\.clockHalfWidth).max(),
            clock < 100_000, summary.header.agents.allSatisfy({ $0.clock?.isValid ?? false })
        else { throw wrong("the clocks are not known") }
        guard journal.tokens <= 100_000 else { return }
        let again = try StoredScore(path: folder, overrides: ScoringOverrides(), remaps: true)
        guard again.json == summary.json else { throw wrong("a score of the files differs") }
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .results, problem: problem)
    }

    /// Bytes of this process that were resident at most.
    ///
    /// - Parameter fromNow: Whether the count begins anew, where the kernel lets it.
    private static func residentPeak(fromNow: Bool) -> Int {
        if fromNow, let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") {
            try? file.write(contentsOf: Data("5".utf8))  // else the peak of before counts, too
        }
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        return words.count > 1 ? (Int(words[1]) ?? 0) * 1_024 : 0
    }
}

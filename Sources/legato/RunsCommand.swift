import ArgumentParser
import Console
import Foundation
import JSON
import PlainText
import Results
import Storage
import TimeBase

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs in a folder, choose among them, and prune them.",
        discussion: """
            A line a run, the newest first; repeats and a sweep are one line each, with the mean \
            and with the greatest smooth goodput of their runs. Manifests and summaries alone are \
            read, and nothing is scored anew. What is wrong with a folder stands in its line.

            A run without an end is `under way` where something was written to it within the last \
            hour, else `unfinished` (legato score rescues it). Links are passed over.

            --prune shows what it would remove: the runs that the filters mean, but for the newest \
            --keep of them. With --yes it removes them. It leaves a run that is under way, repeats \
            and sweeps within a minute of their last write, and every folder in which something \
            lies that no run writes, and says so.

            Exit codes: 0 listed, or all removed that was meant; 1 something was left, or the \
            system refuses; 64 bad usage; 65 a folder that is a run's itself.
            """)

    @Argument(help: "The folder that holds the runs.", completion: .directory)
    var folder = "runs"

    @Option(help: "A part of the scenario's or the folder's name.")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Verdict: \(StoreEntry.State.words.joined(separator: ", ")); repeatable.",
            valueName: "word"))
    var verdict: [String] = []

    @Option(
        help: ArgumentHelp(
            "Bound on smooth goodput, such as '>100' or '<= 20'.", valueName: "bound"))
    var smooth: String?

    @Option(help: "A part of a server's URL, or `simulated`.")
    var server: String?

    @Option(help: "A part of the coordinator's host name.")
    var host: String?

    @Option(
        help: ArgumentHelp(
            "Begun since then: a UTC date (2026-12-01, 2026-12-01T14:30), or so long ago (12h).",
            valueName: "when"))
    var since: String?

    @Option(help: ArgumentHelp("Begun before then.", valueName: "when"))
    var before: String?

    @Flag(help: "Show what would be removed.")
    var prune = false

    @Option(help: ArgumentHelp("Leave the newest of them when pruning.", valueName: "runs"))
    var keep: Int?

    @Flag(help: "Remove what --prune shows.")
    var yes = false

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    func validate() throws {
        let filter = try filter(now: 0)
        if prune, keep == nil, filter == StoreFilter() {
            throw ValidationError(
                "--prune would remove every run; say which by a filter such as --name, or how many "
                    + "stay by --keep")
        }
        if let keep, keep < 0 {
            throw ValidationError("--keep is \(keep); write how many runs stay")
        }
        guard prune || (keep == nil && !yes) else {
            throw ValidationError("--keep and --yes are for --prune; add that, or drop them")
        }
    }

    func run() throws {
        let now = Int64(Date().timeIntervalSince1970)
        let filter = try filter(now: now)
        do throws(FileProblem) {
            let store = try RunStore(path: folder)
            let entries = try store.entries(now: now).filter(filter.holds)
            guard prune else { return show(entries, now) }
            try prune(entries, of: store, now)
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
    }

    private func show(_ entries: [StoreEntry], _ now: Int64) {
        if entries.isEmpty, !json { Console.note("\(folder): no run here is meant") }
        let text =
            json
            ? JSONValue.array(entries.map(\.json)).indented
            : Console.result(StoreList(entries, now: now).lines)
        guard Output.write(text, to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the list cannot be printed")
        }
    }

    private func prune(
        _ entries: [StoreEntry], of store: borrowing RunStore, _ now: Int64
    ) throws(FileProblem) {
        let plan = PrunePlan(entries, keep: keep ?? 0, now: now)
        show(plan.removed, now)
        for left in plan.left { Console.note(left.reason.sentence(of: left.folder)) }
        let amount = StoreList.bytes(plan.byteCount)
        let count = Figures.count(plan.removed.count, "folder")
        guard yes else {
            if !plan.removed.isEmpty {
                Console.note("nothing is removed yet: --yes removes \(count), \(amount)")
            }
            return end(plan)
        }
        for entry in plan.removed { try store.remove(entry.folder) }
        Console.note("removed \(count), \(amount)")
        end(plan)
    }

    private func end(_ plan: PrunePlan) {
        if !plan.left.isEmpty { Foundation.exit(Exit.failed) }
    }

    // MARK: Filters

    private func filter(now: Int64) throws -> StoreFilter {
        var filter = StoreFilter()
        (filter.name, filter.server, filter.host) = (name, server, host)
        for word in verdict {
            guard StoreEntry.State.words.contains(word) else {
                throw ValidationError(
                    "--verdict is \"\(word)\"; write one of "
                        + StoreEntry.State.words.joined(separator: ", "))
            }
            filter.states.insert(word)
        }
        if let smooth {
            guard let bound = StoreFilter.Bound(parsing: smooth) else {
                throw ValidationError(
                    "--smooth is \"\(smooth)\"; write a bound such as '>100' or '<= 20'")
            }
            filter.smooth = bound
        }
        filter.since = try since.map { try Self.instant($0, "--since", now: now) }
        filter.before = try before.map { try Self.instant($0, "--before", now: now) }
        return filter
    }

    /// A UTC date with or without a time of day, or a time so long ago; Unix time in s.
    private static func instant(_ text: String, _ option: String, now: Int64) throws -> Int64 {
        let date = /(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):?(\d{2})Z?)?/
        guard let match = text.wholeMatch(of: date) else {
            return now - (try Quantities.span(text, option)).ns / 1_000_000_000
        }
        func number(_ digits: Substring?) -> Int32 { digits.flatMap { Int32($0) } ?? 0 }
        var parts = tm()
        parts.tm_year = number(match.1) - 1_900
        parts.tm_mon = number(match.2) - 1
        parts.tm_mday = number(match.3)
        parts.tm_hour = number(match.4)
        parts.tm_min = number(match.5)
        let (month, day) = (parts.tm_mon, parts.tm_mday)
        let seconds = timegm(&parts)
        // A day that the calendar does not have is moved on by timegm.
        guard parts.tm_mon == month, parts.tm_mday == day else {
            throw ValidationError("\(option): \(text) is no date of the calendar")
        }
        return Int64(seconds)
    }
}

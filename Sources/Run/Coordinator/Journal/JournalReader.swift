import Bytes
import ClockSync
import CoordinatorCore
import Goodput
import Journal
import PlainText
package import Results
package import Storage
import TimeBase
import TokenLog

/// A run's journal, read back: the token times of every request on the run's timeline, for folders
/// whose `requests.jsonl` leaves them out, and all that a new mapping is made from.
///
/// The file is read where it lies and left as it is. A damaged one is read up to its damage.
package struct JournalReader: StoredJournal {
    let file: String
    let contents: JournalContents
    let timeline: RunTimeline
    /// The agents' names, by their places.
    let names: [String]

    package var damage: JournalDamage? { contents.damage }
    var merge: Merge { contents.merge }

    /// Reads `tokens.log` of the run's folder at `path`.
    ///
    /// - Parameter manifest: The run's; nil while it is under way.
    /// - Throws: ``FileProblem`` where it cannot be read, is whole and holds no run, or is of
    ///   another.
    /// - Complexity: O(records) time, 16 bytes of memory a stream event.
    package init(folder path: String, manifest: StoredManifest?) throws(FileProblem) {
        let file = "\(path)/\(RunJournal.name)"
        let contents: JournalContents
        do throws(StorageError) {
            contents = try JournalContents(path: file, manifest: manifest)
        } catch {
            throw FileProblem(
                error.code == 0 ? .content : .system, file,
                "cannot be read: \(error.words); a run's journal lies in its folder")
        }
        if let header = contents.header, let run = manifest?.header.runID,
            header.runID.description != run
        {
            throw FileProblem(
                .content, file,
                "is the journal of run \(header.runID), and the manifest is of run "
                    + "\(run.harmless); keep a run's files together")
        }
        if contents.damage == nil, contents.start == nil {
            throw FileProblem(.content, file, "says no start: the run never began")
        }
        self.file = file
        self.contents = contents
        names = contents.offsetsNs.indices.map { contents.names[$0]?.name ?? "" }
        timeline = RunTimeline(
            start: contents.start ?? LocalInstant(ns: 0),
            clocks: contents.clocks.enumerated().map { agent, log in
                let named = contents.names[agent]
                return RunTimeline.Clock(
                    exchanges: log.exchanges, readings: log.readings,
                    offsetNs: contents.offsetsNs[agent], names: named?.clocks ?? [],
                    isShared: named?.isOwn ?? false && log.admitsSharedClock)
            })
    }

    /// Whether the request's terminal record was read, and with it all that its agent said of it.
    package func isWhole(_ id: UInt32) -> Bool {
        merge.request(id)?.finish != nil
    }

    /// Gives `request` its token events, as `requests.jsonl` would hold them. One whose records the
    /// damage has cut off keeps those before it and becomes unfinished.
    ///
    /// - Throws: ``FileProblem`` where the damage lies before the run's start, so that nothing can
    ///   be placed in time.
    package func complete(_ request: inout MeasuredRequest) throws(FileProblem) {
        guard let damage else {
            request.tokens = tokens(of: request.id)
            return
        }
        guard contents.start != nil else {
            throw FileProblem(
                .content, file,
                "\(damage.clause), before the run's start: the token times, which requests.jsonl "
                    + "leaves to it, are lost; restore the file")
        }
        request.tokens = []
        if !isWhole(request.id) { request.outcome = .unfinished }
        var ignored = ClockBounds(low: 0, high: 0)
        place(&request, bounds: &ignored)
    }

    /// The token events of request `id`; none for a request that is not of the run.
    private func tokens(of id: UInt32) -> [TokenEvent] {
        guard let request = merge.request(id), let sent = request.sent else { return [] }
        var ignored = ClockBounds(low: 0, high: 0)
        return timeline.events(
            of: request, notBefore: timeline.instant(sent.scheduled, of: request.agent),
            bounds: &ignored)
    }

    /// Maps every stamp that the journal holds of `request`, a request of the run; none is touched
    /// where it has no record of its send.
    func place(_ request: inout MeasuredRequest, bounds: inout ClockBounds) {
        guard let merged = merge.request(request.id), let sent = merged.sent else { return }
        let times = timeline.times(of: merged, sent, finish: merged.finish?.at, bounds: &bounds)
        request.scheduled = times.scheduled
        request.waited = times.waited
        request.sent = times.sent
        request.tokens = times.events
        request.reads = times.reads
        request.firstAnswer = times.firstAnswer
        request.finish =
            merged.finish == nil ? max(times.finish, request.finish) : times.finish
    }
}

extension JournalReader {
    /// The evidence that the clock of one agent is fitted from.
    ///
    /// - Parameter name: the agent's; may be nil where the run had one.
    /// - Throws: ``FileProblem`` for a name that no agent or several had, for an agent whose clock
    ///   was not one clock, and where the damage lies before the run's start.
    package func clock(of name: String?) throws(FileProblem) -> ClockFits.Evidence {
        if let damage, contents.start == nil {
            throw FileProblem(
                .content, file,
                "\(damage.clause), before the run's start: no clock can be fitted; restore the "
                    + "file")
        }
        let known = names.joined(separator: ", ")
        let places = names.indices.filter { name == nil || names[$0] == name }
        guard places.count == 1 else {
            throw FileProblem(
                .content, file,
                name.map {
                    places.isEmpty
                        ? "names no agent \"\($0)\"; it has \(known)"
                        : "has \(places.count) agents called \"\($0)\""
                } ?? "has \(names.count) agents; choose one with --agent: \(known)")
        }
        if let fault = timeline.faults[places[0]] {
            let damaged = damage.map { "; the file \($0.clause)" } ?? ""
            throw FileProblem(
                .content, file, "has no one clock of \(names[places[0]]): \(fault)\(damaged)")
        }
        let clock = timeline.clocks[places[0]]
        return ClockFits.Evidence(exchanges: clock.exchanges, readings: clock.readings)
    }
}

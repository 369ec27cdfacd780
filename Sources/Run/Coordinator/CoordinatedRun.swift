import CoordinatorCore
package import EventLoop
import Goodput
import Host
import Journal
package import Results
import RunRecord
package import Scenario
package import Storage
import TimeBase
import TokenLog
import Wire

/// A whole run, from listening to the files.
package enum CoordinatedRun {
    /// Why there is no result.
    package enum Failure: Error, CustomStringConvertible {
        /// The run never started: an agent or a server was missing.
        case unavailable(String)
        /// A person stopped it before it started, or twice.
        case interrupted(String)

        package var description: String {
            switch self {
            case .unavailable(let reason), .interrupted(let reason): reason
            }
        }
    }

    /// The result of a run.
    package struct Outcome: Sendable {
        package var summary: RunSummary
        package var folder: String

        package init(summary: RunSummary, folder: String) {
            self.summary = summary
            self.folder = folder
        }
    }

    /// Leads the run of `scenario` that `options` describe, blocking, and writes its folder.
    ///
    /// A first interruption lets what is in flight drain, a second one leaves without waiting: what
    /// there is by then is scored and written all the same, and it is told as
    /// ``Failure/interrupted(_:)``.
    ///
    /// - Parameters:
    ///   - leave: ends the process where somebody does not wait for that either.
    ///   - viewer: hears how the run stands, once a second and at its end, on the coordinator's
    ///     loop; it returns at once.
    /// - Throws: ``Failure`` where it never started, ``FileProblem`` and ``StorageError`` where its
    ///   folder cannot be written, ``TransportError`` where the address cannot be listened on.
    package static func lead(
        _ options: RunOptions, of scenario: ResolvedScenario, into folder: borrowing RunDirectory,
        tokens: TokensInRequests, interrupts: Interrupts,
        leave: @escaping @Sendable () -> Void, console: any RunConsole,
        viewer: (@Sendable (LiveState) -> Void)? = nil
    ) throws -> Outcome {
        let loop = try EventLoop(name: "coordinator")
        let journal = try RunJournal(
            folder: folder.path, loop: loop,
            header: SegmentHeader(
                clock: ThisHost.clock, runID: options.opening.runID, agent: nil, incarnation: 0,
                segment: 0, generation: 1))
        let observer = LiveRun(
            scenario: scenario, plan: options.plan, version: options.opening.version,
            engine: options.opening.engine,
            wanted: options.agents.areRemote
                ? LiveRun.Wanted(
                    agents: options.agents.count, patience: TimeSpan(ns: options.patience.joinNs))
                : nil,
            console: console,
            feed: viewer.map { LiveFeed(LiveState.About(scenario, options), hand: $0) })
        do {
            let (ended, interruptions) = try run(loop, options, journal, observer, interrupts)
            // The results are being written: a first one changes nothing any more.
            if observer.hasStarted { interrupts.hear { if $0 > 1 { leave() } } }
            let outcome = try conclude(
                ended, options: options, folder: folder, tokens: tokens)
            guard interruptions < 2 else {
                throw Failure.interrupted(
                    "interrupted twice: what was measured by then is in \(outcome.folder)")
            }
            return outcome
        } catch let error where !observer.hasStarted {
            // A run that never started leaves nothing behind: its folder was made for it.
            HostFiles.remove(folder.path)
            throw error
        }
    }

    /// Turns the loop until the driver is done.
    private static func run(
        _ loop: EventLoop, _ options: RunOptions, _ journal: RunJournal, _ observer: LiveRun,
        _ interrupts: Interrupts
    ) throws -> (RunEnding, interruptions: Int) {
        // Sound: this one thread posts, runs the loop and reads the result after it.
        nonisolated(unsafe) let box = ResultBox()
        nonisolated(unsafe) let confined = (journal: journal, observer: observer)
        loop.post {
            let driver = CoordinatorDriver(
                loop: loop, options: options, journal: confined.journal, observer: confined.observer
            ) { ending in
                box.outcome = .success(ending)
                box.end(loop)
            }
            box.driver = driver
            confined.observer.begin(on: loop)
            interrupts.hear(on: loop) { box.interrupted() }
            do {
                try driver.begin()
            } catch {
                box.outcome = .failure(error)
                driver.abandon { box.end(loop) }
            }
        }
        loop.runOnThisThread()
        interrupts.hold()
        guard let outcome = box.outcome else {
            preconditionFailure("the coordinator's loop ended without an outcome")
        }
        return (try outcome.get(), box.interruptions)
    }

    /// The outcome and the driver that the loop's closures leave behind.
    private final class ResultBox {
        var outcome: Result<RunEnding, any Error>?
        var driver: CoordinatorDriver?
        private(set) var interruptions = 0

        func interrupted() {
            interruptions += 1
            driver?.interrupt()
        }

        func end(_ loop: EventLoop) {
            driver = nil
            loop.requestStop()
        }
    }

    private static func conclude(
        _ ending: RunEnding, options: RunOptions, folder: borrowing RunDirectory,
        tokens: TokensInRequests
    ) throws -> Outcome {
        if case .failed(let reason) = ending.kind {
            throw ending.interrupted ? Failure.interrupted(reason) : Failure.unavailable(reason)
        }
        let summary = try folder.write(try JournalRun(folder.journal()), tokens: tokens)
        // Local agents deleted their runs' spools; what is left names the agents, no more.
        if ending.lossless { HostFiles.remove(options.spoolFolder) }
        return Outcome(summary: summary, folder: folder.path)
    }
}

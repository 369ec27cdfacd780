import EventLoop
import Glibc
import TimeBase
import Transport

/// The agents that a run starts on this machine: child processes of the coordinator.
///
/// Confined to the coordinator's loop. Each child has a session of its own, so that Ctrl-C on a
/// terminal is told to this process alone, and a pipe that tells it this process's end, whatever
/// that was; it does not outlive it. Each gets the run's secret and the header fields of its
/// requests through inherited pipes, never through its arguments or environment.
final class LocalAgents {
    /// Settings that every child is started with.
    struct Launch {
        var executable: String
        var coordinatorPort: UInt16
        var token: SharedToken
        var spool: String
        /// Servers that the children drive; empty for an embedded engine each.
        var urls: [String]
        var grace: String
        /// Header fields of their requests, a line each; empty for none.
        var fields: String
        /// Further options.
        var arguments: [String]
    }

    private let loop: EventLoop
    private var children: [ChildProcess] = []
    private var running = 0
    private var onAllExited: (() -> Void)?
    private let patience: LoopTimer
    /// Nobody writes to it; it ends with this process.
    private var lifeline: Lifeline?

    /// How long children may take to end once nothing is left to do.
    private static let lastMoment = TimeSpan.seconds(10)

    init(loop: EventLoop) {
        self.loop = loop
        patience = LoopTimer(loop: loop)
    }

    /// Starts an agent of each of `names`; `onExit` hears how each ended.
    func start(
        _ names: [String], _ launch: Launch, onExit: @escaping (_ name: String, ChildExit) -> Void
    ) throws(SystemError) {
        let lifeline = try Lifeline()
        self.lifeline = lifeline
        for name in names {
            var arguments = [
                "agent", "--coordinator", "127.0.0.1:\(launch.coordinatorPort)", "--name", name,
                "--token-file", "/dev/fd/\(Self.firstDescriptor)", "--spool",
                "\(launch.spool)/\(name)", "--grace",
                launch.grace,
            ]
            for url in launch.urls { arguments += ["--url", url] }
            if launch.urls.isEmpty { arguments.append("--embedded-engine") }
            arguments += launch.arguments
            var secrets = [launch.token.secretText]
            if !launch.fields.isEmpty {
                arguments += ["--header-file", "/dev/fd/\(Self.firstDescriptor + 1)"]
                secrets.append(launch.fields)
            }
            var pipes: [SecretPipe] = []
            defer { for pipe in pipes { pipe.closeReadingEnd() } }
            for secret in secrets { pipes.append(try SecretPipe(secret)) }
            arguments += ["--lifeline", "\(Self.firstDescriptor + Int32(pipes.count))"]
            let child = try ChildProcess.spawn(
                loop: loop, executable: launch.executable, arguments: arguments,
                inheritedDescriptors: pipes.map(\.readingEnd) + [lifeline.readingEnd],
                standardOutput: .discarded, hasOwnSession: true
            ) { [unowned self] exit in
                onExit(name, exit)
                exited()
            }
            children.append(child)
            running += 1
        }
    }

    /// The number of a child's first inherited descriptor.
    private static let firstDescriptor: Int32 = 3

    /// Asks what still runs to end.
    func terminate() {
        for child in children { child.kill(SIGTERM) }
    }

    /// Calls `body` when every child has ended, on a later turn when they have; one that does not
    /// end by itself is killed.
    func whenAllExited(_ body: @escaping () -> Void) {
        if running == 0 {
            loop.next(body)
        } else {
            onAllExited = body
            patience.start(after: Self.lastMoment) { [unowned self] in
                for child in children { child.kill(SIGKILL) }
            }
        }
    }

    /// Kills what has not ended and closes the handles.
    func close() {
        onAllExited = nil
        patience.close()
        for child in children {
            child.kill(SIGKILL)
            child.close()
        }
        children = []
        lifeline?.close()
        lifeline = nil
    }

    private func exited() {
        running -= 1
        guard running == 0, let body = onAllExited else { return }
        onAllExited = nil
        body()
    }
}

/// A pipe that holds a secret, for a child to read once.
private struct SecretPipe {
    let readingEnd: Int32

    init(_ secret: String) throws(SystemError) {
        let ends = try privatePipe(to: "hand a secret to a local agent")
        readingEnd = ends.reading
        let text = Array(secret.utf8)
        // Far below a pipe's capacity, so it never blocks.
        let written = write(ends.writing, text, text.count)
        close(ends.writing)
        precondition(written == text.count, "a pipe takes a secret whole")
    }

    func closeReadingEnd() { close(readingEnd) }
}

/// A pipe that says nothing: its reading end comes to an end with the process that holds the other.
private struct Lifeline {
    let readingEnd: Int32
    private let writingEnd: Int32

    init() throws(SystemError) {
        (readingEnd, writingEnd) = try privatePipe(to: "tie local agents to this process")
    }

    func close() {
        Glibc.close(readingEnd)
        Glibc.close(writingEnd)
    }
}

/// A pipe that children inherit only where they are given it, whatever else is open.
private func privatePipe(
    to attempted: String
) throws(SystemError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(errno: errno, attempted: attempted) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

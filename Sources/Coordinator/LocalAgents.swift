import EventLoop
import Glibc
import Transport

/// The agents that a run starts on this machine: child processes of the coordinator.
///
/// Confined to the coordinator's loop. Each child gets the run's secret and the header fields of its
/// requests through inherited pipes, never through its arguments or environment.
final class LocalAgents {
    /// What every child is started with.
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

    init(loop: EventLoop) { self.loop = loop }

    /// Starts `count` agents named local-1, local-2, ...; `onExit` hears how each ended.
    func start(
        _ count: Int, _ launch: Launch, onExit: @escaping (_ name: String, ChildExit) -> Void
    ) throws(SystemError) {
        for number in 1...count {
            let name = "local-\(number)"
            var arguments = [
                "agent", "--coordinator", "127.0.0.1:\(launch.coordinatorPort)", "--name", name,
                "--token-file", "/dev/fd/3", "--spool", "\(launch.spool)/\(name)", "--grace",
                launch.grace,
            ]
            for url in launch.urls { arguments += ["--url", url] }
            if launch.urls.isEmpty { arguments.append("--embedded-engine") }
            arguments += launch.arguments
            var secrets = [launch.token.secretText]
            if !launch.fields.isEmpty {
                arguments += ["--header-file", "/dev/fd/4"]
                secrets.append(launch.fields)
            }
            var pipes: [SecretPipe] = []
            defer { for pipe in pipes { pipe.closeReadingEnd() } }
            for secret in secrets { pipes.append(try SecretPipe(secret)) }
            let child = try ChildProcess.spawn(
                loop: loop, executable: launch.executable, arguments: arguments,
                inheritedDescriptors: pipes.map(\.readingEnd), standardOutput: .discarded
            ) { [unowned self] exit in
                onExit(name, exit)
                exited()
            }
            children.append(child)
            running += 1
        }
    }

    /// Asks what still runs to end.
    func terminate() {
        for child in children { child.kill(SIGTERM) }
    }

    /// Calls `body` when every child has ended, on a later turn when they have.
    func whenAllExited(_ body: @escaping () -> Void) {
        if running == 0 {
            loop.next(body)
        } else {
            onAllExited = body
        }
    }

    /// Kills what has not ended and closes the handles.
    func close() {
        onAllExited = nil
        for child in children {
            child.kill(SIGKILL)
            child.close()
        }
        children = []
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
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw SystemError(errno: errno, attempted: "hand a secret to a local agent")
        }
        // The loop's children inherit only what they are given, whatever else is open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readingEnd = ends[0]
        let text = Array(secret.utf8)
        // Far below a pipe's capacity, so it never blocks.
        let written = write(ends[1], text, text.count)
        close(ends[1])
        precondition(written == text.count, "a pipe takes a secret whole")
    }

    func closeReadingEnd() { close(readingEnd) }
}

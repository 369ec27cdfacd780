import EngineModel
package import EventLoop
import Glibc

/// Serves on the calling thread until SIGINT, SIGTERM or SIGHUP.
///
/// - Parameter announce: called once, on this thread, when the server listens, with its port.
/// - Returns: the server's totals in a sentence.
/// - Throws: the system's refusal of the port, a timer or the truth file.
package func runEngine(
    _ configuration: EngineServer.Configuration, announce: @escaping @Sendable (UInt16) -> Void
) throws(SystemError) -> String {
    let loop = try EventLoop(name: "engine")
    // Sound: this one thread posts, runs the loop and reads the outcome after it.
    nonisolated(unsafe) let outcome = Outcome()
    loop.post {
        do throws(SystemError) {
            let server = try EngineServer(loop: loop, configuration: configuration)
            announce(server.localPort)
            outcome.serve(server, on: loop)
        } catch {
            outcome.result = .failure(error)
            loop.requestStop()
        }
    }
    loop.runOnThisThread()
    return try outcome.result.get()
}

/// The result that the loop's closures leave behind.
private final class Outcome {
    var result: Result<String, SystemError> = .success("The engine did not run.")
    private var signals: [SignalSource] = []

    func serve(_ server: EngineServer, on loop: EventLoop) {
        signals = SignalSource.endings.map { signal in
            SignalSource(loop: loop, signal: signal) { [unowned self] in
                guard !signals.isEmpty else { return }
                for source in signals { source.close() }
                signals = []
                result = .success(Self.sentence(of: server))
                server.close()
                loop.requestStop()
            }
        }
    }

    private static func sentence(of server: EngineServer) -> String {
        let (load, lateness) = (server.load, server.lateness)
        let worst = Double(lateness.worstNs / 1000) / 1000
        return "\(load.finished) requests answered, \(load.cancelled) cancelled,"
            + " \(load.generatedTokens) tokens in \(load.steps) steps, \(load.preemptions)"
            + " preemptions; \(lateness.late) of \(lateness.deliveries) deliveries more than 1 ms"
            + " late, the worst \(worst) ms."
            + (server.truthFailure.map { " The truth file is cut short: \($0)." } ?? "")
    }
}

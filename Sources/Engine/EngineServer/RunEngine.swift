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
    return try loop.runUntilDone { (done: @escaping (Result<String, SystemError>) -> Void) in
        do throws(SystemError) {
            let server = try EngineServer(loop: loop, configuration: configuration)
            announce(server.localPort)
            var signals: [SignalSource] = []
            signals = SignalSource.endings.map { signal in
                SignalSource(loop: loop, signal: signal) {
                    guard !signals.isEmpty else { return }
                    for source in signals { source.close() }
                    signals = []
                    let totals = sentence(of: server)
                    server.close()
                    done(.success(totals))
                }
            }
        } catch {
            done(.failure(error))
        }
    }.get()
}

/// The totals of a server.
private func sentence(of server: EngineServer) -> String {
    let (load, lateness) = (server.load, server.lateness)
    let worst = Double(lateness.worstNs / 1000) / 1000
    return "\(load.finished) requests answered, \(load.cancelled) cancelled,"
        + " \(load.generatedTokens) tokens in \(load.steps) steps, \(load.preemptions)"
        + " preemptions; \(lateness.late) of \(lateness.deliveries) deliveries more than 1 ms"
        + " late, the worst \(worst) ms."
        + (server.truthFailure.map { " The truth file is cut short: \($0)." } ?? "")
}

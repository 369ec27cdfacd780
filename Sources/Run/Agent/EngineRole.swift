import EngineModel
import EngineServer
import EventLoop

/// The embedded engine's thread, where one is asked for.
actor EngineRole: LoopActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var server: EngineServer?

    init(loop: EventLoop) { self.loop = loop }

    /// Starts the engine that `json` describes on a free port of the loopback; `done` gets its base
    /// URL.
    func start(
        _ json: String?, done: @escaping @Sendable (Result<String, PreparationFailure>) -> Void
    ) {
        do {
            let options =
                try json.map { text throws(EngineOptionsError) in
                    try EngineOptions(parsing: text)
                } ?? EngineOptions()
            let server = try EngineServer(
                loop: loop, configuration: EngineServer.Configuration(options: options))
            self.server = server
            done(.success("http://127.0.0.1:\(server.localPort)"))
        } catch {
            done(.failure(PreparationFailure(reason: "the embedded engine cannot start: \(error)")))
        }
    }

    func close(_ done: @escaping @Sendable () -> Void) {
        server?.close()
        server = nil
        done()
    }
}

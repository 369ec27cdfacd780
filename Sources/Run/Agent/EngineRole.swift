import EngineModel
import EngineServer
import EventLoop
import Foundation

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
            let options = try Self.options(json)
            let server = try EngineServer(
                loop: loop, configuration: EngineServer.Configuration(options: options))
            self.server = server
            done(.success("http://127.0.0.1:\(server.localPort)"))
        } catch {
            done(.failure(PreparationFailure(reason: "the embedded engine cannot start: \(error)")))
        }
    }

    private static func options(_ json: String?) throws -> EngineOptions {
        guard let json else { return EngineOptions() }
        let options = try JSONDecoder().decode(EngineOptions.self, from: Data(json.utf8))
        try options.validate()
        return options
    }

    func close(_ done: @escaping @Sendable () -> Void) {
        server?.close()
        server = nil
        done()
    }
}

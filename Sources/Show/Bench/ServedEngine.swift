import Dispatch
import EngineServer
import EventLoop

/// The embedded engine on a thread of its own, noting its own send times.
struct ServedEngine {
    let port: UInt16
    private let loop: EventLoop
    /// Touched on the engine's loop only; the guard carries it there.
    private let server: Guarded<EngineServer?>

    /// Serves when this returns.
    init(truth path: String) throws(SystemError) {
        let loop = try EventLoop(name: "bench-engine")
        let server = Guarded<EngineServer?>(nil)
        let started = Guarded<Result<UInt16, SystemError>?>(nil)
        let isUp = DispatchSemaphore(value: 0)
        loop.start()
        loop.post {
            var configuration = EngineServer.Configuration()
            configuration.truthPath = path
            do throws(SystemError) {
                let engine = try EngineServer(loop: loop, configuration: configuration)
                server.withLock { $0 = engine }
                started.withLock { $0 = .success(engine.localPort) }
            } catch {
                started.withLock { $0 = .failure(error) }
            }
            isUp.signal()
        }
        isUp.wait()
        self.loop = loop
        self.server = server
        switch started.withLock({ $0 }) {
        case .success(let port): self.port = port
        case .failure(let error):
            loop.shutdown()
            throw error
        case nil: preconditionFailure("the engine says how its start went before it signals")
        }
    }

    /// Stops serving and writes the send times; returns when the thread has ended.
    func stop() {
        let server = server
        loop.post {
            server.withLock { engine in
                engine?.close()
                engine = nil
            }
        }
        loop.shutdown()
    }
}

package import AgentCore
import Dispatch
import EventLoop
import TimeBase
import Transport
import Wire

/// An agent from its start to its exit: three threads (load, link, clock), and one more for an
/// embedded engine.
package enum AgentDaemon {
    /// Runs one agent through one run, blocking.
    ///
    /// - Throws: ``SystemError`` where the process gets no loops.
    package static func run(_ options: AgentOptions) throws -> AgentExit {
        let link = LinkRole(loop: try EventLoop(name: "link"))
        let load = LoadRole(
            loop: try EventLoop(name: "load", measuresLoad: true), link: link,
            priority: options.priority)
        let clock = ClockRole(loop: try EventLoop(name: "clock"))
        let engine = EngineRole(loop: try EventLoop(name: "engine"))
        let exited = DispatchSemaphore(value: 0)
        let result = Guarded<AgentExit?>(nil)
        let orders = LinkDriver.Orders(
            prepare: { configuration, shard, runID in
                let prepare = { @Sendable (urls: [String]) in
                    load.enter {
                        $0.prepare(
                            configuration, shard, runID: runID, urls: urls,
                            access: options.access, progress: options.progress)
                    }
                }
                guard options.embeddedEngine else { return prepare(options.urls) }
                engine.enter { role in
                    role.start(configuration.engineJSON) { started in
                        switch started {
                        case .success(let url): prepare([url])
                        case .failure(let failure): link.enter { $0.prepared(.failure(failure)) }
                        }
                    }
                }
            },
            arm: { start in load.enter { $0.arm(start: start) } },
            stopLoad: { drain, reason in load.enter { $0.stop(drain: drain, reason: reason) } },
            openClock: { hello in
                clock.enter {
                    $0.connect(
                        to: options.coordinator, security: options.security, hello: hello)
                }
            },
            exit: { exit in
                result.withLock { if $0 == nil { $0 = exit } }
                exited.signal()
            })
        for loop in [link.loop, load.loop, clock.loop, engine.loop] { loop.start() }
        link.enter { $0.begin(options, orders: orders) }
        exited.wait()
        close(link: link, load: load, clock: clock, engine: engine)
        return result.withLock { $0 } ?? .failed("the agent ended without a reason")
    }

    /// Closes every handle on its own thread, then ends the threads.
    private static func close(
        link: LinkRole, load: LoadRole, clock: ClockRole, engine: EngineRole
    ) {
        let closed = DispatchGroup()
        for _ in 0..<4 { closed.enter() }
        load.enter { $0.close { closed.leave() } }
        clock.enter { $0.close { closed.leave() } }
        link.enter { $0.close { closed.leave() } }
        engine.enter { $0.close { closed.leave() } }
        closed.wait()
        for loop in [load.loop, clock.loop, link.loop, engine.loop] { loop.shutdown() }
    }
}

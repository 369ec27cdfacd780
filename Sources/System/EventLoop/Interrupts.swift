import CLibUV
import Glibc

/// The signals that ask this process to end (SIGINT, SIGTERM, and SIGHUP where it is not ignored,
/// as under nohup), taken one by one from ``begin(_:)`` to the end of the process.
///
/// They are blocked everywhere, and a thread of its own waits for them: at no instant, not while a
/// loop's watchers are being made or closed either, would one of them meet the default action.
package final class Interrupts: Sendable {
    private enum Hearer {
        /// Called on the signals' own thread.
        case immediate(@Sendable (_ count: Int) -> Void)
        /// Nobody yet: so many wait.
        case nobody(waiting: Int)
        case loop(EventLoop, @Sendable () -> Void)
    }

    private struct State {
        var hearer: Hearer
        var count = 0
    }

    private let state: Guarded<State>

    private init(_ hearer: Hearer) { state = Guarded(State(hearer: hearer)) }

    /// Takes the signals from now on; once a process, and before it makes any other thread.
    ///
    /// - Parameter body: called on the signals' own thread for each, with how many there were.
    package static func begin(_ body: @escaping @Sendable (_ count: Int) -> Void) -> Interrupts {
        let interrupts = Interrupts(.immediate(body))
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in SignalSource.endings { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let start = Unmanaged.passRetained(Start(interrupts: interrupts, signals: signals))
        var thread = uv_thread_t()
        let result = uv_thread_create(
            &thread, { Unmanaged<Start>.fromOpaque($0!).takeRetainedValue().run() },
            start.toOpaque())
        precondition(result == 0, "the system gave no thread to the signals")
        return interrupts
    }

    /// Hands each signal to `body` at once, on the signals' own thread, with how many there were;
    /// those that wait are told together, on this thread.
    package func hear(_ body: @escaping @Sendable (_ count: Int) -> Void) {
        let told: Int? = state.withLock { state in
            defer { state.hearer = .immediate(body) }
            if case .nobody(waiting: 1...) = state.hearer { return state.count }
            return nil
        }
        if let told { body(told) }
    }

    /// Lets what comes wait for the next who hears.
    package func hold() { state.withLock { $0.hearer = .nobody(waiting: 0) } }

    /// Runs `body` on the loop for each signal, those that wait included, in order.
    package func hear(on loop: EventLoop, _ body: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if case .nobody(let waiting) = state.hearer {
                for _ in 0..<waiting { loop.post(body) }
            }
            state.hearer = .loop(loop, body)
        }
    }

    private func came() {
        let told: (() -> Void)? = state.withLock { state in
            state.count += 1
            switch state.hearer {
            case .immediate(let body):
                let count = state.count
                return { body(count) }
            case .nobody(let waiting):
                state.hearer = .nobody(waiting: waiting + 1)
                return nil
            case .loop(let loop, let body):
                loop.post(body)
                return nil
            }
        }
        // Outside the lock: it may end the process, or ask for another hearer.
        told?()
    }

    /// The thread's beginning.
    private final class Start {
        let interrupts: Interrupts
        var signals: sigset_t

        init(interrupts: Interrupts, signals: sigset_t) {
            self.interrupts = interrupts
            self.signals = signals
        }

        func run() -> Never {
            legato_name_thread("signals")
            while true {
                var signal: Int32 = 0
                if sigwait(&signals, &signal) == 0 { interrupts.came() }
            }
        }
    }
}

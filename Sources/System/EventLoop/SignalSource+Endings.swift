import Glibc

extension SignalSource {
    /// The signals that end a daemon in good order: SIGINT, SIGTERM, and SIGHUP, which a terminal
    /// sends when it goes away, unless this process was started to outlive it (`nohup`).
    package static var endings: [Int32] {
        [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        // SIG_IGN is a cast of 1, which the importer leaves out.
        let handler = action.__sigaction_handler.sa_handler
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}

import CReceiver
import Glibc

/// Times work on the calling thread.
enum Stopwatch {
    /// CPU time of the calling thread so far, user and system, ns: what else runs on the machine is
    /// not in it.
    static var threadCPU: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// The least CPU time of several runs of `body`, ns: cold caches and interrupts only add to it.
    ///
    /// - Parameter prepare: makes what `body` consumes, untimed, once a repetition.
    static func leastNs<Input>(
        _ repetitions: Int, prepare: () -> Input, _ body: (consuming Input) throws -> Void
    ) rethrows -> Double {
        var least = Int64.max
        for _ in 0..<repetitions {
            let input = prepare()
            let begin = threadCPU
            try body(input)
            least = min(least, threadCPU - begin)
        }
        return Double(max(1, least))
    }

    static func leastNs(_ repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
        try leastNs(repetitions, prepare: {}, { _ in try body() })
    }
}

/// Keeps a result alive, so that the optimiser does not drop the work that made it: C that it
/// cannot see into might read all that the value leads to.
func keep<Value>(_ value: Value) {
    withUnsafePointer(to: value) { legato_keep($0) }
}

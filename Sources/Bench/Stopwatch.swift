import CReceiver
import EventLoop
import TimeBase

/// Times work on the calling thread.
enum Stopwatch {
    /// The least of several timings of `body`, ns: what disturbs a run only ever adds to it.
    ///
    /// - Parameter prepare: makes what `body` consumes, untimed, once a repetition.
    static func leastNs<Input>(
        _ repetitions: Int, prepare: () -> Input, _ body: (consuming Input) throws -> Void
    ) rethrows -> Double {
        var least = Int64.max
        for _ in 0..<repetitions {
            let input = prepare()
            let begin = RawClock.now()
            try body(input)
            least = min(least, (RawClock.now() - begin).ns)
        }
        return Double(max(1, least))
    }

    static func leastNs(_ repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
        try leastNs(repetitions, prepare: {}, { _ in try body() })
    }
}

/// Keeps a result alive, so that the optimiser does not drop the work that made it: C that it cannot
/// see into might read all that the value leads to.
func keep<Value>(_ value: Value) {
    withUnsafePointer(to: value) { legato_keep($0) }
}

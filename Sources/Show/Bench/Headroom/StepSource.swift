import CReceiver
import Glibc

/// Threads in C that answer the requests of a trial on ports of the loopback, in steps as
/// continuous batching does.
struct StepSource {
    let ports: [UInt16]
    private let steppers: [OpaquePointer]
    private let bytes: ScriptBytes
    private let events: UnsafeMutableBufferPointer<UInt32>

    /// Its use so far, thread by thread.
    struct Use {
        /// CPU time, ns.
        var cpuNs: [Int64]
        /// Steps that came too late to be sent.
        var missed: UInt64
    }

    /// Serves when this returns.
    ///
    /// - Parameters:
    ///   - threads: at least 1, each with a port of its own.
    ///   - events: tokens of the answers to `x-request-id: NAME-0` and so on; at least one, each
    ///     at least 1.
    init(
        _ stream: SampleStream, threads: Int, stepNs: Int64, events counts: [UInt32]
    ) throws(BenchFailure) {
        bytes = ScriptBytes(stream)
        events = .allocate(capacity: counts.count)
        _ = events.initialize(from: counts)
        var script = bytes.script
        script.period_ns = stepNs
        var ports: [UInt16] = []
        var steppers: [OpaquePointer] = []
        for _ in 0..<threads {
            var port: UInt16 = 0
            // Sound: the counts are not empty and live until the threads have ended.
            guard
                let stepper = legato_stepper_start(
                    &script, events.baseAddress!, UInt32(counts.count), &port)
            else {
                let code = errno
                for started in steppers { legato_stepper_finish(started) }
                bytes.free()
                events.deallocate()
                throw Self.failure("starts no thread", code)
            }
            steppers.append(stepper)
            ports.append(port)
        }
        self.ports = ports
        self.steppers = steppers
    }

    var use: Use {
        Use(
            cpuNs: steppers.map { legato_stepper_cpu_ns($0) },
            missed: steppers.reduce(0) { $0 + legato_stepper_missed($1) })
    }

    /// Ends the threads, whose clients have gone; once.
    consuming func finish() throws(BenchFailure) {
        let codes = steppers.map { legato_stepper_finish($0) }
        bytes.free()
        events.deallocate()
        if let code = codes.first(where: { $0 != 0 }) { throw Self.failure("failed", code) }
    }

    private static func failure(_ what: String, _ code: Int32) -> BenchFailure {
        BenchFailure(
            benchmark: .client,
            problem: "the local source \(what): \(String(cString: strerror(code)))")
    }
}

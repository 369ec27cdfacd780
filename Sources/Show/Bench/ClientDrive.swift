import Agent
import EventLoop
import Glibc
import ServingClient
import TimeBase
import TokenLog

/// Runs the stream client on a loop of its own until all its requests have finished, and logs as an
/// agent does: one append a token.
enum ClientDrive {
    /// When requests are sent.
    enum Pace: Hashable, Sendable {
        /// The number of requests in flight, from the beginning on.
        case concurrency(Int)
        /// One after another at planned instants, this far apart, whatever the server does.
        case every(TimeSpan)
    }

    struct Outcome: Sendable {
        /// Tokens by request.
        var tokens: [Int] = []
        var records: [TokenRecord] = []
        var sent: [UInt32: LocalInstant] = [:]
        /// When each was to be sent; empty without planned instants.
        var due: [UInt32: LocalInstant] = [:]
        var completed = 0
        /// The priority of the client's thread, and its policy as the kernel tells it while
        /// requests were sent.
        var priority: PriorityAudit?
        var policy: Int32 = 0
        /// CPU time of the client's thread, ns, from the first send to the last finish.
        var cpuNs: Int64 = 0
        var usage = ThreadUsage()
        var wall = TimeSpan.zero
        var error: SystemError?
    }

    /// The least that a stream source takes for a request.
    static let plainRequest = Array(
        "POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".utf8)

    /// Sends `requests` plain requests, each with its number, at once to the loopback's `port`.
    static func run(
        port: UInt16, requests: Int, expectedTokens: Int,
        configuration: ClientConfiguration = .init()
    ) throws(SystemError) -> Outcome {
        try run(
            port: port,
            (0..<requests).map { index in
                let head =
                    "POST /v1/completions HTTP/1.1\r\nhost: a\r\n"
                    + "x-request-id: bench-\(index)\r\n"
                let bytes = Array(head.utf8) + Array("content-length: 2\r\n\r\n{}".utf8)
                return PreparedRequest(id: UInt32(index), target: 0, bytes: bytes, prompt: 0..<0)
            }, expectedTokens: expectedTokens, configuration: configuration)
    }

    /// Sends `requests`, whose ids count from 0, at once.
    static func run(
        port: UInt16, _ requests: [PreparedRequest], expectedTokens: Int,
        configuration: ClientConfiguration = .init()
    ) throws(SystemError) -> Outcome {
        let target: Target
        do throws(TargetError) {
            target = try Target(parsing: "http://127.0.0.1:\(port)")
        } catch {
            preconditionFailure("a loopback address is a target: \(error)")
        }
        return try run(
            target, requests, pace: .concurrency(requests.count), expectedTokens: expectedTokens,
            configuration: configuration)
    }

    /// Sends `requests`, whose ids count from 0.
    static func run(
        _ target: Target, _ requests: [PreparedRequest], pace: Pace, expectedTokens: Int,
        priority: ThreadPriority = .normal, configuration: ClientConfiguration = .init()
    ) throws(SystemError) -> Outcome {
        // As an agent's, whose report says how busy it was.
        let loop = try EventLoop(name: "bench-client", measuresLoad: true)
        let result = loop.runUntilDone { done in
            Driver(
                loop, target, requests, pace: pace, expectedTokens: expectedTokens,
                priority: priority, configuration: configuration, onEnd: done
            ).begin()
        }
        if let error = result.error { throw error }
        return result
    }

    /// Confined to the loop.
    private final class Driver: StreamSink {
        private let loop: EventLoop
        private let requests: [PreparedRequest]
        private let pace: Pace
        private let priority: LoadPriority
        private var timer: DeadlineTimer?
        private var next = 0
        private let onEnd: (Outcome) -> Void
        private var client: ServingClient?
        @exclusivity(unchecked) private var outcome = Outcome()
        private var finished = 0
        private var begunCPU: Int64 = 0
        private var begunUsage = ThreadUsage()
        private var begun = LocalInstant(ns: 0)
        /// Keeps the driver until its end.
        private var itself: Driver?

        init(
            _ loop: EventLoop, _ target: Target, _ requests: [PreparedRequest], pace: Pace,
            expectedTokens: Int, priority: ThreadPriority, configuration: ClientConfiguration,
            onEnd: @escaping (Outcome) -> Void
        ) {
            self.loop = loop
            self.requests = requests
            self.pace = pace
            self.priority = LoadPriority(wanted: priority)
            self.onEnd = onEnd
            outcome.tokens = Array(repeating: 0, count: requests.count)
            outcome.records.reserveCapacity(requests.count * expectedTokens)
            client = ServingClient(
                loop: loop, targets: [target], configuration: configuration, sink: self)
            itself = self
        }

        func begin() {
            client?.open { [self] errors in
                if case .system(let error)? = errors[0] {
                    outcome.error = error
                    return end()
                }
                priority.raise()
                outcome.policy = sched_getscheduler(0)
                begunCPU = Stopwatch.threadCPU
                begunUsage = ThreadUsage.now
                begun = RawClock.now()
                switch pace {
                case .concurrency(let count):
                    for _ in 0..<min(count, requests.count) { sendNext() }
                case .every(let span): plan(span)
                }
            }
        }

        /// The instants of an open loop.
        private func plan(_ span: TimeSpan) {
            for (index, request) in requests.enumerated() {
                outcome.due[request.id] = begun + TimeSpan(ns: span.ns * Int64(index + 1))
            }
            do throws(SystemError) {
                timer = try DeadlineTimer(loop: loop)
                arm()
            } catch {
                outcome.error = error
                end()
            }
        }

        private func arm() {
            guard next < requests.count, let due = outcome.due[requests[next].id] else { return }
            timer?.arm(at: due) { [unowned self] in
                sendNext()
                arm()
            }
        }

        private func sendNext() {
            guard next < requests.count else { return }
            next += 1
            client?.send(requests[next - 1])
        }

        func requestSent(_ id: UInt32, at instant: LocalInstant) { outcome.sent[id] = instant }

        func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {
            outcome.records.append(contentsOf: records)
        }

        func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {
            if record.outcome == .completed { outcome.completed += 1 }
            finished += 1
            guard finished == requests.count else {
                if case .concurrency = pace { sendNext() }
                return
            }
            outcome.cpuNs = Stopwatch.threadCPU - begunCPU
            outcome.usage = ThreadUsage.now - begunUsage
            outcome.wall = RawClock.now() - begun
            loop.next { [self] in end() }
        }

        private func end() {
            outcome.priority = priority.audit
            priority.lower()
            timer?.close()
            client?.close()
            for record in outcome.records {
                outcome.tokens[Int(record.request)] += Int(record.count)
            }
            // Handles close on later turns.
            loop.next { [self] in
                onEnd(outcome)
                itself = nil
            }
        }
    }
}
